// A file that something else has written into: whatever stands there now, it is refused with a
// line, by questions and by a verification.
#include <sqlite3.h>

#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

/// As no program of ours would: also the schema.
void change(const std::filesystem::path& path, const std::string& sql) {
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(path.c_str(), &raw) == SQLITE_OK);
  const auto text = "PRAGMA writable_schema = ON;" + sql;
  CHECK(sqlite3_exec(raw, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
}

void fill_journal(const std::filesystem::path& path) {
  auto s = opened(path);
  const auto p = an_open_plan("p1");
  put(*s, plan_accepted{p});
  put(*s, a_permission(p));
  put(*s, an_intent("o1", "p1"));
  put(*s, a_fill("BTCUSDT", 5, side::buy, "0.1"));
  REQUIRE(s->end().has_value());
}

struct copy_changed {
  const char* sql;
  const char* told;
};

}  // namespace

TEST_CASE("a copy of a record's field that was changed is named by a verification") {
  for (const auto& c : {
           copy_changed{"UPDATE plan SET source = 'else'",
                        "plan of record 1 has \"else\" as source"},
           copy_changed{"UPDATE plan SET symbol = 'ETHUSDT'", "\"ETHUSDT\" as symbol"},
           copy_changed{"UPDATE verdict SET lane = 'exit'", "verdict of record 2"},
           copy_changed{"UPDATE verdict SET reason = 'halted'", "\"halted\" as reason"},
           copy_changed{"UPDATE verdict SET continued = 1", "\"1\" as continued"},
           copy_changed{"UPDATE order_event SET state = 'sent'", "order_event of record 3"},
           copy_changed{"UPDATE fill SET plan_id = 'p2'", "fill of record 4"},
           copy_changed{"UPDATE fill SET ours = 0", "\"0\" as ours"},
           copy_changed{"DELETE FROM fill", "record 4 has no row of fill"},
           copy_changed{"DELETE FROM verdict", "record 2"},
           copy_changed{"INSERT INTO order_event SELECT seq + 1, client_order_id, plan_id, symbol, "
                        "state, order_id, executed, detail FROM order_event",
                        "the row 4 of order_event belongs to no record"},
       }) {
    INFO(c.sql);
    const directory d;
    fill_journal(d.journal());
    change(d.journal(), c.sql);
    const auto found = read(d.journal())->verify();
    REQUIRE_FALSE(found.has_value());
    CHECK(found.error().code == errc::malformed);
    CHECK_THAT(found.error().text, ContainsSubstring(c.told));
  }
}

TEST_CASE("a body that is no object is refused, by every question that tells it") {
  for (const auto* body : {"", "{", "7", "null"}) {
    INFO(body);
    const directory d;
    fill_journal(d.journal());
    change(d.journal(), std::string{"UPDATE record SET body = '"} + body + "'");
    const auto from = read(d.journal());
    const auto events = from->events_after(0, 10);
    REQUIRE_FALSE(events.has_value());
    CHECK(events.error().code == errc::malformed);
    CHECK_THAT(events.error().text, ContainsSubstring("record 1"));
    CHECK_FALSE(from->explain(plan_id{"p1"}).has_value());
    CHECK_FALSE(from->verify().has_value());
  }
}

TEST_CASE("a number that is none is no reason to end") {
  const directory d;
  fill_journal(d.journal());
  // Strict tables take no such value: it comes there past them.
  change(d.journal(),
         "UPDATE sqlite_schema SET sql = replace(sql, ') STRICT', ')') WHERE name = 'orders'");
  change(d.journal(),
         "INSERT INTO orders SELECT 'o9', plan_id, symbol, position_side, direction, "
         "amount, reduce_only, attempt, truth_version, 'filled', order_id, executed, "
         "detail, 'soon', intended_ms, changed_ms, type, limit_price FROM orders");
  change(d.journal(), "UPDATE sqlite_schema SET sql = sql || ' STRICT' WHERE name = 'orders'");
  const auto found = read(d.journal())->verify();
  REQUIRE_FALSE(found.has_value());
  CHECK_THAT(found.error().text, ContainsSubstring("order o9"));
}

TEST_CASE("a verification finds an index that does not have its rows") {
  const directory d;
  fill_journal(d.journal());
  // What the index holds was made for another column.
  change(d.journal(),
         "UPDATE sqlite_schema SET sql = replace(sql, '(symbol, seq)', '(source, seq)') "
         "WHERE name = 'plan_by_symbol'");
  change(d.journal(), "REINDEX plan_by_symbol");
  change(d.journal(),
         "UPDATE sqlite_schema SET sql = replace(sql, '(source, seq)', '(symbol, seq)') "
         "WHERE name = 'plan_by_symbol'");
  const auto found = read(d.journal())->verify();
  REQUIRE_FALSE(found.has_value());
  CHECK(found.error().code == errc::malformed);
  CHECK_THAT(found.error().text, ContainsSubstring("is damaged"));
}

TEST_CASE("a schema that is not what made it is refused, by those that write and those that read") {
  for (const auto& c : {
           copy_changed{"UPDATE sqlite_schema SET sql = replace(sql, 'direction', 'directiof') "
                        "WHERE name = 'orders'",
                        "is damaged: the schema of table orders is not what made it"},
           copy_changed{"UPDATE sqlite_schema SET sql = replace(sql, 'reduce_only', 'reduce_onlx') "
                        "WHERE name = 'orders'",
                        "is damaged: the schema of table orders is not what made it"},
           copy_changed{"UPDATE sqlite_schema SET type = 'tablE' WHERE name = 'orders'",
                        "is damaged: its schema has no table orders"},
           copy_changed{"DROP INDEX plan_by_symbol",
                        "is damaged: its schema has no index plan_by_symbol"},
       }) {
    INFO(c.sql);
    const directory d;
    fill_journal(d.journal());
    change(d.journal(), c.sql);
    const auto written = store::open(d.journal(), {});
    REQUIRE_FALSE(written.has_value());
    CHECK(written.error().code == errc::malformed);
    CHECK_THAT(written.error().text, ContainsSubstring(c.told));
    const auto read_only = reader::open(d.journal());
    REQUIRE_FALSE(read_only.has_value());
    CHECK_THAT(read_only.error().text, ContainsSubstring(c.told));
  }
}

TEST_CASE("a statement that made journals stays as it is, to the letter") {
  const directory d;
  fill_journal(d.journal());
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(d.journal().c_str(), &raw) == SQLITE_OK);
  std::string all;
  const auto add = [](void* to, int, char** column, char**) {
    *static_cast<std::string*>(to) += column[0];
    return 0;
  };
  CHECK(sqlite3_exec(raw,
                     "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name <> 'log_use' "
                     "ORDER BY name",
                     add, &all, nullptr) == SQLITE_OK);
  sqlite3_close(raw);
  // Another number here: every journal of before would be refused as damaged. Add a version
  // instead.
  CHECK(stable_hash(all) == 0xf508'de39'1c20'951d);
}

TEST_CASE("what a person added to a journal is no damage") {
  const directory d;
  fill_journal(d.journal());
  change(d.journal(), "CREATE VIEW busy AS SELECT symbol, count(*) FROM plan GROUP BY symbol");
  change(d.journal(), "ANALYZE");
  CHECK(opened(d.journal())->recover().has_value());
}

}  // namespace sluice::journal
