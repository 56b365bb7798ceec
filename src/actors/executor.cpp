// The executor's shell: one order_machine per order, its actions carried out one by one.
#include "sluice/actors/executor.hpp"

#include <algorithm>

#include "finished_orders.hpp"
#include "order_entry.hpp"
#include "order_questions.hpp"
#include "sluice/execution/client_id.hpp"
#include "stage.hpp"

namespace sluice::actors {
namespace {

/// How often a truth is looked at that is awaited as evidence.
constexpr milliseconds evidence_poll{100};

position_key position_of(const order_request& r) {
  return {r.instrument, r.leg};
}

class executor : public stage<executor_actor> {
 public:
  executor(caf::actor_config& config, services given, executor_options options)
      : stage(config, std::move(given)), options_(std::move(options)) {}

  behavior_type make_behavior() override {
    return {
        [this](const meet& m) {
          met(m);
          inherit();
        },
        [this](const carry_out& permitted) { take(permitted); },
        [this](const order_reported& reported) { take(*reported.update); },
        [this](const order_answered& answer) {
          feed(answer.order,
               [&](order_machine& m) { return m.on_outcome(*answer.outcome, now()); });
        },
        [this](const order_queried& answer) {
          feed(answer.order, [&](order_machine& m) { return m.on_query(*answer.outcome, now()); });
        },
        [this](const fills_read& answer) { take(answer); },
        [this](tick) { run_timers(); },
        [this](drain) -> caf::result<drained> {
          auto promise = make_response_promise<drained>();
          draining_ = true;
          drain_waits_.push_back(promise);
          answer_drains();
          return promise;
        },
    };
  }

  void on_exit() override {
    drain_waits_.clear();
    stage::on_exit();
  }

 private:
  using entry = order_entry;
  using entries = std::unordered_map<client_order_id, entry>;

  void inherit() {
    for (auto& old : options_.inherited) {
      order_task task{old.plan, old.request, 0, instant{}};
      auto [at, added] = orders_.try_emplace(
          old.request.id, entry{order_machine(std::move(task), options_.settings), nullptr, nullptr,
                                old.intended_at, old.ledger_amount});
      if (!added)
        continue;
      log().warn("executor", "order_inherited",
                 {{"order", old.request.id}, {"state", to_string(old.known.state)}});
      tell_pending(old.request, old.plan, true);
      carry_out_all(at->first, at->second.machine.on_restart(old.known, now()));
    }
    options_.inherited.clear();
    show();
  }

  void take(const carry_out& permitted) {
    const auto& p = *permitted.what;
    if (permitted.leave->spent() || !permitted.leave->covers(p))
      return log().error("executor", "permit_unusable", {{"plan", p.id}});
    const auto terms = std::move(*permitted.leave).take();
    const int attempt = attempts_.contains(p.id) ? attempts_[p.id] + 1 : 1;
    order_request request{make_client_order_id(given_.account, p.id, attempt),
                          p.instrument,
                          p.leg,
                          terms.direction,
                          terms.amount,
                          terms.reduce_only};
    if (given_.mode == run_mode::shadow)
      return only_record(permitted, request);
    // The plan has no verdict yet: the next start gives it `interrupted`.
    if (draining_)
      return send_moved(request, p.id, flight_step::resolved, {}, false);
    if (truth_version(request) != terms.truth_version)
      return judge_once_more(permitted.what, request);
    if (orders_.contains(request.id) || finished_.find(request.id))
      return send_moved(request, p.id, flight_step::resolved, {}, false);
    begin(permitted, std::move(request), terms, attempt);
  }

