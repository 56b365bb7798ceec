// The journal's tables as SQL, and how an older file becomes a current one.
#include "schema.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <map>
#include <mutex>
#include <string>

#include "exit_rows.hpp"
#include "flatten_rows.hpp"
#include "limit_tables.hpp"
#include "schema_archive.hpp"
#include "schema_plans.hpp"
#include "schema_state.hpp"
#include "setting_tables.hpp"
#include "stop_tables.hpp"

namespace sluice::journal {
namespace {

/// `record` is the spine: append-only, one row for each thing that happened, chained by checksum.
/// The tables that refer to it by seq are append-only too; orders, ledger_line, hold, exit_state
/// and the verdict columns of plan are the current state, kept in the same transaction. Decimals
/// are text, times milliseconds since 1970.
constexpr const char* version_1 = R"sql(
CREATE TABLE record (
  seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, wall_ms INTEGER NOT NULL, steady_ns INTEGER NOT NULL,
  body TEXT NOT NULL, chain INTEGER NOT NULL) STRICT;

CREATE TABLE plan (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), plan_id TEXT NOT NULL UNIQUE,
  source TEXT NOT NULL, symbol TEXT NOT NULL, position_side TEXT NOT NULL, kind TEXT NOT NULL,
  content_hash INTEGER NOT NULL, received_ms INTEGER NOT NULL, deadline_ms INTEGER NOT NULL,
  verdict_seq INTEGER REFERENCES record(seq), verdict TEXT, reason TEXT, judged_ms INTEGER) STRICT;
CREATE INDEX plan_undecided ON plan(seq) WHERE verdict_seq IS NULL;
CREATE INDEX plan_by_symbol ON plan(symbol, seq);

CREATE TABLE verdict (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), plan_id TEXT NOT NULL, symbol TEXT NOT NULL,
  lane TEXT NOT NULL, kind TEXT NOT NULL, reason TEXT, times_judged INTEGER NOT NULL,
  facts TEXT NOT NULL) STRICT;
CREATE INDEX verdict_by_plan ON verdict(plan_id, seq);

CREATE TABLE orders (
  client_order_id TEXT PRIMARY KEY, plan_id TEXT NOT NULL, symbol TEXT NOT NULL,
  position_side TEXT NOT NULL, direction TEXT NOT NULL, amount TEXT NOT NULL,
  reduce_only INTEGER NOT NULL, attempt INTEGER NOT NULL, truth_version INTEGER NOT NULL,
  state TEXT NOT NULL, order_id INTEGER NOT NULL, executed TEXT NOT NULL, detail TEXT NOT NULL,
  intended_seq INTEGER NOT NULL REFERENCES record(seq), intended_ms INTEGER NOT NULL,
  changed_ms INTEGER NOT NULL) STRICT;
CREATE INDEX orders_by_plan ON orders(plan_id);
CREATE INDEX orders_by_age ON orders(intended_seq);
CREATE INDEX orders_unresolved ON orders(intended_seq)
  WHERE state NOT IN ('filled', 'cancelled', 'rejected', 'expired');

CREATE TABLE order_event (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), client_order_id TEXT NOT NULL,
  plan_id TEXT NOT NULL, symbol TEXT NOT NULL, state TEXT NOT NULL, order_id INTEGER NOT NULL,
  executed TEXT NOT NULL, detail TEXT NOT NULL) STRICT;
CREATE INDEX order_event_by_order ON order_event(client_order_id, seq);

CREATE TABLE fill (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), symbol TEXT NOT NULL, trade_id INTEGER NOT NULL,
  position_side TEXT NOT NULL, order_id INTEGER NOT NULL, client_order_id TEXT NOT NULL,
  direction TEXT NOT NULL, amount TEXT NOT NULL, price TEXT NOT NULL, fee TEXT NOT NULL,
  fee_asset TEXT NOT NULL, realised TEXT NOT NULL, traded_ms INTEGER NOT NULL,
  ours INTEGER NOT NULL, plan_id TEXT NOT NULL, UNIQUE (symbol, trade_id)) STRICT;
CREATE INDEX fill_by_plan ON fill(plan_id, seq);

CREATE TABLE ledger_line (
  symbol TEXT NOT NULL, position_side TEXT NOT NULL, amount TEXT NOT NULL,
  changed_seq INTEGER NOT NULL REFERENCES record(seq),
  PRIMARY KEY (symbol, position_side)) STRICT, WITHOUT ROWID;
CREATE TABLE ledger_adjustment (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), symbol TEXT NOT NULL,
  position_side TEXT NOT NULL, amount_before TEXT NOT NULL, amount_after TEXT NOT NULL,
  cause TEXT NOT NULL, evidence TEXT NOT NULL) STRICT;

