// The regime of a symbol: how restless its mark is against its own habit, and whether it goes
// anywhere.
#pragma once

#include <optional>

#include "sluice/domain/exit_state.hpp"
#include "sluice/exits/settings.hpp"

namespace sluice {

inline constexpr milliseconds regime_sample_period{60'000};

/// The state with one more sample. A sample after a gap only begins anew: what happened in between
/// is not a return of one minute; after one longer than the volatility window nothing is known any
/// more. Means are plain ones until their window is full, and from then
/// on the newest return counts one part in the window's number of samples.
[[nodiscard]] regime_state with_sample(const regime_state& before, price mark,
                                       std::optional<milliseconds> since_last, wall_time at,
                                       const regime_windows& windows);

/// Volatility now against the baseline; none until the volatility window was full once, or when
/// nothing has ever moved.
[[nodiscard]] std::optional<double> volatility_ratio(const regime_state& s,
                                                     const regime_windows& windows);

/// How straight the mark has gone the way of a position with this sign: from -1 (straight against
/// it) over 0 (nowhere) to 1. None until the trend window was full once, or when nothing moved.
[[nodiscard]] std::optional<double> trend_strength(const regime_state& s, int sign,
                                                   const regime_windows& windows);

}  // namespace sluice
