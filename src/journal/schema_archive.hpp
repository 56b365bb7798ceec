// What schema 4 adds so that old records can be moved into an archive.
#pragma once

namespace sluice::journal {

/// Ids whose rows were moved, so that they are recognised for good. In `chain_start`: the archive
/// that ends where this file's chain begins, what the older records that were kept hash to, and in
/// an archive the seq that it ends with.
constexpr const char* schema_archive = R"sql(
CREATE TABLE remembered_plan (
  plan_id TEXT PRIMARY KEY, seq INTEGER NOT NULL, content_hash INTEGER NOT NULL)
  STRICT, WITHOUT ROWID;
CREATE TABLE remembered_trade (
  symbol TEXT NOT NULL, trade_id INTEGER NOT NULL, PRIMARY KEY (symbol, trade_id))
  STRICT, WITHOUT ROWID;
ALTER TABLE chain_start ADD COLUMN archive TEXT NOT NULL DEFAULT '';
ALTER TABLE chain_start ADD COLUMN kept_hash INTEGER NOT NULL DEFAULT 0;
ALTER TABLE chain_start ADD COLUMN archived_until INTEGER NOT NULL DEFAULT 0;
)sql";

}  // namespace sluice::journal