  /// The intent becomes durable first; what happens then is the machine's to say.
  void begin(const carry_out& permitted, order_request request, const order_terms& terms,
             int attempt) {
    const auto id = request.id;
    order_task task{permitted.what->id, request, terms.truth_version, terms.expires};
    const auto held = amount_of(given_.table->read(position_of(request)).content);
    orders_.try_emplace(id, entry{order_machine(std::move(task), options_.settings), permitted.what,
                                  permitted.judged, now_stamp().wall, held, attempt});
    vitals().orders_under_way = orders_.size();
    tell_pending(request, permitted.what->id, true);
    append_durable intent;
    intent.bodies.emplace_back(
        order_intended{permitted.what->id, std::move(request), attempt, terms.truth_version});
    this->request(peers_->journal, caf::infinite, std::move(intent))
        .then(
            [this, id](const appended&) {
              feed(id, [&](order_machine& m) { return m.on_intent_durable(moment(m)); });
            },
            [this, id](const caf::error&) {
              // Without a durable intent nothing is sent; the journal's failure ends the process.
              log().error("executor", "intent_not_durable", {{"order", id}});
            });
  }

  void only_record(const carry_out& permitted, const order_request& request) {
    record_verdict(permitted.judged);
    journal(
        {notice{"shadow_order", "would have sent " + std::string(to_string(request.direction)) +
                                    " " + request.amount.str() + " " + request.instrument.str() +
                                    " for plan " + permitted.what->id.str()}});
    send_moved(request, permitted.what->id, flight_step::resolved, {}, false);
  }

  void judge_once_more(const plan_ptr& p, const order_request& request) {
    log().info("executor", "truth_moved", {{"plan", p->id}});
    send_moved(request, p->id, flight_step::resolved, {}, false);
    send(peers_->gate, judge_again{p});
  }

