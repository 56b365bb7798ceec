// The gate's rules, one small function each, and the table that says which plans each is asked
// about.
#include <algorithm>
#include <array>
#include <utility>

#include "limit_rules.hpp"
#include "sluice/gate/judge.hpp"

namespace sluice {
namespace {

/// Rounded up, so that a refused age is above its limit in the text too.
milliseconds elapsed(instant from, instant to) {
  return std::chrono::ceil<milliseconds>(to - from);
}

/// The smallest quantity an order may have; one raw unit where the venue has no filter.
quantity least_order(const instrument_facts& i) {
  return std::max({i.min_quantity, i.step, quantity::from_raw(1)});
}

bool mark_is_fresh(const facts& f) {
  return f.mark && f.mark->sign() > 0 &&
         elapsed(f.mark_at, f.now.steady) <= f.limits.mark_stale_after;
}

/// The sign a position of this plan's leg must have to be added to.
int wanted_sign(const open_plan& o) {
  return sign_of(o.direction);
}

/// A hedge leg has one sign only; `both` has none of its own.
int sign_of_leg(position_side leg) {
  return leg == position_side::long_ ? 1 : leg == position_side::short_ ? -1 : 0;
}

check_result plan_expired(const plan& p, const facts& f) {
  return {f.now.steady < p.deadline, elapsed(p.received.steady, f.now.steady),
          between(p.received.steady, p.deadline)};
}

check_result source_not_allowed(const plan& p, const facts& f) {
  return {f.source_allowed, p.source.str(), {}};
}

check_result symbol_not_in_universe(const plan& p, const facts& f) {
  return {
      f.instrument && (f.instrument->offered || lane_of(p) == lane::exit), p.instrument.str(), {}};
}

check_result symbol_not_trading(const plan& p, const facts& f) {
  const bool takes_it =
      !f.instrument || (lane_of(p) == lane::exit ? !f.instrument->closed : f.instrument->tradable);
  return {takes_it, p.instrument.str(), {}};
}

check_result halted(const plan&, const facts& f) {
  return {f.state != trading_state::halted, std::string{to_string(f.state)}, {}};
}

check_result reduce_only_state(const plan&, const facts& f) {
  return {f.state != trading_state::reduce_only, std::string{to_string(f.state)}, {}};
}

check_result no_exchange_snapshot(const plan&, const facts& f) {
  return {is_known(f.position.content), std::string{kind_of(f.position.content)}, {}};
}

/// One read that does not show what was open is no proof that it is gone: a later one has to agree.
bool is_doubted(const facts& f) {
  return f.missing_in && std::holds_alternative<position_flat>(f.position.content);
}

/// The rule of the incident: 13-99 s old against a limit of 10 s.
check_result stale_exchange_state(const plan& p, const facts& f) {
  const auto limit = truth_age_limit(p, f);
  if (!is_known(f.position.content))
    return {true, {}, limit};
  const auto age = elapsed(f.position.as_of, f.now.steady);
  return {age <= limit && !is_doubted(f), age, limit};
}

check_result reconcile_hold_active(const plan& p, const facts& f) {
  if (!f.held)
    return {};
  // A hold that stopped the very close that an operator armed for it could never end; a person who
  // flattens knows better than a setting; and a flatten wants exits, whoever sends them.
  const bool exempt = p.source.str() == reconciler_source || p.source.str() == flatten_source ||
                      f.held->cause == hold_cause::flatten;
  const bool binds =
      std::holds_alternative<open_plan>(p.body) || (f.limits.hold_blocks_reduce && !exempt);
  return {!binds, std::string{to_string(f.held->cause)}, {}};
}

/// Both amounts, when there are two to compare.
std::optional<std::pair<quantity, quantity>> truth_and_ledger(const facts& f) {
  if (!f.ledger || !is_known(f.position.content))
    return std::nullopt;
  return std::pair{amount_of(f.position.content), *f.ledger};
}

/// `observed` is the truth, `limit` the ledger, both signed.
check_result side_mismatch(const plan&, const facts& f) {
  const auto both = truth_and_ledger(f);
  if (!both)
    return {};
  return {both->first.sign() * both->second.sign() >= 0, both->first, both->second};
}

/// `observed` is how much they differ, `limit` how much they may.
check_result quantity_mismatch(const plan&, const facts& f) {
  const auto both = truth_and_ledger(f);
  if (!both || both->first.sign() * both->second.sign() < 0)
    return {};
  const auto& [actual, booked] = *both;
  const quantity drift = (actual - booked).abs();
  const quantity step = f.instrument ? f.instrument->step : quantity{};
  const quantity allowed = drift_tolerance(actual, booked, step, f.limits.drift_tolerance_percent);
  return {drift <= allowed, drift, allowed};
}

check_result order_in_flight_rule(const plan&, const facts& f) {
  if (!f.in_flight || f.in_flight->phase == flight_phase::unknown)
    return {};
  return {false, f.in_flight->plan.str(), {}};
}

check_result order_unknown(const plan&, const facts& f) {
  if (!f.in_flight || f.in_flight->phase != flight_phase::unknown)
    return {};
  return {false, f.in_flight->plan.str(), {}};
}

/// `observed` is the time since our last fill: below the limit when refused.
check_result cooldown_in_flight(const plan&, const facts& f) {
  if (!f.last_fill_at)
    return {true, {}, f.limits.cooldown};
  const auto since = std::chrono::floor<milliseconds>(f.now.steady - *f.last_fill_at);
  return {since >= f.limits.cooldown, since, f.limits.cooldown};
}

check_result no_position(const plan&, const facts& f) {
  return {!std::holds_alternative<position_flat>(f.position.content),
          amount_of(f.position.content).abs(),
          {}};
}

check_result already_at_target(const plan& p, const facts& f) {
  const quantity held = amount_of(f.position.content).abs();
  const quantity step = f.instrument ? f.instrument->step : quantity{};
  const quantity target = reachable_target(std::get<reduce_plan>(p.body).target, step);
  const bool open = std::holds_alternative<position_open>(f.position.content);
  return {!open || held > target, held, target};
}

/// A part of a position is no part of one that has grown since, or was turned around; and what was
/// meant for one side closes nothing that somebody has opened on the other.
check_result position_changed(const plan& p, const facts& f) {
  const auto& reduce = std::get<reduce_plan>(p.body);
  const quantity whole = reduce.part_of;
  const quantity held = amount_of(f.position.content);
  if (held.sign() * reduce.of_side < 0)
    return {false, held, std::string{reduce.of_side > 0 ? "long" : "short"}};
  const bool fits = whole.is_zero() || held.is_zero() ||
                    (held.sign() == whole.sign() && held.abs() <= whole.abs());
  return {fits, held, whole};
}

/// The side of the position, or of the leg while that is flat; 0 when there is none to stand
/// against.
int standing_sign(const plan& p, const facts& f) {
  const int held = amount_of(f.position.content).sign();
  return held != 0 ? held : sign_of_leg(p.leg);
}

bool stands_against(const plan& p, const facts& f) {
  return standing_sign(p, f) * wanted_sign(std::get<open_plan>(p.body)) < 0;
}

check_result would_increase(const plan& p, const facts& f) {
  const quantity held = amount_of(f.position.content);
  const bool other_side = held.sign() != wanted_sign(std::get<open_plan>(p.body));
  return {f.limits.allow_add || other_side, held, quantity{}};
}

/// `observed` is what would be traded, `limit` what stands; a quantity that cannot be said flips.
check_result would_flip(const plan& p, const facts& f) {
  const quantity held = amount_of(f.position.content).abs();
  const auto amount = safe_quantity(p, f);
  return {!stands_against(p, f) || (amount && *amount <= held), amount.value_or(quantity{}), held};
}

/// An open that would only make the position smaller is an exit that does not say so.
check_result position_exists(const plan& p, const facts& f) {
  const quantity held = amount_of(f.position.content).abs();
  const auto amount = safe_quantity(p, f);
  return {!stands_against(p, f) || !amount || *amount > held, held, quantity{}};
}

check_result no_mark_price(const plan&, const facts& f) {
  if (!f.mark || f.mark->sign() <= 0)
    return {false, std::string{"unknown"}, {}};
  return {mark_is_fresh(f), elapsed(f.mark_at, f.now.steady), f.limits.mark_stale_after};
}

/// `observed` is the stop, `limit` the mark. How old the mark is has a rule of its own.
check_result stop_beyond_mark(const plan& p, const facts& f) {
  const auto& o = std::get<open_plan>(p.body);
  if (!o.stop || !f.mark || f.mark->sign() <= 0)
    return {};
  const bool protects = o.direction == side::buy ? *o.stop < *f.mark : *o.stop > *f.mark;
  return {protects, *o.stop, *f.mark};
}

/// A reduce that closes everything is exempt: a rest too small to trade must not stay for ever.
check_result below_min_quantity(const plan& p, const facts& f) {
  const auto amount = safe_quantity(p, f);
  if (!f.instrument || !amount)
    return {};
  const bool closes_all =
      std::holds_alternative<reduce_plan>(p.body) && *amount == amount_of(f.position.content).abs();
  const quantity least = least_order(*f.instrument);
  return {closes_all || *amount >= least, *amount, least};
}

check_result below_min_notional(const plan& p, const facts& f) {
  const auto amount = safe_quantity(p, f);
  if (!f.instrument || !amount || !mark_is_fresh(f))
    return {};
  const notional value = *amount * *f.mark;
  return {value >= f.instrument->min_notional, value, f.instrument->min_notional};
}

check_result above_max_quantity(const plan& p, const facts& f) {
  const auto amount = safe_quantity(p, f);
  if (!f.instrument || !amount || f.instrument->max_quantity.sign() <= 0)
    return {};
  return {*amount <= f.instrument->max_quantity, *amount, f.instrument->max_quantity};
}

/// Also when only this position cannot be read: `observed` names what failed last.
check_result exchange_unreachable(const plan& p, const facts& f) {
  const bool proven = is_known(f.position.content) && !is_doubted(f) &&
                      elapsed(f.position.as_of, f.now.steady) <= truth_age_limit(p, f);
  return {f.exchange.reachable && (proven || f.exchange.why.empty()), f.exchange.why, {}};
}

/// `observed` is how long the ban still lasts.
check_result exchange_banned(const plan&, const facts& f) {
  if (!f.exchange.banned_until || f.now.steady >= *f.exchange.banned_until)
    return {};
  return {false, elapsed(f.now.steady, *f.exchange.banned_until), milliseconds{0}};
}

constexpr rule_scope every{.open = true, .reduce = true, .cancel = true};
constexpr rule_scope orders{.open = true, .reduce = true, .cancel = false};
constexpr rule_scope opens{.open = true, .reduce = false, .cancel = false};
constexpr rule_scope reduces{.open = false, .reduce = true, .cancel = false};

constexpr std::array table{
    rule{refusal_code::plan_expired, every, &plan_expired},
    rule{refusal_code::source_not_allowed, orders, &source_not_allowed},
    rule{refusal_code::symbol_not_in_universe, orders, &symbol_not_in_universe},
    rule{refusal_code::symbol_not_trading, orders, &symbol_not_trading},
    rule{refusal_code::halted, orders, &halted},
    rule{refusal_code::reduce_only_state, opens, &reduce_only_state},
    rule{refusal_code::no_exchange_snapshot, orders, &no_exchange_snapshot},
    rule{refusal_code::stale_exchange_state, orders, &stale_exchange_state},
    rule{refusal_code::reconcile_hold_active, orders, &reconcile_hold_active},
    rule{refusal_code::reconcile_required_side_mismatch, opens, &side_mismatch},
    rule{refusal_code::reconcile_required_qty_mismatch, opens, &quantity_mismatch},
    rule{refusal_code::order_in_flight, orders, &order_in_flight_rule},
    rule{refusal_code::order_unknown, orders, &order_unknown},
    rule{refusal_code::cooldown_in_flight, opens, &cooldown_in_flight},
    rule{refusal_code::no_position, reduces, &no_position},
    rule{refusal_code::already_at_target, reduces, &already_at_target},
    rule{refusal_code::position_changed, reduces, &position_changed},
    rule{refusal_code::would_increase, opens, &would_increase},
    rule{refusal_code::would_flip, opens, &would_flip},
    rule{refusal_code::position_exists, opens, &position_exists},
    rule{refusal_code::no_mark_price, opens, &no_mark_price},
    rule{refusal_code::stop_beyond_mark, opens, &stop_beyond_mark},
    rule{refusal_code::below_min_quantity, orders, &below_min_quantity},
    rule{refusal_code::below_min_notional, opens, &below_min_notional},
    rule{refusal_code::above_max_quantity, opens, &above_max_quantity},
    rule{refusal_code::limit_order_notional, opens, &limit_rules::order_notional},
    rule{refusal_code::limit_symbol_notional, opens, &limit_rules::symbol_notional},
    rule{refusal_code::limit_account_notional, opens, &limit_rules::account_notional},
    rule{refusal_code::limit_open_positions, opens, &limit_rules::open_positions},
    rule{refusal_code::limit_symbol_entries_minute, opens, &limit_rules::symbol_entries_minute},
    rule{refusal_code::limit_symbol_entries_hour, opens, &limit_rules::symbol_entries_hour},
    rule{refusal_code::limit_entries_minute, opens, &limit_rules::entries_minute},
    rule{refusal_code::limit_entries_hour, opens, &limit_rules::entries_hour},
    rule{refusal_code::limit_margin_unknown, opens, &limit_rules::margin_unknown},
    rule{refusal_code::limit_margin_use, opens, &limit_rules::margin_use},
    rule{refusal_code::limit_daily_loss, opens, &limit_rules::daily_loss},
    rule{refusal_code::limit_drawdown, opens, &limit_rules::drawdown},
    rule{refusal_code::limit_price_collar, opens, &limit_rules::price_collar},
    rule{refusal_code::limit_round_trips, opens, &limit_rules::round_trips},
    rule{refusal_code::limit_losses_in_a_row, opens, &limit_rules::losses_in_a_row},
    rule{refusal_code::exchange_unreachable, orders, &exchange_unreachable},
    rule{refusal_code::exchange_banned, orders, &exchange_banned},
};

consteval bool in_enum_order() {
  for (std::size_t i = 1; i < table.size(); ++i)
    if (table[i - 1].code >= table[i].code)
      return false;
  return true;
}
static_assert(in_enum_order(), "refusals are reported in the order of refusal_code");

}  // namespace

std::span<const rule> rules() {
  return table;
}

milliseconds truth_age_limit(const plan& p, const facts& f) {
  if (lane_of(p) != lane::exit)
    return f.limits.stale_after_entry;
  auto limit = f.limits.stale_after_exit;
  if (is_doubted(f))
    limit = std::min(
        limit, std::max(elapsed(*f.missing_in, f.now.steady) - milliseconds{1}, milliseconds{0}));
  if (std::holds_alternative<position_flat>(f.position.content) && f.ledger && !f.ledger->is_zero())
    limit = std::min(limit, elapsed(p.received.steady, f.now.steady));
  return limit;
}

}  // namespace sluice
