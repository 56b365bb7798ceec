// What a mark changes in a position's exit state without any order: its best mark, its stop, the
// parts of its gain that need not be taken any more.
#pragma once

#include "sluice/exits/exit_rules.hpp"

namespace sluice {

/// The state after this look at the position: the best mark moves by whole steps of
/// `peak_step_r`; the stop follows it once it was worth `trail_after_r`, and goes to break-even
/// from `break_even_after_r` on. A stop only ever moves towards gain, and the one to break-even
/// only while the mark has not passed it. A tranche whose target the position is already at is
/// taken. The same state for a view without a mark, and wherever evaluate() decides nothing.
[[nodiscard]] exit_state moved_by(const exit_state& state, const exit_view& view,
                                  const exit_policy& policy);

/// Gives a position what neither it nor its plan says: stop, target and time limit by the policy.
void complete(exit_state& state, const exit_policy& policy);
/// Its risk, as soon as entry and stop are known; never changed after that.
void measure_risk(exit_state& state);

/// A position as it is shown to people.
struct exit_picture {
  std::optional<ratio> r{};
  std::optional<ratio> r_peak{};
  double kill_score{0};
  int next_tranche{0};  ///< Counted from 1; 0: none is left.
  bool is_protected{false};
};
[[nodiscard]] exit_picture picture_of(const exit_state& state, const exit_view& view,
                                      const exit_policy& policy);

}  // namespace sluice