  void take(const order_update& update) {
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

  void take(const fills_read& answer) {
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

  void take_symbol_trades(const client_order_id& id, entry& e,
                          const read_result<std::vector<fill>>& trades) {
    if (!e.absence.wants_trades())
      return;
    if (!trades)
      return nothing_proven(id, e);
    e.absence.trades_read(*trades, e.trace(), options_.at_venue);
    weigh_absence(id, e);
  }

  void pass_on_fills(const entry& e, const std::vector<fill>& fills) {
    fills_seen seen;
    for (auto f : fills) {
      f.client_id = e.machine.task().request.id;
      seen.fills.push_back({std::move(f), true, e.machine.task().plan});
    }
    send(peers_->gate, seen);
    send(peers_->reconciler, std::move(seen));
  }

  void weigh_absence(const client_order_id& id, entry& e) {
    const auto seen = given_.table->read(position_of(e.machine.task().request));
    if (const auto shown = e.absence.weigh(seen, e.trace()))
      feed(id, [&](order_machine& m) { return m.on_absence_checked(*shown, now()); });
    else
      wake_at(now() + duration{evidence_poll});
  }

  void nothing_proven(const client_order_id& id, entry& e) {
    e.absence.end();
    feed(id, [&](order_machine& m) { return m.on_absence_checked({}, now()); });
  }

  void run_timers() {
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

  void wake_for_timers() {
    std::optional<instant> next;
    for (const auto& [id, e] : orders_)
      if (e.timer && (!next || *e.timer < *next))
        next = e.timer;
    if (next)
      wake_at(*next);
  }

  // ---- carrying out what a machine says

  template <class Input>
  void feed(client_order_id id, Input&& input) {
    const auto at = orders_.find(id);
    if (at != orders_.end())
      carry_out_all(id, input(at->second.machine));
  }

  void carry_out_all(const client_order_id& id, order_actions actions) {
    for (auto& action : actions) {
      const auto at = orders_.find(id);
      if (at == orders_.end())
        return;
      std::visit([&](auto& a) { act(id, at->second, a); }, action);
    }
    wake_for_timers();
  }

  void act(const client_order_id& id, entry& e, const send_order& a) {
    record_verdict(std::exchange(e.judged, nullptr));
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

  void act(const client_order_id&, entry&, const query_order& a) {
    query(*given_.exchange, this, a.instrument, a.id);
  }

  void act(const client_order_id&, entry& e, const set_timer& a) { e.timer = a.at; }

  void act(const client_order_id& id, entry&, const read_order_fills& a) {
    ask_fills(*given_.exchange, this, id, a.instrument, a.id);
  }

  void act(const client_order_id& id, entry& e, const check_absence& a) {
    e.absence.begin(a.newer_than);
    send(peers_->snapshot_manager,
         read_truths{{truth_wanted{a.position, read_class::exit_demand, a.newer_than}}});
    ask_fills(*given_.exchange, this, id, a.position.instrument, 0);
  }

  void act(const client_order_id&, entry& e, report_change& a) {
    metrics().add(status::metric::orders, {to_string(a.what.state)});
    log().info("executor", "order_changed",
               {{"order", a.what.order},
                {"plan", a.what.plan},
                {"state", to_string(a.what.state)},
                {"executed", a.what.executed},
                {"detail", a.what.detail}});
    if (a.what.state == order_state::unknown)
      send_moved(e.machine.task().request, a.what.plan, flight_step::unknown, {}, false);
    journal({std::move(a.what)});
    show();
  }

  void act(const client_order_id&, entry&, const raise_alert& a) {
    log().error("executor", a.event, {{"what", a.text}});
    journal({notice{a.event, a.text}});
  }

  void act(const client_order_id& id, entry& e, const order_finished& a) {
    const auto task = e.machine.task();
    const auto venue_id = e.machine.venue_id();
    const auto what = e.what;
    const bool never_sent = e.judged != nullptr;
    if (never_sent)
      attempts_[task.plan] = e.attempt;
    else
      attempts_.erase(task.plan);
    finished_.add(id, task.plan);
    options_.at_venue.learn(task.request.instrument, venue_id, {id, task.plan});
    orders_.erase(id);
    log().info("executor", "order_finished",
               {{"order", id},
                {"plan", task.plan},
                {"state", to_string(a.state)},
                {"cause", to_string(a.cause)},
                {"executed", a.executed}});
    send_moved(task.request, task.plan, flight_step::resolved, a.last_executed_at,
               !a.executed.is_zero());
    tell_pending(task.request, task.plan, false, venue_id);
    // A plan whose order was never sent has no verdict yet: it is judged once more, and its next
    // order gets an id of its own.
    if (never_sent && what && !draining_)
      send(peers_->gate, judge_again{what});
    show();
    answer_drains();
  }

  void record_verdict(const std::shared_ptr<const plan_judged>& judged) {
    if (judged)
      journal({*judged});
  }

  void send_moved(const order_request& request, const plan_id& plan, flight_step step,
                  venue_time venue_at, bool executed) {
    send(peers_->gate, order_moved{position_of(request), plan, step, now(), venue_at, executed});
  }

  void tell_pending(const order_request& r, const plan_id& plan, bool pending, order_id venue = 0) {
    send(peers_->reconciler, order_pending_changed{position_of(r), pending, r.id, plan, venue});
  }

  [[nodiscard]] std::uint64_t truth_version(const order_request& r) const {
    return given_.table->read(position_of(r)).version;
  }
  [[nodiscard]] send_moment moment(const order_machine& m) const {
    const auto& r = m.task().request;
    return {now(), truth_version(r), permits(vitals().trading().state, r)};
  }

  void show() {
    vitals().orders_under_way = orders_.size();
    vitals().orders_unknown = static_cast<std::uint64_t>(std::ranges::count_if(
        orders_, [](const auto& o) { return o.second.machine.state() == order_state::unknown; }));
    std::int64_t oldest = 0;
    for (const auto& [id, e] : orders_)
      oldest = oldest == 0 ? e.intended_at.ms : std::min(oldest, e.intended_at.ms);
    vitals().oldest_order_ms = oldest;
  }

  void answer_drains() {
    if (!orders_.empty())
      return;
    for (auto& promise : drain_waits_)
      promise.deliver(drained{});
    drain_waits_.clear();
  }

  executor_options options_;
  entries orders_{};
  finished_orders finished_{};
  std::unordered_map<plan_id, int> attempts_{};  ///< Of plans whose last order was never sent.
  std::vector<caf::typed_response_promise<drained>> drain_waits_{};
  bool draining_{false};
};

}  // namespace

executor_actor spawn_executor(caf::actor_system& system, services given, executor_options options) {
  return system.spawn<executor>(std::move(given), std::move(options));
}

}  // namespace sluice::actors
