// The exit rules in their order.
#include "sluice/exits/exit_rules.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "sluice/exits/regime.hpp"

namespace sluice {
namespace {

constexpr std::int64_t basis_points = 10'000;

/// One position as the rules see it: open, active, and of the side its state belongs to.
struct exit_case {
  const exit_state& state;
  const exit_view& view;
  const exit_policy& policy;
  int side{1};  ///< +1 long, -1 short.
};
using found = std::optional<exit_decision>;
using rule = found (*)(const exit_case&);

std::string position_words(const exit_case& c) {
  return fmt::format("entry {}, amount {}", c.state.entry.str(), c.view.amount.str());
}
std::string risk_words(const exit_case& c) {
  return fmt::format("mark {}, {}, risk {}, cost {}", c.view.mark->str(), position_words(c),
                     c.state.risk.str(), c.state.cost.str());
}
/// Four decimals, for people.
std::string words(ratio r) {
  return floor_to_step(r, ratio::from_raw(10'000)).str();
}

/// True when `mark` has come to `level` from the position's losing or winning side.
bool reached(price mark, price level, int direction) {
  return direction > 0 ? mark >= level : mark <= level;
}

/// Where liquidation lies is told per symbol in hedge mode, and may lie on the other side of a leg:
/// there closing the leg would bring it nearer. A single position is liquidated on the losing side
/// of the mark; losses elsewhere may have brought that beyond its entry.
found check_liquidation(const exit_case& c) {
  if (!c.view.mark || !c.view.liquidation || c.policy.liquidation_buffer_bp == 0)
    return std::nullopt;
  const auto mark = c.view.mark->raw();
  const auto at = c.view.liquidation->raw();
  const bool hedged = c.state.position.leg != position_side::both;
  const wide_int distance = static_cast<wide_int>(c.side) * (mark - at) * basis_points;
  const wide_int buffer = static_cast<wide_int>(mark) * c.policy.liquidation_buffer_bp;
  const bool loses = c.side * (c.state.entry.raw() - at) > 0;
  if (at <= 0 || distance > buffer ||
      !(hedged ? loses && distance >= 0 : loses || distance >= -buffer))
    return std::nullopt;
  return exit_decision{
      exit_reason::liquidation_buffer, quantity{},
      fmt::format("mark {} within {} bp of liquidation {}; {}", c.view.mark->str(),
                  c.policy.liquidation_buffer_bp, c.view.liquidation->str(), position_words(c))};
}

found stop_found(const exit_case& c, exit_reason reason, std::string_view kind) {
  if (!c.state.stop || !c.view.mark || !reached(*c.view.mark, *c.state.stop, -c.side))
    return std::nullopt;
  return exit_decision{
      reason, quantity{},
      fmt::format("mark {} {} {} {}; {}", c.view.mark->str(), c.side > 0 ? "<=" : ">=", kind,
                  c.state.stop->str(), position_words(c))};
}

found check_stop(const exit_case& c) {
  switch (c.state.stop_by) {
    case stop_mover::opening:
      return stop_found(c, exit_reason::stop_crossed, "stop");
    case stop_mover::break_even:
      return stop_found(c, exit_reason::stop_crossed, "stop at break-even");
    case stop_mover::trailing:
      break;
  }
  return std::nullopt;
}

found check_loss(const exit_case& c) {
  const auto r = c.view.mark ? r_at(c.state, *c.view.mark) : std::nullopt;
  if (!r || c.policy.loss_limit_r.is_zero() || *r > -c.policy.loss_limit_r)
    return std::nullopt;
  return exit_decision{
      exit_reason::loss_limit, quantity{},
      fmt::format("r {} <= {}; {}", words(*r), words(-c.policy.loss_limit_r), risk_words(c))};
}

found check_kill(const exit_case& c) {
  if (c.policy.kill_score_at >= ratio::whole(1))
    return std::nullopt;
  const auto in = kill_inputs_of(c.state, c.view, c.policy);
  const double k = kill_score(in);
  if (k < c.policy.kill_score_at.approx())
    return std::nullopt;
  const auto known = [](std::optional<double> v) {
    return v ? fmt::format("{:.3f}", *v) : std::string{"not known"};
  };
  return exit_decision{
      exit_reason::kill_score, quantity{},
      fmt::format("score {:.4f} >= {}; flip {}, volatility {}, trend {}, age {}; "
                  "{}",
                  k, words(c.policy.kill_score_at), in.flip ? 1 : 0, known(in.volatility),
                  known(in.trend), format_duration(in.age), position_words(c))};
}

found check_time_limit(const exit_case& c) {
  if (!c.state.time_limit || c.view.age < *c.state.time_limit)
    return std::nullopt;
  return exit_decision{exit_reason::time_limit, quantity{},
                       fmt::format("age {} >= limit {}; {}", format_duration(c.view.age),
                                   format_duration(*c.state.time_limit), position_words(c))};
}

found check_time_stop(const exit_case& c) {
  if (c.policy.time_stop.count() == 0 || c.view.age < c.policy.time_stop)
    return std::nullopt;
  const auto r = c.view.mark ? r_at(c.state, *c.view.mark) : std::nullopt;
  if (!r || *r >= c.policy.time_stop_min_r)
    return std::nullopt;
  return exit_decision{exit_reason::time_stop, quantity{},
                       fmt::format("age {} >= {} and r {} < {}; {}", format_duration(c.view.age),
                                   format_duration(c.policy.time_stop), words(*r),
                                   words(c.policy.time_stop_min_r), risk_words(c))};
}

found check_trailing(const exit_case& c) {
  if (c.state.stop_by != stop_mover::trailing)
    return std::nullopt;
  auto decision = stop_found(c, exit_reason::trailing, "trailing stop");
  if (decision)
    decision->numbers += fmt::format(", best mark {}", c.state.peak.str());
  return decision;
}

found check_target(const exit_case& c) {
  if (!c.state.target || !c.view.mark || !reached(*c.view.mark, *c.state.target, c.side))
    return std::nullopt;
  return exit_decision{
      exit_reason::target_reached, quantity{},
      fmt::format("mark {} {} target {}; {}", c.view.mark->str(),
                  c.side > 0 ? ">=" : "<=", c.state.target->str(), position_words(c))};
}

/// A mark that has passed several levels takes them in one order.
found check_tranches(const exit_case& c) {
  const auto r = c.view.mark ? r_at(c.state, *c.view.mark) : std::nullopt;
  if (!r)
    return std::nullopt;
  int number = 0;
  for (const auto& t : c.policy.tranches)
    number += *r >= t.at_r ? 1 : 0;
  const auto target = left_after_tranches(c.state.initial, c.policy, number);
  if (number <= c.state.tranches || target >= c.view.amount.abs())
    return std::nullopt;
  const auto& reached_last = c.policy.tranches[static_cast<std::size_t>(number) - 1];
  return exit_decision{exit_reason::take_profit, target,
                       fmt::format("r {} >= {}, tranche {} of {}; {}, initial {}", words(*r),
                                   words(reached_last.at_r), number, c.policy.tranches.size(),
                                   risk_words(c), c.state.initial.str()),
                       number};
}

/// In the order of exit_reason: what limits a loss is asked before what takes a gain, and what
/// needs no judgement before what weighs something.
constexpr std::array<rule, 9> rules{&check_liquidation, &check_stop,       &check_loss,
                                    &check_kill,        &check_time_limit, &check_time_stop,
                                    &check_trailing,    &check_target,     &check_tranches};

std::optional<price> moved(price entry, int direction, std::int64_t bp) {
  if (bp <= 0 || entry.raw() <= 0)
    return std::nullopt;
  const wide_int raw =
      static_cast<wide_int>(entry.raw()) * (basis_points + direction * bp) / basis_points;
  if (raw <= 0 || raw > std::numeric_limits<std::int64_t>::max())
    return std::nullopt;
  return price::from_raw(static_cast<std::int64_t>(raw));
}

/// The side of a position that the rules may speak of; 0 when they may not.
int watched_side(const exit_state& state, const exit_view& view, const exit_policy& policy) {
  const int side = view.amount.sign();
  return policy.enabled && state.active && side == state.initial.sign() ? side : 0;
}

}  // namespace

std::string_view to_string(exit_reason r) {
  constexpr std::array<std::string_view, rules.size()> names{
      "liquidation_buffer", "stop_crossed", "loss_limit",     "kill_score", "time_limit",
      "time_stop",          "trailing",     "target_reached", "take_profit"};
  const auto i = static_cast<std::size_t>(r);
  return i < names.size() ? names[i] : "?";
}

std::optional<price> default_stop(price entry, int sign, std::int64_t bp) {
  return moved(entry, -sign, bp);
}

std::optional<price> default_target(price entry, int sign, std::int64_t bp) {
  return moved(entry, sign, bp);
}

bool is_protected(const exit_state& state, const exit_policy& policy) {
  return policy.enabled && (state.stop || state.time_limit);
}

kill_inputs kill_inputs_of(const exit_state& state, const exit_view& view,
                           const exit_policy& policy) {
  return {view.opposed_ago && *view.opposed_ago < policy.flip_window,
          volatility_ratio(state.regime, view.windows),
          trend_strength(state.regime, state.initial.sign(), view.windows), view.age};
}

std::optional<exit_decision> evaluate_rule(exit_reason which, const exit_state& state,
                                           const exit_view& view, const exit_policy& policy) {
  const int side = watched_side(state, view, policy);
  if (side == 0)
    return std::nullopt;
  return rules.at(static_cast<std::size_t>(which))({state, view, policy, side});
}

std::optional<exit_decision> evaluate(const exit_state& state, const exit_view& view,
                                      const exit_policy& policy) {
  const int side = watched_side(state, view, policy);
  if (side == 0)
    return std::nullopt;
  for (const auto check : rules)
    if (auto decision = check({state, view, policy, side}))
      return decision;
  return std::nullopt;
}

}  // namespace sluice
