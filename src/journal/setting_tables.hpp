// What schema 4 adds for settings that change while the process runs.
#pragma once

namespace sluice::journal {

/// A row per key of each record; `applied` is 0 for those that wait for a restart.
constexpr const char* setting_tables = R"sql(
CREATE TABLE setting_change (
  seq INTEGER NOT NULL REFERENCES record(seq), place INTEGER NOT NULL, key TEXT NOT NULL,
  value_before TEXT NOT NULL, value_after TEXT NOT NULL, applied INTEGER NOT NULL,
  author TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (seq, place)) STRICT, WITHOUT ROWID;
)sql";

}  // namespace sluice::journal
