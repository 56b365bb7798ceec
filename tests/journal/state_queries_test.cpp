// What every checkpoint asks does not grow with the journal: it goes by indexes of what is open.
#include <sqlite3.h>

#include <memory>
#include <string>

#include "builders.hpp"
#include "state_table.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;

/// How SQLite would carry a query out, e.g. "SCAN plan USING INDEX plan_undecided".
std::string plan_of(sqlite3* db, std::string_view sql) {
  const auto text = "EXPLAIN QUERY PLAN " + std::string(sql);
  sqlite3_stmt* raw = nullptr;
  REQUIRE(sqlite3_prepare_v2(db, text.c_str(), -1, &raw, nullptr) == SQLITE_OK);
  const std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> s(raw, &sqlite3_finalize);
  std::string steps;
  while (sqlite3_step(s.get()) == SQLITE_ROW)
    steps += reinterpret_cast<const char*>(sqlite3_column_text(s.get(), 3)) + std::string("; ");
  return steps;
}

}  // namespace

TEST_CASE("every query for what can still change goes by an index") {
  const directory d;
  const auto made = opened(d.journal());
  sqlite3* raw = nullptr;
  REQUIRE(sqlite3_open(d.journal().c_str(), &raw) == SQLITE_OK);
  const std::unique_ptr<sqlite3, decltype(&sqlite3_close)> db(raw, &sqlite3_close);
  const auto queries = standing_state_queries();
  REQUIRE(queries.size() >= 5);
  for (const auto sql : queries) {
    const auto how = plan_of(db.get(), sql);
    INFO(sql << " -> " << how);
    CHECK(how.find(" USING INDEX ") != std::string::npos);
  }
}

}  // namespace sluice::journal
