// What schema 4 adds for causes, the chain's start and the checks of state.
#pragma once

namespace sluice::journal {

/// `chain_start` has one row: the chain goes on from `chain` after record `seq` (0, 0 in a file
/// that has all its records), and records up to `without_cause_until`, written by older versions,
/// are covered without their cause. `state_checkpoint` keeps the state's hash, and of its first
/// and its last row the state itself.
constexpr const char* schema_state = R"sql(
ALTER TABLE record ADD COLUMN caused_by INTEGER NOT NULL DEFAULT 0;
CREATE TABLE chain_start (
  id INTEGER PRIMARY KEY CHECK (id = 1), seq INTEGER NOT NULL, chain INTEGER NOT NULL,
  without_cause_until INTEGER NOT NULL) STRICT;
INSERT INTO chain_start SELECT 1, 0, 0, ifnull(max(seq), 0) FROM record;
CREATE TABLE state_checkpoint (
  seq INTEGER PRIMARY KEY, hash INTEGER NOT NULL, rows TEXT) STRICT;
)sql";

/// Whether the write-ahead log may hold what the file does not; says so in the file itself. Made at
/// every start where it is missing: builds before the first release wrote schema 4 without it.
constexpr const char* log_use_table = R"sql(
CREATE TABLE IF NOT EXISTS log_use (
  id INTEGER PRIMARY KEY CHECK (id = 1), in_use INTEGER NOT NULL) STRICT;
INSERT OR IGNORE INTO log_use VALUES (1, 0);
)sql";

}  // namespace sluice::journal
