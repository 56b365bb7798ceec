// Where the protective stop of a position belongs.
#pragma once

#include <cstdint>
#include <optional>

#include "sluice/domain/instrument.hpp"
#include "sluice/domain/record.hpp"

namespace sluice {

/// The exit engine's stop of this position if it has one, else `distance_bp` basis points from the
/// entry on the losing side; moved to the next tick towards the entry, so that it never allows a
/// larger loss than was asked for. None when the tick is not known, when there is neither a stop
/// nor an entry, and when the price is not one the venue takes.
[[nodiscard]] std::optional<price> wanted_stop_price(const position_open& held,
                                                     const std::optional<exit_state>& exit,
                                                     std::int64_t distance_bp,
                                                     const instrument_rules& rules);

/// True when a stop with this trigger would fire at once at this mark.
[[nodiscard]] constexpr bool is_crossed(side direction, price trigger, price mark) {
  return direction == side::sell ? mark <= trigger : mark >= trigger;
}

/// True when the two prices differ by no more than this many basis points of the second.
[[nodiscard]] bool is_near(price trigger, price wanted, std::int64_t tolerance_bp);

}  // namespace sluice
