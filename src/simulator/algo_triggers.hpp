// When a conditional order fires: comparisons of marks with triggers, nothing else.
#pragma once

#include "sluice/simulator/ledger.hpp"

namespace sluice::simulator {

[[nodiscard]] inline bool is_trailing(const ledger_algo& a) {
  return a.type == "TRAILING_STOP_MARKET";
}
[[nodiscard]] inline bool is_limit(const ledger_algo& a) {
  return a.type == "STOP" || a.type == "TAKE_PROFIT";
}
/// STOP buys above and sells below its trigger, TAKE_PROFIT the other way round.
[[nodiscard]] inline bool reached(const ledger_algo& a, price mark) {
  const bool stop = a.type.starts_with("STOP");
  const bool above = stop == (a.direction == side::buy);
  return above ? mark >= a.trigger : mark <= a.trigger;
}

/// How far a trailing order lets the mark come back from its best.
[[nodiscard]] constexpr price pulled_back(price extreme, side direction, std::int64_t callback_bp) {
  const auto distance =
      static_cast<std::int64_t>(static_cast<wide_int>(extreme.raw()) * callback_bp / 10'000);
  return price::from_raw(direction == side::sell ? extreme.raw() - distance
                                                 : extreme.raw() + distance);
}

/// Moves a trailing order along with the mark; true when it fires.
[[nodiscard]] inline bool trail(ledger_algo& a, price mark) {
  const bool sells = a.direction == side::sell;
  if (!a.following) {
    a.following = a.activation.is_zero() || (sells ? mark >= a.activation : mark <= a.activation);
    a.extreme = mark;
    return false;
  }
  if (sells ? mark > a.extreme : mark < a.extreme)
    a.extreme = mark;
  const auto level = pulled_back(a.extreme, a.direction, a.callback_bp);
  return sells ? mark <= level : mark >= level;
}

}  // namespace sluice::simulator
