// The query behind the shares of reasons.
#pragma once

#include "database.hpp"
#include "sluice/journal/reasons.hpp"

namespace sluice::journal {

/// In no order. Finds the first record of the window by halving, so that its cost follows the
/// window's length and not the journal's.
[[nodiscard]] result<std::vector<reason_share>> read_reasons(database& db, const reason_window& w);

}  // namespace sluice::journal
