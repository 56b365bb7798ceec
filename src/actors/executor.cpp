// The executor's orders: one order_machine each, its actions carried out one by one.
#include "executor_actor.hpp"

#include <algorithm>

#include "order_questions.hpp"
#include "sluice/execution/client_id.hpp"

namespace sluice::actors {
namespace {

/// How often a truth is looked at that is awaited as evidence.
constexpr milliseconds evidence_poll{100};

}  // namespace

executor::behavior_type executor::make_behavior() {
  return {
      [this](tick) {
        run_timers();
        run_plans();
      },
      [this](const meet& m) {
        met(m);
        resume_plans();
        inherit();
      },
      [this](const carry_out& permitted) { take(permitted); },
      [this](const refused_again& refused) { take(refused); },
      [this](const open_orders_read& answer) { take(answer); },
      [this](const order_cancelled& answer) { take(answer); },
      [this](const order_reported& reported) { take(*reported.update); },
      [this](const order_answered& answer) {
        feed(answer.order, [&](order_machine& m) { return m.on_outcome(*answer.outcome, now()); });
      },
      [this](const order_queried& answer) {
        patience_.heard(*answer.outcome, now());
        feed(answer.order, [&](order_machine& m) { return m.on_query(*answer.outcome, now()); });
      },
      [this](const order_named& answer) { take(answer); },
      [this](const fills_read& answer) { take(answer); },
      [this](const order_pending_changed& stop) {
        // Else its trades would look like those of an order of ours whose fate is open.
        options_.at_venue.learn(stop.position.instrument, stop.venue_id, {stop.order, stop.plan});
      },
      [this](drain) -> caf::result<drained> {
        auto promise = make_response_promise<drained>();
        draining_ = true;
        drain_waits_.push_back(promise);
        answer_drains();
        return promise;
      },
  };
}

void executor::on_exit() {
  drain_waits_.clear();
  stage::on_exit();
}
void executor::inherit() {
  for (auto& old : options_.inherited) {
    order_task task{old.plan, old.request, 0, instant{}};
    auto [at, added] = orders_.try_emplace(
        old.request.id,
        entry{order_machine(std::move(task), options_.settings), nullptr, nullptr, old.intended_at,
              old.amount_before, old.changed_before, old.position_before});
    if (!added)
      continue;
    log().warn("executor", "order_inherited",
               {{"order", old.request.id}, {"state", to_string(old.known.state)}});
    tell_pending(old.request, old.plan, true);
    carry_out_all(client_order_id{at->first}, at->second.machine.on_restart(old.known, now()));
  }
  options_.inherited.clear();
  show();
}
void executor::take(const order_update& update) {
  const bool ours = is_ours(given_.account, update.report.client_id);
  const auto at = orders_.find(update.report.client_id);
  if (update.trade) {
    fill_recorded seen{*update.trade, ours, {}};
    if (at != orders_.end())
      seen.plan = at->second.machine.task().plan;
    else if (const auto known = finished_.find(update.report.client_id))
      seen.plan = *known;
    send(peers_->gate, fills_seen{{seen}});
    send(peers_->reconciler, fills_seen{{std::move(seen)}});
  }
  // Trades read back name only the order's number: whose it is not is worth knowing too.
  options_.at_venue.learn(update.report.instrument, update.report.id,
                          {update.report.client_id, {}});
  if (!ours)
    log().info("executor", "foreign_order",
               {{"symbol", update.report.instrument}, {"status", update.report.status_text}});
  if (at == orders_.end())
    return;
  if (update.trade)
    feed(at->first, [&](order_machine& m) { return m.on_fill(*update.trade, now()); });
  feed(update.report.client_id,
       [&](order_machine& m) { return m.on_report(update.report, now()); });
}

void executor::take(const fills_read& answer) {
  patience_.heard(*answer.outcome, now());
  const auto at = orders_.find(answer.order);
  if (at == orders_.end())
    return;
  auto& e = at->second;
  const auto& outcome = *answer.outcome;
  if (answer.asked == 0)
    return take_symbol_trades(answer.order, e, outcome);
  if (outcome)
    pass_on_fills(e, *outcome);
  feed(answer.order, [&](order_machine& m) { return m.on_fills_read(outcome, now()); });
}

void executor::take_symbol_trades(const client_order_id& id, entry& e,
                                  const read_result<std::vector<fill>>& trades) {
  if (!e.absence.wants_trades())
    return;
  if (!trades)
    return nothing_proven(id, e);
  const auto& instrument = e.machine.task().request.instrument;
  for (const auto number :
       e.absence.trades_read(*trades, e.trace(*given_.exchange), options_.at_venue))
    ask_name(*given_.exchange, this, id, instrument, number, patience_.at(now()));
  weigh_absence(id, e);
}

/// A trade that may be of an order in doubt is not, when the venue says that its order is another.
void executor::take(const order_named& answer) {
  patience_.heard(*answer.outcome, now());
  const auto at = orders_.find(answer.doubted);
  const auto& found = *answer.outcome;
  if (at == orders_.end())
    return;
  auto& e = at->second;
  const bool forgotten = !found && found.error().kind == failure_kind::not_found;
  if (forgotten && e.absence.waits_long(now())) {
    e.absence.disown(answer.number);
  } else if (!found) {
    if (e.absence.waiting())
      nothing_proven(answer.doubted, e);
    return;
  } else if (found->client_id == answer.doubted) {
    return feed(answer.doubted, [&](order_machine& m) { return m.on_report(*found, now()); });
  } else {
    options_.at_venue.learn(found->instrument, answer.number, {found->client_id, {}});
  }
  e.absence.named(e.trace(*given_.exchange), options_.at_venue);
  if (e.absence.waiting())
    weigh_absence(answer.doubted, e);
}

void executor::pass_on_fills(const entry& e, const std::vector<fill>& fills) {
  fills_seen seen;
  for (auto f : fills) {
    f.client_id = e.machine.task().request.id;
    seen.fills.push_back({std::move(f), true, e.machine.task().plan});
  }
  send(peers_->gate, seen);
  send(peers_->reconciler, std::move(seen));
}

void executor::weigh_absence(const client_order_id& id, entry& e) {
  const auto seen = given_.table->read(position_of(e.machine.task().request));
  if (const auto shown = e.absence.weigh(seen, e.trace(*given_.exchange)))
    feed(id, [&](order_machine& m) { return m.on_absence_checked(*shown, now()); });
  else
    wake_at(now() + duration{evidence_poll});
}

void executor::nothing_proven(const client_order_id& id, entry& e) {
  e.absence.end();
  feed(id, [&](order_machine& m) { return m.on_absence_checked({}, now()); });
}

void executor::run_timers() {
  std::vector<client_order_id> due;
  std::vector<client_order_id> waiting;
  for (const auto& [id, e] : orders_) {
    if (e.timer && *e.timer <= now())
      due.push_back(id);
    if (e.absence.waiting())
      waiting.push_back(id);
  }
  for (const auto& id : due) {
    orders_.at(id).timer.reset();
    feed(id, [&](order_machine& m) { return m.on_timer(moment(m)); });
  }
  for (const auto& id : waiting)
    if (const auto at = orders_.find(id); at != orders_.end() && at->second.absence.waiting())
      weigh_absence(id, at->second);
  wake_for_timers();
}

void executor::wake_for_timers() {
  std::optional<instant> next;
  for (const auto& [id, e] : orders_)
    if (e.timer && (!next || *e.timer < *next))
      next = e.timer;
  if (next)
    wake_at(*next);
}

void executor::carry_out_all(const client_order_id& id, order_actions actions) {
  for (auto& action : actions) {
    const auto at = orders_.find(id);
    if (at == orders_.end())
      return;
    std::visit([&](auto& a) { act(id, at->second, a); }, action);
  }
  wake_for_timers();
}

void executor::act(const client_order_id& id, entry& e, const send_order& a) {
  if (auto* p = plans_.find(e.machine.task().plan)) {
    record_verdict(std::exchange(e.judged, nullptr), *p);
    p->course.sent(e.machine.sends());
  }
  if (e.what)
    send(peers_->exit_engine, plan_sent{e.what});
  send_moved(a.request, e.machine.task().plan, flight_step::sent, {}, false);
  log().info("executor", "order_sent",
             {{"order", id},
              {"plan", e.machine.task().plan},
              {"symbol", a.request.instrument},
              {"side", to_string(a.request.direction)},
              {"amount", a.request.amount},
              {"reduce_only", a.request.reduce_only}});
  place(*given_.exchange, this, a.request, options_.settings.order_timeout);
}

void executor::act(const client_order_id&, entry&, const query_order& a) {
  query(*given_.exchange, this, a.instrument, a.id, patience_.at(now()));
}

void executor::act(const client_order_id&, entry& e, const set_timer& a) {
  e.timer = a.at;
}

void executor::act(const client_order_id& id, entry&, const read_order_fills& a) {
  ask_fills(*given_.exchange, this, id, a.instrument, a.id, patience_.at(now()));
}

void executor::act(const client_order_id& id, entry& e, const check_absence& a) {
  e.absence.begin(a.newer_than);
  send(peers_->snapshot_manager,
       read_truths{{truth_wanted{a.position, read_class::exit_demand, a.newer_than}}});
  ask_fills(*given_.exchange, this, id, a.position.instrument, 0, patience_.at(now()));
}

void executor::act(const client_order_id&, entry& e, const want_truth& a) {
  const auto traffic = e.machine.is_exit() ? read_class::exit_demand : read_class::entry_demand;
  send(peers_->snapshot_manager, read_truths{{truth_wanted{a.position, traffic, a.newer_than}}});
}

void executor::act(const client_order_id&, entry& e, report_change& a) {
  metrics().add(status::metric::orders, {to_string(a.what.state)});
  log().info("executor", "order_changed",
             {{"order", a.what.order},
              {"plan", a.what.plan},
              {"state", to_string(a.what.state)},
              {"executed", a.what.executed},
              {"detail", a.what.detail}});
  if (a.what.state == order_state::unknown)
    send_moved(e.machine.task().request, a.what.plan, flight_step::unknown, {}, false);
  if (!a.what.executed.is_zero())
    forget_vain(a.what.plan);
  journal({std::move(a.what)});
  show();
}

void executor::act(const client_order_id&, entry&, const raise_alert& a) {
  alert(a.event, a.text);
}

void executor::act(const client_order_id& id, entry& e, const order_finished& a) {
  const auto& task = e.machine.task();
  // Its trades are looked at as evidence on the next one.
  options_.at_venue.learn(task.request.instrument, e.machine.venue_id(), {id, task.plan});
  log().info("executor", "order_finished",
             {{"order", id},
              {"plan", task.plan},
              {"state", to_string(a.state)},
              {"cause", to_string(a.cause)},
              {"executed", a.executed}});
  order_ended(task.plan, task.request, e, a);
}

void executor::act(const client_order_id& id, entry&, const order_settled& a) {
  auto settled = orders_.extract(id);
  const auto& e = settled.mapped();
  const auto& task = e.machine.task();
  finished_.add(id, task.plan);
  tell_pending(task.request, task.plan, false, e.machine.venue_id(), !a.fills_complete);
  show();
  answer_drains();
}

void executor::record_verdict(const std::shared_ptr<const plan_judged>& judged, plan_in_hand& p) {
  if (!judged)
    return;
  if (p.recorded)
    journal({plan_continued{*judged, p.after}});
  else
    journal({*judged});
  p.recorded = true;
}

void executor::alert(std::string event, std::string text) {
  log().error("executor", event, {{"what", text}});
  journal({notice{std::move(event), std::move(text)}});
}

void executor::send_moved(const order_request& request, const plan_id& plan, flight_step step,
                          venue_time venue_at, bool outdates_truth, bool goes_on) {
  send(peers_->gate,
       order_moved{position_of(request), plan, step, now(), venue_at, outdates_truth, goes_on});
}

void executor::tell_pending(const order_request& r, const plan_id& plan, bool pending,
                            order_id venue, bool lacks_fills) {
  send(peers_->reconciler,
       order_pending_changed{position_of(r), pending, r.id, plan, venue, lacks_fills});
}

send_moment executor::moment(const order_machine& m) const {
  const auto& r = m.task().request;
  const auto seen = given_.table->read(position_of(r));
  const auto clock = given_.exchange->clock();
  // The gate may be the stage that died: its word would stand for ever.
  return {now(), seen.version, permits(vitals().trading().state, r) && !vitals().stopped,
          seen.as_of, clock ? clock->stood_still : std::nullopt};
}

void executor::show() {
  vitals().orders_under_way = orders_.size();
  vitals().orders_unknown = static_cast<std::uint64_t>(std::ranges::count_if(
      orders_, [](const auto& o) { return o.second.machine.state() == order_state::unknown; }));
  std::int64_t oldest = 0;
  for (const auto& [id, e] : orders_)
    oldest = oldest == 0 ? e.intended_at.ms : std::min(oldest, e.intended_at.ms);
  vitals().oldest_order_ms = oldest;
}

void executor::answer_drains() {
  if (!orders_.empty())
    return;
  for (auto& promise : drain_waits_)
    promise.deliver(drained{});
  drain_waits_.clear();
}

executor_actor spawn_executor(caf::actor_system& system, services given, executor_options options) {
  return system.spawn<executor>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
