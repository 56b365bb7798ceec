// The rows of protective stops, written and read back.
#pragma once

#include "row_head.hpp"
#include "sluice/journal/recovered.hpp"

namespace sluice::journal {

[[nodiscard]] result<void> write(database& db, const row_head& h, const stop_changed& b);

/// Stops that have not ended, the highest number ever given, and the regular orders that stops
/// became, which are ours.
[[nodiscard]] result<void> recover_stops(database& db, recovered& out);

}  // namespace sluice::journal
