// A trading state as it stands: who ordered it, why, since when, and until when.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sluice/domain/side.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// What is permitted, with its origin.
struct standing_state {
  trading_state state{trading_state::active};
  std::string author{};  ///< Empty as long as nobody ever ordered anything.
  std::string reason{};
  wall_time since{};
  std::optional<wall_time> until{};  ///< When it ends by itself; none: not before somebody acts.
  friend bool operator==(const standing_state&, const standing_state&) = default;
};

/// Authors that are no people; the journal tells by the first what nobody ordered.
inline constexpr std::string_view halt_file_author{"halt_file"};
inline constexpr std::string_view signal_author{"signal"};
inline constexpr std::string_view gate_author{"gate"};
inline constexpr std::string_view supervisor_author{"supervisor"};
inline constexpr std::string_view reconciler_author{"reconciler"};
/// True for these five: no person may order anything under such a name.
[[nodiscard]] constexpr bool is_own_author(std::string_view name) {
  return name == halt_file_author || name == signal_author || name == gate_author ||
         name == supervisor_author || name == reconciler_author;
}

/// The one that permits less.
[[nodiscard]] constexpr trading_state stricter(trading_state a, trading_state b) {
  return a < b ? b : a;
}
static_assert(stricter(trading_state::active, trading_state::reduce_only) ==
                  trading_state::reduce_only &&
              stricter(trading_state::halted, trading_state::reduce_only) == trading_state::halted);

}  // namespace sluice
