// The plans behind the orders: the first order, what follows from the end of each, and the end.
#include <fmt/format.h>

#include <algorithm>

#include "executor_actor.hpp"
#include "order_questions.hpp"
#include "sluice/execution/client_id.hpp"
#include "sluice/gate/blocked_exit.hpp"
#include "sluice/gate/board_view.hpp"

namespace sluice::actors {
namespace {

/// Until every stage has met the others.
constexpr milliseconds resume_pause{100};

/// A collar around an older mark protects from nothing and may keep the exit from being executed.
constexpr milliseconds collar_mark_age_max{5'000};
/// Where none is set and the book is too thin for MARKET: the venue lets prices be so far from the
/// mark in every symbol.
constexpr std::int64_t thin_book_collar_bp{300};

bool rests(const order_report& r) {
  return !is_final(r.status);
}

std::string name_of(const order_report& r) {
  return fmt::format("{} ({})", r.client_id.str(), r.id);
}

}  // namespace

void executor::resume_plans() {
  for (const auto& left : options_.resumed) {
    auto& p = plans_.resume(left.what, collars(), left.before);
    p.order_open = left.order_open;
    log().warn("executor", "plan_resumed", {{"plan", left.what->id}});
    if (left.order_open)
      continue;  // Its order comes first.
    if (!p.course.is_exit())
      finish(p, p.course.entry_left(left.before.asked));
    else if (left.was_done)
      finish(p, p.course.ended(plan_end::done, "before the process ended"));
    else if (left.what->deadline <= now())
      finish(p, p.course.ended(plan_end::interrupted, "the process ended"));
    else
      go_on_later(p);
  }
  options_.resumed.clear();
}

void executor::go_on_later(plan_in_hand& p) {
  order_request none;
  none.instrument = p.what->instrument;
  none.leg = p.what->leg;
  send_moved(none, p.what->id, flight_step::resolved, {}, false, true);
  follow(p, {now() + duration{resume_pause}, remedy::none, "the process was started again", {}});
}

void executor::take(const carry_out& permitted) {
  const auto& plan = *permitted.what;
  if (permitted.leave->spent() || !permitted.leave->covers(plan))
    return log().error("executor", "permit_unusable", {{"plan", plan.id}});
  const auto terms = std::move(*permitted.leave).take();
  auto& p = plans_.take(permitted.what, collars());
  const int attempt = p.course.attempt(terms.direction);
  order_request request{make_client_order_id(given_.account, plan.id, attempt),
                        plan.instrument,
                        plan.leg,
                        terms.direction,
                        terms.amount,
                        terms.reduce_only};
  if (given_.mode == run_mode::shadow)
    return only_record(permitted, request);
  // The plan has no verdict, or no end, yet: the next start gives it one.
  if (draining_)
    return send_moved(request, plan.id, flight_step::resolved, {}, false);
  if (given_.table->read(position_of(request)).version != terms.truth_version)
    return truth_moved(permitted.what, request);
  if (orders_.contains(request.id))
    return log().error("executor", "plan_permitted_twice", {{"plan", plan.id}});
  // A plan that was forgotten and judged anew: its order must not be.
  if (finished_.find(request.id) && p.course.orders() == 0)
    return end_spent(p, request);
  begin(permitted, shaped(std::move(request), p.course), terms, attempt);
}

/// The intent becomes durable first; what happens then is the machine's to say.
void executor::begin(const carry_out& permitted, order_request request, const order_terms& terms,
                     int attempt) {
  const auto id = request.id;
  const auto seen = given_.table->read(position_of(request));
  const auto held = amount_of(seen.content);
  // A slice of what is closed as a whole leaves nothing that is to stay.
  const auto* wish = std::get_if<reduce_plan>(&permitted.what->body);
  order_task task{permitted.what->id,       request,
                  terms.truth_version,      terms.expires,
                  permitted.what->deadline, wish && !wish->target.is_zero()};
  orders_.try_emplace(
      id, entry{order_machine(std::move(task), options_.settings), permitted.what, permitted.judged,
                now_stamp().wall, held, seen.changed_at, held.abs()});
  plans_.take(permitted.what, collars()).order_open = true;
  vitals().orders_under_way = orders_.size();
  tell_pending(request, permitted.what->id, true);
  append_durable intent;
  intent.bodies.emplace_back(
      order_intended{permitted.what->id, std::move(request), attempt, terms.truth_version,
                     is_known(seen.content) ? std::optional{held} : std::nullopt, seen.changed_at});
  this->request(peers_->journal, caf::infinite, std::move(intent))
      .then(
          [this, id](const appended& written) {
            if (!written.known.empty())
              return intent_refused(id);
            feed(id, [&](order_machine& m) { return m.on_intent_durable(moment(m)); });
          },
          [this, id](const caf::error&) {
            // Without a durable intent nothing is sent; the journal's failure ends the process.
            log().error("executor", "intent_not_durable", {{"order", id}});
          });
}

/// The journal knows that the plan has ended, or that an order with this id may have been sent.
void executor::intent_refused(const client_order_id& id) {
  const auto refused = orders_.extract(id);
  if (refused.empty())
    return;
  const auto& task = refused.mapped().machine.task();
  tell_pending(task.request, task.plan, false);
  if (auto* p = plans_.find(task.plan))
    end_spent(*p, task.request);
  show();
  answer_drains();
}

/// Its verdict is on record since its first time; that it ended is told again, because somebody
/// waits for it who believes it under way.
void executor::end_spent(plan_in_hand& p, const order_request& request) {
  log().error("executor", "order_spent", {{"order", request.id}, {"plan", p.what->id}});
  send_moved(request, p.what->id, flight_step::resolved, {}, false);
  finish(p, p.course.ended(plan_end::failed, "it was carried out before"));
}

order_request executor::shaped(order_request market, const plan_course& course) const {
  if (course.shape() != order_shape::collar)
    return market;
  const auto rules = given_.universe->rules_of(market.instrument);
  const auto seen = given_.marks->read(market.instrument);
  if (!rules || !seen || now() - seen->as_of > duration{collar_mark_age_max})
    return market;
  const auto chosen = options_.settings.exit_collar_bp;
  return with_collar(market, seen->value, *rules, chosen > 0 ? chosen : thin_book_collar_bp)
      .value_or(market);
}

void executor::only_record(const carry_out& permitted, const order_request& request) {
  auto& p = plans_.take(permitted.what, false);
  record_verdict(permitted.judged, p);
  auto what = fmt::format("would have sent {} {} {} for plan {}", to_string(request.direction),
                          request.amount.str(), request.instrument.str(), permitted.what->id.str());
  journal({notice{"shadow_order", std::move(what)}});
  send_moved(request, permitted.what->id, flight_step::resolved, {}, false);
  finish(p, p.course.ended(plan_end::not_sent, "mode shadow"));
}

void executor::truth_moved(const plan_ptr& p, const order_request& request) {
  log().info("executor", "truth_moved", {{"plan", p->id}});
  order_moved over{position_of(request), p->id, flight_step::resolved, now()};
  over.goes_on = lane_of(*p) == lane::exit;
  over.comes_again = true;
  send(peers_->gate, over);
  send(peers_->gate, judge_again{p});
}

/// The end of a plan that had orders already; of one that never had any, its verdict.
void executor::take(const refused_again& refused) {
  auto* p = plans_.find(refused.what->id);
  if (!p)
    return log().error("executor", "plan_unknown", {{"plan", refused.what->id}});
  const bool had_verdict = p->recorded;
  const auto& outcome = refused.judged->outcome;
  record_verdict(refused.judged, *p);
  if (had_verdict)
    return finish(*p, p->course.refused(outcome));
  const plan_verdict told{refused.what, outcome, refused.judged->seen, 0};
  if (auto blocked = blocked_exit(told))
    journal({exit_blocked("executor", refused.what->instrument, to_string(*outcome.reason()),
                          std::move(*blocked))});
  plans_.drop(refused.what->id);
  forget_vain(refused.what->id);
}

void executor::order_ended(const plan_id& plan, const order_request& request, const entry& e,
                           const order_finished& how) {
  auto* p = plans_.find(plan);
  const auto rules = given_.universe->rules_of(request.instrument);
  const auto step = rules ? facts_of(*rules).step : quantity{};
  const auto next = [&]() -> std::optional<course_step> {
    if (!p)
      return std::nullopt;
    if (e.judged)
      return p->course.order_not_sent(how, now());
    return p->course.order_ended(how, request, e.position_before, step, now());
  }();
  const auto* again = next ? std::get_if<judge_once_more>(&*next) : nullptr;
  const bool doubted = again && again->first == remedy::reread_position;
  // An entry that slipped in between two orders of an exit would be closed by the second.
  // And only a read sent after its end shows all of an order: its trades may share one instant of
  // the venue, of which the first one told is not yet the last.
  const bool traded = !how.executed.is_zero();
  order_moved over{position_of(request),
                   plan,
                   flight_step::resolved,
                   now(),
                   again ? venue_time{} : how.last_executed_at,
                   traded || doubted,
                   again && p->course.is_exit() && !draining_};
  // An inherited one was permitted for a truth of another process.
  if (traded && e.what)
    over.truth_before = e.machine.task().truth_version;
  if (traded)
    over.traded_at = how.last_trade_at;
  over.comes_again = again && !draining_;
  send(peers_->gate, over);
  if (p)
    p->order_open = false;
  if (again && !traded)
    note_vain(*p, again->after);
  if (again)
    follow(*p, *again);
  else if (next)
    finish(*p, std::get<end_plan>(*next));
}

/// While draining nothing new begins: the next start goes on with what is still wanted then.
void executor::follow(plan_in_hand& p, const judge_once_more& step) {
  if (draining_)
    return;
  p.after = step.after;
  if (!step.alert.empty())
    alert("exit_refused",
          fmt::format("an order of exit plan {} on {} was refused, it is tried again: {}",
                      p.what->id.str(), p.what->instrument.str(), step.alert));
  p.again_at = step.not_before;
  help(p, step.first);
  run_plans();
}

void executor::finish(plan_in_hand& p, const end_plan& end) {
  const auto what = p.what;
  log().info("executor", "plan_finished",
             {{"plan", what->id},
              {"symbol", what->instrument},
              {"how", to_string(end.how)},
              {"executed", p.course.executed()},
              {"orders", p.course.orders()},
              {"detail", end.detail}});
  if (!end.alert.empty())
    alert("entry_refused", fmt::format("the order of plan {} on {} was refused, and so will others "
                                       "be: {}",
                                       what->id.str(), what->instrument.str(), end.alert));
  std::vector<record_body> records;
  const bool short_of = end.how == plan_end::failed || end.how == plan_end::partly ||
                        end.how == plan_end::interrupted;
  if (p.course.is_exit() && short_of)
    records.emplace_back(exit_blocked(
        "executor", what->instrument, to_string(end.how),
        fmt::format("exit plan {} on {} ends short of its target after {} orders, {} executed: {}",
                    what->id.str(), what->instrument.str(), p.course.orders(),
                    p.course.executed().str(), end.detail)));
  records.emplace_back(plan_finished{what->id, what->instrument, end.how, p.course.executed(),
                                     p.course.orders(), end.detail});
  journal(std::move(records));
  help(p, end.then);
  plans_.drop(what->id);
  forget_vain(what->id);
}

/// The watchdog learns of an exit whose orders all end soon, and none with a trade: each of them is
/// resolved, so that nothing else about it stands still.
void executor::note_vain(const plan_in_hand& p, const std::string& words) {
  if (!p.course.is_exit())
    return;
  vain_.note(p.what->id, p.what->instrument, words, now());
  vitals().failing_exit(vain_.oldest());
}

void executor::forget_vain(const plan_id& plan) {
  if (vain_.forget(plan))
    vitals().failing_exit(vain_.oldest());
}

void executor::run_plans() {
  // Without symbols every plan would be refused: one that lives waits for them.
  const auto symbols = given_.universe->current();
  const bool judgeable = symbols->source != universe_source::none;
  for (const auto& what : plans_.due(now(), judgeable))
    send(peers_->gate, judge_again{what});
  for (const auto& what : plans_.late(now()))
    journal({exit_blocked(
        "executor", what->instrument, "order_open",
        fmt::format("the deadline of plan {} has come, and its order on {} is not resolved",
                    what->id.str(), what->instrument.str()))});
  if (const auto next = plans_.next())
    wake_at(judgeable ? *next : std::max(*next, now() + duration{resume_pause}));
}

void executor::help(const plan_in_hand& p, remedy first) {
  switch (first) {
    case remedy::none:
    case remedy::reread_position:  // The gate reads what an order has outdated.
      return;
    case remedy::reload_symbols:
      return send(peers_->universe_keeper, read_anew{true, false});
    case remedy::reread_settings:
      return send(peers_->universe_keeper, read_anew{false, true});
    case remedy::free_orders:
      if (auto* mine = plans_.find(p.what->id)) {
        mine->clearing = 1;
        ask_open_orders(*given_.exchange, this, p.what->id, p.what->instrument,
                        patience_.at(now()));
      }
  }
}

/// Ours are cancelled; those of others are theirs, and a person is told that they stand in the way.
void executor::take(const open_orders_read& answer) {
  patience_.heard(*answer.outcome, now());
  auto* p = plans_.find(answer.plan);
  if (!p || p->clearing == 0)
    return;
  p->clearing = 0;
  std::string foreign;
  if (*answer.outcome)
    for (const auto& r : **answer.outcome) {
      if (!r.reduce_only || !rests(r) || orders_.contains(r.client_id))
        continue;
      if (is_ours(given_.account, r.client_id)) {
        ++p->clearing;
        log().warn("executor", "order_cleared", {{"order", r.client_id}, {"plan", answer.plan}});
        // It takes effect whether we hear of it or not.
        cancel(*given_.exchange, this, answer.plan, r.instrument, r.client_id,
               question_patience::shortest);
      } else {
        foreign += (foreign.empty() ? "" : ", ") + name_of(r);
      }
    }
  if (!foreign.empty() && std::exchange(p->told_foreign, foreign) != foreign)
    alert("exit_obstructed",
          fmt::format("orders of others that only reduce compete with exit plan {} on {}: {}",
                      answer.plan.str(), p->what->instrument.str(), foreign));
  run_plans();
}

void executor::take(const order_cancelled& answer) {
  auto* p = plans_.find(answer.plan);
  if (!p || p->clearing == 0)
    return;
  --p->clearing;
  run_plans();
}

}  // namespace sluice::actors
