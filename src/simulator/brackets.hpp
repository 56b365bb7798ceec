// The ladder of leverage brackets: how much may be held at which leverage, and what margin keeps
// it.
#pragma once

#include <array>
#include <cstdint>

#include "sluice/domain/fixed.hpp"

namespace sluice::simulator {

/// One step of the ladder, values in whole USDT.
struct bracket {
  std::int64_t cap;
  std::int64_t leverage_max;
  std::int64_t maintenance_ppm;
};

/// The same for every symbol; shaped like the real one of BTCUSDT.
inline constexpr std::array brackets{
    bracket{300'000, 125, 4'000},       bracket{800'000, 100, 5'000},
    bracket{3'000'000, 75, 6'500},      bracket{12'000'000, 50, 10'000},
    bracket{70'000'000, 25, 20'000},    bracket{100'000'000, 20, 25'000},
    bracket{230'000'000, 10, 50'000},   bracket{480'000'000, 5, 100'000},
    bracket{600'000'000, 4, 125'000},   bracket{800'000'000, 3, 150'000},
    bracket{1'200'000'000, 2, 250'000}, bracket{1'800'000'000, 1, 500'000},
};

/// Value of a position at a price times a ratio given in millionths, truncated.
[[nodiscard]] constexpr notional millionths_of(notional value, std::int64_t ppm) {
  return notional::from_raw(
      static_cast<std::int64_t>(static_cast<wide_int>(value.raw()) * ppm / 1'000'000));
}

/// What is taken off value times ratio in a bracket, so that maintenance has no steps.
[[nodiscard]] constexpr notional bracket_allowance(std::size_t index) {
  notional sum;
  for (std::size_t n = 1; n <= index; ++n)
    sum += millionths_of(notional::whole(brackets[n - 1].cap),
                         brackets[n].maintenance_ppm - brackets[n - 1].maintenance_ppm);
  return sum;
}

/// Maintenance margin of a position of that value, not negative.
[[nodiscard]] constexpr notional maintenance_of(notional value) {
  std::size_t n = 0;
  while (n + 1 < brackets.size() && value > notional::whole(brackets[n].cap))
    ++n;
  return millionths_of(value, brackets[n].maintenance_ppm) - bracket_allowance(n);
}

/// The most that may be held at a leverage.
[[nodiscard]] constexpr notional value_max(std::int64_t leverage) {
  notional most;
  for (const auto& b : brackets)
    if (b.leverage_max >= leverage)
      most = notional::whole(b.cap);
  return most;
}

}  // namespace sluice::simulator
