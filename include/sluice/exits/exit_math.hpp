// The formulas of the exit rules: gain in units of risk, break-even, tranches, kill score.
#pragma once

#include <optional>

#include "sluice/domain/exit_state.hpp"
#include "sluice/exits/settings.hpp"

namespace sluice {

/// Fees and funding per unit of the initial quantity; negative when funding brought more.
[[nodiscard]] price cost_per_unit(const exit_state& s);

/// Gain at `mark` in units of the initial risk d0, for a position of side s and quantity q:
/// r = s * (mark - entry) / d0 - cost / (q * d0). None without risk, entry or quantity.
[[nodiscard]] std::optional<ratio> r_at(const exit_state& s, price mark);
/// The same at the best mark so far.
[[nodiscard]] std::optional<ratio> r_peak(const exit_state& s);

/// Where closing the position leaves nothing gained and nothing lost: the entry, moved towards gain
/// by what was paid per unit and by the closing order's fee. None where r_at has none.
[[nodiscard]] std::optional<price> break_even_price(const exit_state& s, std::int64_t exit_fee_bp);

/// What may be left once the first `taken` tranches are gone.
[[nodiscard]] quantity left_after_tranches(quantity initial, const exit_policy& policy, int taken);

/// What the kill score looks at. What is not known counts as calm.
struct kill_inputs {
  bool flip{false};                    ///< A source wants the other side now.
  std::optional<double> volatility{};  ///< Against its baseline.
  std::optional<double> trend{};       ///< Strength, the position's way being positive.
  milliseconds age{};
};
/// K = 1 / (1 + e^-(z - 2)) with z = flip + 0.5 * clamp(volatility - 1, 0, 2)
///   + 0.5 * clamp(0.3 - trend, 0, 0.5) + 0.3 * min(age / 24 h, 1).
/// A calm young position has 0.1192; the highest there is 0.6341.
[[nodiscard]] double kill_score(const kill_inputs& in);

}  // namespace sluice
