// Reads back the state that a crash left, and the rows that recovery and queries share.
#pragma once

#include "database.hpp"
#include "sluice/journal/reader.hpp"
#include "sluice/journal/recovered.hpp"

namespace sluice::journal {

[[nodiscard]] result<recovered> recover_from(database& db, std::int64_t trade_ids_kept,
                                             std::int64_t plan_ids_kept);

/// Newest first.
[[nodiscard]] result<std::vector<stored_order>> read_orders(database& db,
                                                            const order_filter& filter);

/// Orders that are not resolved, oldest first.
[[nodiscard]] result<std::vector<stored_order>> read_unresolved_orders(database& db);

/// All open holds, oldest first.
[[nodiscard]] result<std::vector<hold>> read_holds(database& db);

/// The parts of it that operators ordered.
[[nodiscard]] result<void> recover_limits(database& db, recovered& out);
[[nodiscard]] result<void> recover_operator(database& db, recovered& out);

}  // namespace sluice::journal
