// When a position has to go: ordered rules, each a pure function with a reason and its numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/domain/record.hpp"
#include "sluice/exits/exit_math.hpp"
#include "sluice/exits/settings.hpp"

namespace sluice {

/// In the order in which the rules are asked; the first that applies decides. All but the last
/// close the whole position, so whichever of them comes first, no other would have left less.
enum class exit_reason : std::uint8_t {
  liquidation_buffer,  ///< The venue is about to close it at its own price.
  stop_crossed,        ///< The stop it was opened with, or the one at break-even.
  loss_limit,          ///< Lost more than the stop meant to, costs included.
  kill_score,          ///< What spoke for it no longer does.
  time_limit,          ///< Has stood as long as anything may.
  time_stop,           ///< Has stood long enough for what it gained.
  trailing,            ///< Fell back from its best by the trailing distance.
  target_reached,
  take_profit,  ///< A part of its gain.
};
[[nodiscard]] std::string_view to_string(exit_reason r);

/// What the rules look at besides the position's exit state.
struct exit_view {
  quantity amount{};                   ///< The true position, signed; zero when flat or unknown.
  std::optional<price> mark{};         ///< None: only rules that need no price are asked.
  milliseconds age{};                  ///< How long the position has stood.
  std::optional<price> liquidation{};  ///< Of this very position; none: not known.
  std::optional<milliseconds> opposed_ago{};  ///< Since a source last wanted the other side.
  regime_windows windows{};
};

/// What is wanted: a target, never a delta, so that repeating it is harmless.
struct exit_decision {
  exit_reason reason{exit_reason::stop_crossed};
  quantity target{};      ///< Leave at most this, >= 0 and never above |amount|.
  std::string numbers{};  ///< "mark 97.5 <= stop 98; entry 100, amount 2".
  int tranche{0};         ///< Up to which the gain is taken; 0 for all other reasons.
  friend bool operator==(const exit_decision&, const exit_decision&) = default;
};

/// The first rule's decision, or none to hold. None for a position that is not open, for a state
/// that is not active or belongs to the other side, and while exits are disabled.
[[nodiscard]] std::optional<exit_decision> evaluate(const exit_state& state, const exit_view& view,
                                                    const exit_policy& policy);

/// The same of one rule alone, for tests and explanations.
[[nodiscard]] std::optional<exit_decision> evaluate_rule(exit_reason rule, const exit_state& state,
                                                         const exit_view& view,
                                                         const exit_policy& policy);

[[nodiscard]] kill_inputs kill_inputs_of(const exit_state& state, const exit_view& view,
                                         const exit_policy& policy);

/// `entry` moved by `bp` basis points to the losing (stop) or winning (target) side of a position
/// with this sign; none when bp is 0 or the entry not positive.
[[nodiscard]] std::optional<price> default_stop(price entry, int sign, std::int64_t bp);
[[nodiscard]] std::optional<price> default_target(price entry, int sign, std::int64_t bp);

/// True when rules limit what the position may lose, or how long.
[[nodiscard]] bool is_protected(const exit_state& state, const exit_policy& policy);

}  // namespace sluice