CREATE TABLE hold (
  hold_id INTEGER NOT NULL, symbol TEXT NOT NULL, position_side TEXT NOT NULL,
  cause TEXT NOT NULL, evidence TEXT NOT NULL, since_ms INTEGER NOT NULL,
  placed_seq INTEGER NOT NULL REFERENCES record(seq),
  PRIMARY KEY (hold_id, symbol, position_side)) STRICT, WITHOUT ROWID;
CREATE TABLE hold_event (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), hold_id INTEGER NOT NULL, event TEXT NOT NULL,
  symbol TEXT NOT NULL, position_side TEXT NOT NULL, cause TEXT NOT NULL, evidence TEXT NOT NULL,
  author TEXT, reason TEXT) STRICT;
CREATE INDEX hold_event_by_id ON hold_event(hold_id);

CREATE TABLE state_change (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), state_before TEXT NOT NULL,
  state_after TEXT NOT NULL, author TEXT NOT NULL, reason TEXT NOT NULL) STRICT;

CREATE TABLE truth_change (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), symbol TEXT NOT NULL,
  position_side TEXT NOT NULL, kind_before TEXT NOT NULL, amount_before TEXT NOT NULL,
  kind_after TEXT NOT NULL, amount_after TEXT NOT NULL, source TEXT NOT NULL,
  version INTEGER NOT NULL) STRICT;
CREATE INDEX truth_change_by_symbol ON truth_change(symbol, seq);

CREATE TABLE exit_state (
  symbol TEXT NOT NULL, position_side TEXT NOT NULL, active INTEGER NOT NULL, entry TEXT NOT NULL,
  initial TEXT NOT NULL, opened_ms INTEGER NOT NULL, stop TEXT, target TEXT, time_limit_ms INTEGER,
  origin TEXT NOT NULL, changed_seq INTEGER NOT NULL REFERENCES record(seq),
  PRIMARY KEY (symbol, position_side)) STRICT, WITHOUT ROWID;

CREATE TABLE notice (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), event TEXT NOT NULL, text TEXT NOT NULL) STRICT;
)sql";

/// Funding fees, and the venue's symbols and rules as last read.
constexpr const char* version_2 = R"sql(
CREATE TABLE funding (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), symbol TEXT NOT NULL, asset TEXT NOT NULL,
  amount TEXT NOT NULL, booked_ms INTEGER NOT NULL) STRICT;
CREATE TABLE universe (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), read_ms INTEGER NOT NULL,
  content_hash INTEGER NOT NULL, has_content INTEGER NOT NULL) STRICT;
CREATE INDEX universe_content ON universe(seq) WHERE has_content = 1;
)sql";

/// What the books and holds stand on, states that end by themselves, overrides, armed closes.
constexpr const char* version_3 = R"sql(
ALTER TABLE ledger_line ADD COLUMN entry TEXT NOT NULL DEFAULT '0';
ALTER TABLE ledger_line ADD COLUMN realised TEXT NOT NULL DEFAULT '0';
ALTER TABLE ledger_line ADD COLUMN fills INTEGER NOT NULL DEFAULT 0;
ALTER TABLE ledger_line ADD COLUMN traded_ms INTEGER NOT NULL DEFAULT 0;
CREATE TABLE ledger_fee (
  symbol TEXT NOT NULL, position_side TEXT NOT NULL, asset TEXT NOT NULL, amount TEXT NOT NULL,
  PRIMARY KEY (symbol, position_side, asset)) STRICT, WITHOUT ROWID;

ALTER TABLE hold ADD COLUMN ledger_amount TEXT NOT NULL DEFAULT '0';
ALTER TABLE hold ADD COLUMN truth_amount TEXT NOT NULL DEFAULT '0';

ALTER TABLE state_change ADD COLUMN until_ms INTEGER;

CREATE TABLE setting_override (
  override_id INTEGER PRIMARY KEY, key TEXT NOT NULL, value TEXT NOT NULL, author TEXT NOT NULL,
  reason TEXT NOT NULL, since_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,
  fresh_for_ms INTEGER, set_seq INTEGER NOT NULL REFERENCES record(seq)) STRICT;
CREATE TABLE override_event (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), override_id INTEGER NOT NULL,
  event TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, author TEXT NOT NULL,
  reason TEXT NOT NULL) STRICT;

CREATE TABLE close_arming (
  arming_id INTEGER PRIMARY KEY, symbol TEXT NOT NULL, author TEXT NOT NULL, reason TEXT NOT NULL,
  since_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL,
  armed_seq INTEGER NOT NULL REFERENCES record(seq)) STRICT;
CREATE TABLE close_arming_event (
  seq INTEGER PRIMARY KEY REFERENCES record(seq), arming_id INTEGER NOT NULL, event TEXT NOT NULL,
  symbol TEXT NOT NULL, author TEXT NOT NULL, reason TEXT NOT NULL) STRICT;

CREATE INDEX ledger_adjustment_by_line ON ledger_adjustment(symbol, position_side, seq);
CREATE INDEX orders_at_venue ON orders(intended_seq) WHERE order_id <> 0;
)sql";

