// A hold: the stop on increases of one position, with its cause, its evidence and its way out.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/domain/truth.hpp"

namespace sluice {

/// Why increases of a position stop.
enum class hold_cause : std::uint8_t {
  unexplained_drift,  ///< Ledger and truth differ, and nothing seen accounts for it.
  side_flip,          ///< Ledger and truth stand on different sides.
  foreign_fill,       ///< Somebody else traded it, and the policy is to hold for that.
  flatten,            ///< An operator flattens it. The gate's own: not kept, not listed.
};
/// "unexplained_drift", "side_flip", "foreign_fill", "flatten".
[[nodiscard]] std::string_view to_string(hold_cause c);

/// A per-position stop on increases. Survives restarts until a recorded release.
struct hold {
  std::int64_t id{0};
  position_key position{};
  hold_cause cause{hold_cause::unexplained_drift};
  quantity ledger_amount{};  ///< Signed, as it was when the hold was placed.
  quantity truth_amount{};   ///< Signed, at the same moment.
  std::string evidence{};    ///< In words with numbers.
  wall_time since{};
  friend bool operator==(const hold&, const hold&) = default;
};

/// What releases a hold of this cause, as a sentence for people.
[[nodiscard]] std::string_view release_rule(hold_cause c);
/// The exact command with which an operator releases it.
[[nodiscard]] std::string release_command(const hold& h);

}  // namespace sluice
