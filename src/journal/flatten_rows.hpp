// The rows of what operators had flattened, their tables, and how they are read back.
#pragma once

#include "row_head.hpp"
#include "sluice/journal/recovered.hpp"

namespace sluice::journal {

/// One row per flatten; `outcome` is null while it runs.
inline constexpr const char* flatten_tables = R"sql(
CREATE TABLE flatten (
  flatten_id INTEGER PRIMARY KEY, symbol TEXT NOT NULL, author TEXT NOT NULL, reason TEXT NOT NULL,
  ordered_ms INTEGER NOT NULL, give_up_ms INTEGER NOT NULL,
  ordered_seq INTEGER NOT NULL REFERENCES record(seq), outcome TEXT, remains TEXT,
  ended_ms INTEGER, ended_seq INTEGER REFERENCES record(seq)) STRICT;
CREATE INDEX flatten_running ON flatten(flatten_id) WHERE outcome IS NULL;
)sql";

[[nodiscard]] result<void> write(database& db, const row_head& h, const flatten_ordered& b);
[[nodiscard]] result<void> write(database& db, const row_head& h, const flatten_ended& b);

/// Those that run, the last ones that ended, and the highest id.
[[nodiscard]] result<void> recover_flattens(database& db, recovered& out);

}  // namespace sluice::journal