/// Version 4 has a part for each thing that needed it.
constexpr std::array version_4{schema_state,   schema_archive, schema_plans, stop_tables,
                               flatten_tables, limit_tables,   exit_columns, setting_tables};

/// Step i brings version i to i + 1.
std::string step(std::int64_t i) {
  if (i < 3)
    return std::array{version_1, version_2, version_3}.at(static_cast<std::size_t>(i));
  return fmt::format("{}", fmt::join(version_4, ""));
}
static_assert(schema_version == 4);

result<std::int64_t> version_of(database& db) {
  const auto id = db.number("PRAGMA application_id");
  if (!id)
    return id.error();
  const auto version = db.number("PRAGMA user_version");
  if (!version)
    return version.error();
  const auto tables = db.number("SELECT count(*) FROM sqlite_schema");
  if (!tables)
    return tables.error();
  const bool empty = *id == 0 && *version == 0 && *tables == 0;
  if (!empty && *id != application_id)
    return fail(errc::malformed, "is a SQLite file, but not a Sluice journal");
  if (*version < 0 || *version > schema_version)
    return fail(errc::malformed,
                fmt::format("has schema version {}, this program knows up to {}: use a newer one",
                            *version, schema_version));
  return *version;
}

result<void> run_step(database& db, std::int64_t from) {
  return db.script(fmt::format(
      "BEGIN IMMEDIATE; {} PRAGMA application_id = {}; PRAGMA user_version = {}; COMMIT;",
      step(from), application_id, from + 1));
}

/// By "table NAME" or "index NAME": the statement that made it. What SQLite makes by itself has
/// none.
using statements = std::map<std::string, std::string>;

result<statements> statements_of(database& db) {
  statements out;
  const auto read =
      db.each("SELECT type || ' ' || name, sql FROM sqlite_schema WHERE sql IS NOT NULL", {},
              [&](const row& r) {
                out.emplace(r.text(0), r.text(1));
                return result<void>{};
              });
  if (!read)
    return read.error();
  return out;
}

/// A file of some version before its first record.
struct pattern {
  std::string file{};
  statements made_by{};
};

result<pattern> make_pattern(std::int64_t version) {
  auto made = database::in_memory();
  if (!made)
    return made.error();
  // Space that an archive frees is given back in steps; that has to be chosen before any table.
  if (auto set = made->script("PRAGMA auto_vacuum = INCREMENTAL"); !set)
    return set.error();
  for (std::int64_t from = 0; from < version; ++from)
    if (auto stepped = run_step(*made, from); !stepped)
      return stepped.error();
  auto file = made->content();
  if (!file)
    return file.error();
  auto by = statements_of(*made);
  if (!by)
    return by.error();
  return pattern{std::move(*file), std::move(*by)};
}

/// The same for as long as the program runs: made when a file of that version is first needed.
result<const pattern*> pattern_of(std::int64_t version) {
  static std::mutex one_at_a_time;
  static std::map<std::int64_t, pattern> known;
  const std::lock_guard guard(one_at_a_time);
  auto at = known.find(version);
  if (at == known.end()) {
    auto made = make_pattern(version);
    if (!made)
      return made.error();
    at = known.emplace(version, std::move(*made)).first;
  }
  return &at->second;
}

/// A changed name passes SQLite's own check of a file, and the first record of its table would fail
/// in the midst of trading. What else is there is a person's.
result<void> check_statements(database& db, std::int64_t version) {
  const auto wanted = pattern_of(version);
  if (!wanted)
    return wanted.error();
  const auto found = statements_of(db);
  if (!found)
    return found.error();
  for (const auto& [name, statement] : (*wanted)->made_by)
    if (const auto at = found->find(name); at == found->end())
      return fail(errc::malformed, fmt::format("is damaged: its schema has no {}", name));
    else if (at->second != statement)
      return fail(errc::malformed,
                  fmt::format("is damaged: the schema of {} is not what made it", name));
  return {};
}

}  // namespace

result<std::string_view> new_journal() {
  const auto made = pattern_of(schema_version);
  if (!made)
    return made.error();
  return std::string_view((*made)->file);
}

result<void> migrate(database& db) {
  const auto version = version_of(db);
  if (!version)
    return version.error();
  if (auto checked = check_statements(db, *version); !checked)
    return checked;
  for (auto from = *version; from < schema_version; ++from)
    if (auto stepped = run_step(db, from); !stepped)
      return stepped;
  return {};
}

result<void> expect_current_schema(database& db) {
  const auto version = version_of(db);
  if (!version)
    return version.error();
  if (*version != schema_version)
    return fail(errc::malformed,
                fmt::format("has schema version {}, {} is needed: start Sluice on it once",
                            *version, schema_version));
  return check_statements(db, *version);
}

}  // namespace sluice::journal
