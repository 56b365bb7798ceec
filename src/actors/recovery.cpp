// From the journal's words to the stages' words.
#include "sluice/actors/recovery.hpp"

#include <algorithm>
#include <memory>
#include <ranges>

#include "sluice/gate/blocked_exit.hpp"
#include "sluice/journal/clock_steps.hpp"

namespace sluice::actors {
namespace {

verdict verdict_for(const plan& p, const journal::recovered& found) {
  const auto order = std::ranges::find(found.unresolved_orders, p.id, &journal::stored_order::plan);
  verdict v;
  if (order == found.unresolved_orders.end()) {
    v.kind = verdict_kind::expire;
    v.refusals.push_back({refusal_code::interrupted, {}, {}});
    return v;
  }
  v.kind = verdict_kind::allow;
  v.terms = order_terms{order->request.direction, order->request.amount, order->request.reduce_only,
                        order->truth_version, instant{}};
  return v;
}

bool had_an_order(const plan& p, const journal::recovered& found) {
  return std::ranges::find(found.unresolved_orders, p.id, &journal::stored_order::plan) !=
         found.unresolved_orders.end();
}

/// Its withdrawal was accepted; whether the gate had seen to it may not be on record.
bool is_withdrawn(const plan& p, const journal::recovered& found) {
  return std::ranges::find(found.withdrawals, p.id, &journal::withdrawal::target) !=
         found.withdrawals.end();
}

/// By the wall clock as it is now.
wall_time deadline_of(const plan& p, const journal::recovered& found, const stamp& now) {
  const auto back =
      found.last_seq > 0 ? journal::set_back_between(found.last_at, now) : milliseconds{0};
  return {p.deadline_wall.ms - back.count()};
}

bool is_judged_yet(const plan& p, const journal::recovered& found, const stamp& now) {
  return std::holds_alternative<reduce_plan>(p.body) && deadline_of(p, found, now) > now.wall &&
         !had_an_order(p, found) && !is_withdrawn(p, found);
}

/// The plan on the present steady clock. However far the wall clock was set back meanwhile, no plan
/// has more time left than it was given.
plan living_on(const plan& p, const journal::recovered& found, const stamp& now) {
  auto lives = p;
  lives.received = now;
  const auto given = std::max<std::int64_t>(0, p.deadline_wall.ms - p.received.wall.ms);
  const milliseconds left{std::min(deadline_of(p, found, now).ms - now.wall.ms, given)};
  lives.deadline = now.steady + duration{left};
  return lives;
}

ledger_line line_of(const journal::ledger_line& stored) {
  ledger_line line;
  line.position = stored.position;
  line.amount = stored.amount;
  line.entry = stored.entry;
  line.realised = stored.realised;
  line.fees = stored.fees;
  line.fills = stored.fills;
  line.last_traded_at = stored.last_traded_at;
  return line;
}

bool had_its_close(const hold& h, const journal::recovered& found) {
  const auto id = stable_hash(close_plan_id(h).str());
  return std::ranges::find(found.plans, id, &journal::plan_identity::id_hash) != found.plans.end();
}

/// The last order of a plan had done all that was wanted, only its end is not on record.
bool was_done(const journal::unfinished_plan& p) {
  if (p.last_amount.is_zero() || p.last_executed < p.last_amount)
    return false;
  const auto* exit = std::get_if<reduce_plan>(&p.what.body);
  return !exit || (p.position_before && *p.position_before - p.last_executed <= exit->target);
}

/// What the position was when the order was decided: its intent says so. For intents that do not
/// yet, an exit was permitted for the truth that its verdict stands on; the books may be held apart
/// from it.
quantity amount_before(const journal::stored_order& o, const std::optional<quantity>& truth,
                       quantity ledger) {
  if (o.held)
    return *o.held;
  if (!o.request.reduce_only || !truth)
    return ledger;
  return o.request.direction == side::sell ? *truth : -*truth;
}

/// Plans are named by the numbers of holds and flattens, and orders by their plans. A journal may
/// stand for one that was lost, or be older than what was done since, and the venue knows those
/// orders: at any time the seconds of the clock are more than all numbers that can have been given.
std::int64_t last_number(std::int64_t found, const stamp& began) {
  return std::max(found, began.wall.ms / 1'000);
}

}  // namespace

std::vector<plan_ptr> exits_to_judge(const journal::recovered& found, const stamp& now) {
  std::vector<plan_ptr> out;
  for (const auto& p : found.undecided_plans)
    if (is_judged_yet(p, found, now))
      out.push_back(std::make_shared<const plan>(living_on(p, found, now)));
  return out;
}

std::vector<record_body> settle_undecided(const journal::recovered& found, const stamp& now) {
  std::vector<record_body> out;
  for (const auto& p : found.undecided_plans) {
    if (is_judged_yet(p, found, now))
      continue;
    plan_judged judged{p.id, p.instrument, lane_of(p), verdict_for(p, found), {}, 0};
    judged.seen.now = now;
    const plan_verdict told{std::make_shared<const plan>(p), judged.outcome, judged.seen, 0};
    if (auto blocked = blocked_exit(told))
      out.emplace_back(notice{"exit_blocked", std::move(*blocked)});
    out.emplace_back(std::move(judged));
  }
  return out;
}

std::vector<inherited_order> inherited_orders(const journal::recovered& found) {
  std::vector<inherited_order> out;
  for (const auto& o : found.unresolved_orders) {
    const position_key key{o.request.instrument, o.request.leg};
    const auto line = std::ranges::find(found.ledger, key, &journal::ledger_line::position);
    const auto plan = std::ranges::find_if(found.unfinished_plans,
                                           [&](const auto& p) { return p.what.id == o.plan; });
    const auto before = plan == found.unfinished_plans.end() ? std::nullopt : plan->position_before;
    const auto ledger = line == found.ledger.end() ? quantity{} : line->amount;
    out.push_back({o.plan,
                   o.request,
                   {o.state, o.venue_id, o.executed},
                   o.intended_at,
                   amount_before(o, before, ledger),
                   o.held_since,
                   o.held ? std::optional{o.held->abs()} : before});
  }
  return out;
}

std::vector<plan_to_resume> plans_to_resume(const journal::recovered& found, const stamp& now) {
  const auto order_of = [&](const plan& p) {
    return std::ranges::find(found.unresolved_orders, p.id, &journal::stored_order::plan);
  };
  std::vector<plan_to_resume> out;
  const auto resume = [&](const plan& p, course_memory before, bool done) {
    const auto order = order_of(p);
    const bool open = order != found.unresolved_orders.end();
    // The order that is open has the present number.
    if (open)
      before.last_attempt = order->attempt - 1;
    out.push_back(
        {std::make_shared<const plan>(living_on(p, found, now)), before, open, done && !open});
  };
  for (const auto& p : found.unfinished_plans)
    resume(p.what, {p.orders, p.last_attempt, p.executed, p.last_amount}, was_done(p));
  for (const auto& p : found.undecided_plans)
    if (had_an_order(p, found))
      resume(p, {1, 0, {}, {}}, false);
  return out;
}

std::vector<earlier_plan> plans_to_watch_for(const journal::recovered& found) {
  std::vector<earlier_plan> out;
  for (const auto& p : found.opened_lately)
    out.push_back({p, true});
  const auto add = [&](const plan& p) {
    if (std::ranges::find(found.exits, p.id, &exit_state::origin) == found.exits.end())
      out.push_back({p, false});
  };
  for (const auto& p : found.unfinished_plans)
    add(p.what);
  for (const auto& p : found.undecided_plans)
    if (had_an_order(p, found))
      add(p);
  return out;
}

own_orders known_at_venue(const journal::recovered& found) {
  own_orders known;
  for (const auto& o : std::views::reverse(found.foreign_orders))
    known.learn(o.instrument, o.venue_id, {o.client_id, o.plan});
  for (const auto& o : std::views::reverse(found.own_orders))
    known.learn(o.instrument, o.venue_id, {o.client_id, o.plan});
  return known;
}

std::vector<recovered_order> blocked_positions(const journal::recovered& found, const stamp& now) {
  std::vector<recovered_order> out;
  for (const auto& o : found.unresolved_orders) {
    const auto& q = o.request;
    const bool reduces = only_reduces(q.reduce_only, q.leg, q.direction);
    out.push_back({{q.instrument, q.leg},
                   {o.plan, flight_phase::unknown, now.steady},
                   reduces ? quantity{} : q.amount});
  }
  return out;
}

std::vector<booked> booked_positions(const journal::recovered& found) {
  std::vector<booked> out;
  for (const auto& line : found.ledger)
    out.push_back({line.position, line.amount});
  return out;
}

std::vector<journal::limit_record> limit_records_of(std::vector<journal::limit_record> records,
                                                    const stamp& now) {
  for (auto& r : records) {
    // What a wall clock that was set back makes later than now was at most just now.
    const milliseconds ago{std::max<std::int64_t>(now.wall.ms - r.at.wall.ms, 0)};
    r.at.steady = now.steady - duration{ago};
  }
  return records;
}

reconciler_options books_of(const journal::recovered& found, const reconcile_settings& settings,
                            std::size_t trade_ids_max, const stamp& began) {
  reconciler_options out;
  out.settings = settings;
  auto& books = out.found;
  for (const auto& stored : found.ledger)
    books.lines.push_back({line_of(stored), stored.changed_at});
  books.trade_ids = found.trade_ids;
  books.trade_ids_max = trade_ids_max;
  books.holds = found.holds;
  books.last_hold_id = last_number(found.last_hold_id, began);
  books.armings = found.armings;
  books.last_arming_id = found.last_arming_id;
  for (const auto& o : std::views::reverse(found.own_orders))
    books.own_orders.push_back({o.instrument, o.venue_id, {o.client_id, o.plan}});
  for (const auto& o : found.unbooked_orders)
    books.unbooked.push_back({o.instrument, o.venue_id, {o.client_id, o.plan}});
  for (const auto& h : found.holds)
    if (had_its_close(h, found))
      books.closed_holds.push_back(h.id);
  return out;
}

std::vector<flatten_order> running_flattens(const journal::recovered& found) {
  std::vector<flatten_order> out;
  for (const auto& line : found.flattens)
    if (!line.outcome)
      out.push_back(line.what);
  return out;
}

flattener_options flattens_of(const journal::recovered& found, const flatten_settings& settings,
                              milliseconds permit_ttl, const stamp& began) {
  flattener_options out;
  out.settings = settings;
  out.permit_ttl = permit_ttl;
  for (const auto& line : found.flattens) {
    flatten_progress known;
    known.what = line.what;
    known.outcome = line.outcome;
    known.ended_at = line.ended_at;
    known.left = line.left.value_or("");
    out.known.push_back(std::move(known));
  }
  out.last_id = last_number(found.last_flatten_id, began);
  for (const auto& o : found.unresolved_orders)
    out.under_way.emplace_back(o.request.id, position_key{o.request.instrument, o.request.leg});
  return out;
}

planner_core memory_of(const journal::recovered& found, const intake_settings& intake,
                       planner_settings settings) {
  settings.cancel_own_only = intake.has_tokens();
  planner_core memory(intake.remembered_ids_max, settings);
  for (const auto& p : found.plans)
    memory.remember(p.id_hash, p.content_hash);
  // Their verdicts and ends follow as records.
  for (const auto& p : found.undecided_plans)
    memory.resume(p, false);
  for (const auto& p : found.unfinished_plans)
    memory.resume(p.what, true);
  return memory;
}

}  // namespace sluice::actors
