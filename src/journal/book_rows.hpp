// The rows of fills, ledger lines and holds.
#pragma once

#include "row_head.hpp"

namespace sluice::journal {

[[nodiscard]] result<void> write(database& db, const row_head& h, const fill_recorded& b);
[[nodiscard]] result<void> write(database& db, const row_head& h, const ledger_adjusted& b);
[[nodiscard]] result<void> write(database& db, const row_head& h, const hold_placed& b);
[[nodiscard]] result<void> write(database& db, const row_head& h, const hold_released& b);

}  // namespace sluice::journal
