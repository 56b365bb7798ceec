// When a position has to go: ordered rules, each a pure function with a reason and its numbers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "sluice/domain/record.hpp"
#include "sluice/exits/settings.hpp"

namespace sluice {

/// In the order in which the rules are asked; the first that applies decides.
enum class exit_reason : std::uint8_t { stop_crossed, target_reached, time_limit };
[[nodiscard]] std::string_view to_string(exit_reason r);

/// What the rules look at besides the position's exit state.
struct exit_view {
  quantity amount{};            ///< The true position, signed; zero when flat or unknown.
  std::optional<price> mark{};  ///< None: only rules that need no price are asked.
  milliseconds age{};           ///< How long the position has stood.
};

/// What is wanted: a target, never a delta, so that repeating it is harmless.
struct exit_decision {
  exit_reason reason{exit_reason::stop_crossed};
  quantity target{};      ///< Leave at most this, >= 0 and never above |amount|.
  std::string numbers{};  ///< "mark 97.5 <= stop 98; entry 100, amount 2".
  friend bool operator==(const exit_decision&, const exit_decision&) = default;
};

/// The first rule's decision, or none to hold. None for a position that is not open, for a state
/// that is not active or belongs to the other side, and while exits are disabled.
[[nodiscard]] std::optional<exit_decision> evaluate(const exit_state& state, const exit_view& view,
                                                    const exit_settings& settings);

/// `entry` moved by `bp` basis points to the losing (stop) or winning (target) side of a position
/// with this sign; none when bp is 0 or the entry not positive.
[[nodiscard]] std::optional<price> default_stop(price entry, int sign, std::int64_t bp);
[[nodiscard]] std::optional<price> default_target(price entry, int sign, std::int64_t bp);

}  // namespace sluice
