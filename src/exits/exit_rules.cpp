// The exit rules in their order: stop, target, time.
#include "sluice/exits/exit_rules.hpp"

#include <fmt/format.h>

#include <array>
#include <limits>

namespace sluice {
namespace {

constexpr std::int64_t basis_points = 10'000;

/// One position as the rules see it: open, active, and of the side its state belongs to.
struct exit_case {
  const exit_state& state;
  const exit_view& view;
  int side{1};  ///< +1 long, -1 short.
};

std::string position_words(const exit_case& c) {
  return fmt::format("entry {}, amount {}", c.state.entry.str(), c.view.amount.str());
}

/// True when `mark` has come to `level` from the position's losing or winning side.
bool reached(price mark, price level, int direction) {
  return direction > 0 ? mark >= level : mark <= level;
}

using rule = std::optional<exit_decision> (*)(const exit_case&);

std::optional<exit_decision> check_stop(const exit_case& c) {
  if (!c.state.stop || !c.view.mark || !reached(*c.view.mark, *c.state.stop, -c.side))
    return std::nullopt;
  return exit_decision{
      exit_reason::stop_crossed, quantity{},
      fmt::format("mark {} {} stop {}; {}", c.view.mark->str(),
                  c.side > 0 ? "<=" : ">=", c.state.stop->str(), position_words(c))};
}

std::optional<exit_decision> check_target(const exit_case& c) {
  if (!c.state.target || !c.view.mark || !reached(*c.view.mark, *c.state.target, c.side))
    return std::nullopt;
  return exit_decision{
      exit_reason::target_reached, quantity{},
      fmt::format("mark {} {} target {}; {}", c.view.mark->str(),
                  c.side > 0 ? ">=" : "<=", c.state.target->str(), position_words(c))};
}

std::optional<exit_decision> check_time(const exit_case& c) {
  if (!c.state.time_limit || c.view.age < *c.state.time_limit)
    return std::nullopt;
  return exit_decision{exit_reason::time_limit, quantity{},
                       fmt::format("age {} >= limit {}; {}", format_duration(c.view.age),
                                   format_duration(*c.state.time_limit), position_words(c))};
}

/// The order is that of exit_reason: what limits a loss is asked before what takes a gain.
constexpr std::array<rule, 3> rules{&check_stop, &check_target, &check_time};

std::optional<price> moved(price entry, int direction, std::int64_t bp) {
  if (bp <= 0 || entry.raw() <= 0)
    return std::nullopt;
  const wide_int raw =
      static_cast<wide_int>(entry.raw()) * (basis_points + direction * bp) / basis_points;
  if (raw <= 0 || raw > std::numeric_limits<std::int64_t>::max())
    return std::nullopt;
  return price::from_raw(static_cast<std::int64_t>(raw));
}

}  // namespace

std::string_view to_string(exit_reason r) {
  switch (r) {
    case exit_reason::stop_crossed:
      return "stop_crossed";
    case exit_reason::target_reached:
      return "target_reached";
    case exit_reason::time_limit:
      return "time_limit";
  }
  return "?";
}

std::optional<price> default_stop(price entry, int sign, std::int64_t bp) {
  return moved(entry, -sign, bp);
}

std::optional<price> default_target(price entry, int sign, std::int64_t bp) {
  return moved(entry, sign, bp);
}

std::optional<exit_decision> evaluate(const exit_state& state, const exit_view& view,
                                      const exit_settings& settings) {
  const int side = view.amount.sign();
  if (!settings.enabled || !state.active || side == 0 || side != state.initial.sign())
    return std::nullopt;
  const exit_case c{state, view, side};
  for (const auto check : rules)
    if (auto decision = check(c))
      return decision;
  return std::nullopt;
}

}  // namespace sluice
