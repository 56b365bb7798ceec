// What the exit engine keeps of a position, so that a restart resumes it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "sluice/domain/account.hpp"
#include "sluice/domain/truth.hpp"

namespace sluice {

/// How a symbol's mark has moved lately, from one sample a minute. Whole numbers, so that what is
/// stored and what is worked with are the same.
struct regime_state {
  std::int64_t samples{0};  ///< Returns counted so far.
  price last{};             ///< The newest sample; zero: none yet.
  wall_time last_at{};
  std::int64_t fast{0};   ///< Mean squared return over the volatility window, in 1e-15.
  std::int64_t slow{0};   ///< The same over the baseline window.
  std::int64_t drift{0};  ///< Mean return over the trend window, in 1e-9; falling is negative.
  std::int64_t path{0};   ///< Mean absolute return over the trend window, in 1e-9.
  friend bool operator==(const regime_state&, const regime_state&) = default;
};

/// What put the stop where it is.
enum class stop_mover : std::uint8_t { opening, break_even, trailing };
/// "opening", "break_even", "trailing"; "?" past the end.
[[nodiscard]] std::string_view to_string(stop_mover m);

/// Everything that the exit rules remember of a position. Fields that journals of before do not
/// have keep their defaults, and rules that need them say nothing.
struct exit_state {
  position_key position{};
  bool active{false};  ///< False once the position is gone.
  price entry{};
  quantity initial{};  ///< Signed; the largest that the position has been.
  wall_time opened_at{};
  std::optional<price> stop{};  ///< Only ever moves towards gain.
  std::optional<price> target{};
  std::optional<milliseconds> time_limit{};
  plan_id origin{};    ///< The open plan it came from; empty when found at start.
  source_id source{};  ///< Of that plan.
  /// Distance from entry to stop when both were first known: what one r is. Zero: there is no r.
  price risk{};
  price peak{};  ///< The most favourable mark, moved by whole steps; zero: none yet.
  stop_mover stop_by{stop_mover::opening};
  int tranches{0};         ///< Of its gain, how many have been taken.
  notional cost{};         ///< Fees of our fills and funding, in the quote asset; paid is positive.
  wall_time opposed_at{};  ///< When a source last wanted the other side; 0: never.
  regime_state regime{};   ///< Of its symbol, as of the last sample.
  friend bool operator==(const exit_state&, const exit_state&) = default;
};

}  // namespace sluice
