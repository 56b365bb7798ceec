// An operator's leave for the reconciler to close, once, what the exchange holds beyond the ledger.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// Armed per symbol, never without an end.
struct close_arming {
  std::int64_t id{0};
  symbol instrument{};
  std::string author{};
  std::string reason{};
  wall_time since{};
  wall_time until{};
  friend bool operator==(const close_arming&, const close_arming&) = default;
};

/// How an arming came to its end.
enum class arming_end : std::uint8_t {
  expired,   ///< Its time was over.
  used,      ///< The reduce plan for the cause that stood has been proposed.
  disarmed,  ///< By an operator.
  replaced,  ///< By another one for the same symbol.
};
/// "expired", "used", "disarmed", "replaced".
[[nodiscard]] std::string_view to_string(arming_end e);

}  // namespace sluice
