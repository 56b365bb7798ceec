// Which lines and records the filters let through, and how a record is told.
#include "log_line.hpp"
#include "support/catch.hpp"

namespace sluice::cli {
namespace {

constexpr const char* a_line =
    R"(2026-11-26T05:13:37.346Z WARN executor plan_finished plan=first-1 symbol=XRPUSDT detail="a \"b\" symbol=ETHUSDT")";

TEST_CASE("a log line is read by its parts, and quotes hide what looks like one") {
  const auto line = read_log_line(a_line);
  CHECK(line.level == status::log_level::warn);
  CHECK(line.component == "executor");
  CHECK(line.plan == "first-1");
  CHECK(line.symbol == "XRPUSDT");
  CHECK(read_log_line(R"(2026Z INFO gate judged plan="a b")").plan == "a b");
  CHECK(read_log_line("").component.empty());
  CHECK_FALSE(read_log_line("no log line").level);
}

TEST_CASE("a log line that is JSON is read by its members") {
  const auto line =
      read_log_line(R"({"ts":"x","level":"error","component":"gate","plan":"p","symbol":"S"})");
  CHECK(line.level == status::log_level::error);
  CHECK(line.component == "gate");
  CHECK(line.plan == "p");
}

TEST_CASE("filters let through what fits all of them") {
  struct row {
    const char* name;
    tail_filter filter;
    bool wanted;
  };
  const row rows[]{
      {"none", {}, true},
      {"its level", {.lowest = status::log_level::warn}, true},
      {"a higher level", {.lowest = status::log_level::error}, false},
      {"its component", {.component = "executor"}, true},
      {"another component", {.component = "gate"}, false},
      {"its plan", {.plan = "first-1"}, true},
      {"another plan", {.plan = "first"}, false},
      {"its symbol", {.symbol = "XRPUSDT"}, true},
      {"a symbol within a text", {.symbol = "ETHUSDT"}, false},
      {"its plan, another component", {.component = "gate", .plan = "first-1"}, false},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    CHECK(wants(r.filter, read_log_line(a_line)) == r.wanted);
  }
}

constexpr const char* a_record =
    R"({"seq":17,"kind":"plan_judged","at":"2026-11-26T05:13:37.291Z","caused_by":16,"plan_id":"first-2",)"
    R"("symbol":"DOGEUSDT","lane":"exit","deadline_ns":5,"none":null,"detail":"a b",)"
    R"("verdict":{"kind":"deny","refusals":[{"code":"no_position"}],"terms":null}})";

TEST_CASE("a record is told in a line: what is nested, empty or of a machine is left out") {
  CHECK(record_line(a_record) ==
        "2026-11-26T05:13:37.291Z 17 plan_judged verdict=deny reason=no_position caused_by=16 "
        "plan_id=first-2 symbol=DOGEUSDT lane=exit detail=\"a b\"");
}

TEST_CASE("a record of a reload names the keys") {
  CHECK(record_line(R"({"seq":3,"kind":"settings_changed","at":"t","author":"ann","applied":[)"
                    R"({"key":"gate.cooldown","before":"1","after":"2"}],)"
                    R"("restart_needed":[{"key":"account"}]})") ==
        "t 3 settings_changed applied=gate.cooldown restart_needed=account author=ann");
}

TEST_CASE("records are filtered by plan and symbol") {
  CHECK(wants_record({}, a_record));
  CHECK(wants_record({.plan = "first-2", .symbol = "DOGEUSDT"}, a_record));
  CHECK_FALSE(wants_record({.plan = "first-1"}, a_record));
  CHECK_FALSE(wants_record({.symbol = "BTCUSDT"}, a_record));
  CHECK_FALSE(wants_record({.symbol = "BTCUSDT"}, "no JSON"));
}

}  // namespace
}  // namespace sluice::cli
