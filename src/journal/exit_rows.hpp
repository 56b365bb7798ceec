// The rows of what the exit engine keeps of positions, what schema 4 adds to them, and how they are
// read back.
#pragma once

#include "row_head.hpp"
#include "sluice/journal/recovered.hpp"

namespace sluice::journal {

/// Rows of before have no risk: it is measured when their position is seen.
inline constexpr const char* exit_columns = R"sql(
ALTER TABLE exit_state ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE exit_state ADD COLUMN risk TEXT NOT NULL DEFAULT '0';
ALTER TABLE exit_state ADD COLUMN peak TEXT NOT NULL DEFAULT '0';
ALTER TABLE exit_state ADD COLUMN stop_by TEXT NOT NULL DEFAULT 'opening';
ALTER TABLE exit_state ADD COLUMN tranches INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exit_state ADD COLUMN cost TEXT NOT NULL DEFAULT '0';
ALTER TABLE exit_state ADD COLUMN opposed_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exit_state ADD COLUMN samples INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exit_state ADD COLUMN sampled TEXT NOT NULL DEFAULT '0';
ALTER TABLE exit_state ADD COLUMN sampled_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exit_state ADD COLUMN fast INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exit_state ADD COLUMN slow INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exit_state ADD COLUMN drift INTEGER NOT NULL DEFAULT 0;
ALTER TABLE exit_state ADD COLUMN path INTEGER NOT NULL DEFAULT 0;
)sql";

[[nodiscard]] result<void> write(database& db, const row_head& h, const exit_changed& b);

/// Of positions that were open.
[[nodiscard]] result<void> recover_exits(database& db, recovered& out);

}  // namespace sluice::journal
