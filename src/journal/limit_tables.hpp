// What schema 4 adds for limits.
#pragma once

namespace sluice::journal {

/// The highest equity of each of the last 31 days that had a record of one; `day` since 1970, UTC.
constexpr const char* limit_tables = R"sql(
CREATE TABLE equity_peak (
  day INTEGER PRIMARY KEY, peak TEXT NOT NULL,
  changed_seq INTEGER NOT NULL REFERENCES record(seq)) STRICT;
)sql";

}  // namespace sluice::journal
