// At which marks the exit rules would speak, so that people see what comes next.
#pragma once

#include <optional>
#include <vector>

#include "sluice/exits/exit_rules.hpp"

namespace sluice {

/// A rule that watches the mark, and where it begins to apply.
struct exit_level {
  exit_reason reason{exit_reason::stop_crossed};
  price at{};
  std::int64_t away_bp{0};  ///< From the mark, in basis points of it; 0 when it applies already.
  friend bool operator==(const exit_level&, const exit_level&) = default;
};

/// Every such level, nearest first; of the tranches the next one. Empty without a mark and wherever
/// evaluate() would not look: exits disabled, a position that is not open or of the other side.
/// Rules of time and the kill score have no mark, and are not among them.
[[nodiscard]] std::vector<exit_level> exit_levels(const exit_state& state, const exit_view& view,
                                                  const exit_policy& policy);

}  // namespace sluice
