// Which step of the diagnosis fails for what the API says.
#include "running_checks.hpp"

#include <algorithm>

#include "json_view.hpp"
#include "support/catch.hpp"

namespace sluice::cli {
namespace {

running_view a_good_day() {
  running_view v;
  v.status =
      parse_object(R"({"trading_state":"active","state":{"author":null},"ready":true,"not_ready":[],
    "warnings":[],"stalls":[],"overrides":[],
    "truth":{"symbols":566,"open":1,"flat":565,"unknown":0,"age_ms":{"max":800},"read_latency_ms":300,
      "reads_total":1000,"reads_failed":1,
      "promise":{"strategy":"adaptive","bound_ms":1900,"kept_ms":1900,"latency_planned_ms":300,"account_period_ms":800,"weight_1m":375}},
    "budget":{"weight_used_1m":300,"weight_limit_1m":2400},"orders":{"unknown":0},
    "stream":{"user":"up","market":"up"},"journal":{"commits":1,"records":2}})");
  v.positions = parse_object(
      R"({"positions":[{"symbol":"BTCUSDT","truth":"open","amount":"1","ledger":"1","drift":"0","stop":"9"}]})");
  v.holds = parse_object(R"({"holds":[]})");
  v.reasons = parse_object(R"({"lanes":[{"lane":"exit","verdicts":3,"allowed":2,"shares":[
    {"verdict":"allow","reason":null,"count":2,"newest":{"at":"T1"}},
    {"verdict":"deny","reason":"no_position","count":1,"newest":{"at":"T2"}}]}]})");
  return v;
}

void put(boost::json::object& into, const char* key, const char* text) {
  into[key] = boost::json::parse(text);
}

/// Steps with this grade, each once.
std::vector<std::string> steps(const diagnosis& d, grade how) {
  std::vector<std::string> out;
  for (const auto& line : d)
    if (line.how == how && std::ranges::find(out, line.step) == out.end())
      out.push_back(line.step);
  return out;
}
using names = std::vector<std::string>;

TEST_CASE("all passes when all is well, and every step says what it saw") {
  const auto d = diagnose(a_good_day());
  CHECK(worst(d) == grade::pass);
  CHECK(exit_code_of(d) == 0);
  CHECK(steps(d, grade::pass) == names{"permits", "snapshots", "ages", "venue", "progress",
                                       "strategy", "sources", "budget", "clock", "account", "state",
                                       "streams", "holds", "overrides", "limits", "positions",
                                       "journal"});
  for (const auto& line : d) {
    INFO(line.step);
    CHECK_FALSE(line.seen.empty());
    CHECK(line.cure.empty());
  }
}

TEST_CASE("what could not be read passes nothing") {
  auto v = a_good_day();
  v.positions = {};
  v.holds = {};
  CHECK(steps(diagnose(v), grade::fail) == names{"holds", "positions"});
}

TEST_CASE("each reason that keeps a process from being ready fails its own step") {
  struct row {
    const char* reason;
    const char* step;
  };
  const row rows[]{{"no_truth", "snapshots"},
                   {"truth_unknown", "snapshots"},
                   {"truth_stale", "ages"},
                   {"exchange_unreachable", "venue"},
                   {"bound_cannot_be_kept", "strategy"},
                   {"exchange_banned", "budget"},
                   {"clock_uncertain", "clock"},
                   {"key_cannot_trade", "account"},
                   {"hedge_mode", "account"},
                   {"user_stream_down", "streams"},
                   {"position_without_stop", "positions"},
                   {"halted", "state"},
                   {"a word of tomorrow", "other"}};
  for (const auto& r : rows) {
    INFO(r.reason);
    auto v = a_good_day();
    v.status["not_ready"] =
        boost::json::array{boost::json::object{{"reason", r.reason}, {"detail", "what it is"}}};
    const auto d = diagnose(v);
    CHECK(steps(d, grade::fail) == names{r.step});
    CHECK(exit_code_of(d) == 3);
    const auto line = std::ranges::find(d, grade::fail, &finding_line::how);
    CHECK(line->seen == std::string(r.reason) + ": what it is");
    CHECK_FALSE(line->cure.empty());
  }
}

TEST_CASE("a stall is told once, with its own cure") {
  auto v = a_good_day();
  put(v.status, "stalls",
      R"([{"cause":"slow_rounds","what":"a round takes 171 s","effect":"exits wait","cure":"use adaptive","for_ms":20000}])");
  put(v.status, "not_ready", R"([{"reason":"slow_rounds","detail":"the same"}])");
  const auto d = diagnose(v);
  CHECK(steps(d, grade::fail) == names{"progress"});
  const auto line = std::ranges::find(d, grade::fail, &finding_line::how);
  CHECK(line->seen == "slow_rounds: a round takes 171 s, for 20 s; exits wait");
  CHECK(line->cure == "use adaptive");
}

TEST_CASE("exits that are all refused fail, some of them warn, entries alone warn") {
  struct row {
    const char* name;
    const char* lane;
    const char* allowed;
    grade how;
  };
  const row rows[]{{"all exits", "exit", "0", grade::fail},
                   {"some exits", "exit", "5", grade::warn},
                   {"all entries", "entry", "0", grade::warn},
                   {"some entries", "entry", "5", grade::pass}};
  for (const auto& r : rows) {
    INFO(r.name);
    const auto document = parse_object(
        std::string(R"({"lanes":[{"lane":")") + r.lane + R"(","verdicts":10,"allowed":)" +
        r.allowed +
        R"(,"shares":[{"reason":"stale_exchange_state","count":5,"cure":"a read"}]}]})");
    const auto d = permit_checks(document);
    REQUIRE(d.size() == 1);
    CHECK(d[0].how == r.how);
  }
  CHECK(worst(permit_checks({})) == grade::warn);
}

TEST_CASE("numbers alone can warn: budget, reads, latency, stops, drift, holds, overrides, state") {
  const auto warned = [](auto change) {
    auto v = a_good_day();
    change(v);
    return steps(diagnose(v), grade::warn);
  };
  CHECK(warned([](auto& v) {
          put(v.status, "budget", R"({"weight_used_1m":2000,"weight_limit_1m":2400})");
        }) == names{"budget"});
  CHECK(warned([](auto& v) { v.status["truth"].as_object()["reads_failed"] = 11; }) ==
        names{"venue"});
  CHECK(warned([](auto& v) { v.status["truth"].as_object()["read_latency_ms"] = 601; }) ==
        names{"venue"});
  CHECK(warned([](auto& v) { put(v.status, "orders", R"({"unknown":1})"); }) == names{"progress"});
  CHECK(warned([](auto& v) {
          put(v.positions, "positions", R"([{"symbol":"B","truth":"open","amount":"1"}])");
        }) == names{"positions"});
  CHECK(warned([](auto& v) {
          put(v.positions, "positions",
              R"([{"symbol":"B","truth":"open","amount":"1","drift":"0.5","stop":"3"}])");
        }) == names{"positions"});
  CHECK(warned([](auto& v) { put(v.holds, "holds", R"([{"symbol":"B","cause":"side_flip"}])"); }) ==
        names{"holds"});
  CHECK(warned([](auto& v) {
          put(v.status, "overrides", R"([{"key":"gate.cooldown","value":"1s","left":"3m"}])");
        }) == names{"overrides"});
  CHECK(warned([](auto& v) { v.status["trading_state"] = "reduce_only"; }) == names{"state"});
  CHECK(
      warned([](auto& v) {
        put(v.status, "limits",
            R"({"open_positions":{"used":10,"max":10,"percent":100},"other":{"used":0,"max":null,"percent":null}})");
      }) == names{"limits"});
}

TEST_CASE("a source that is not on the list fails with its name") {
  auto v = a_good_day();
  v.reasons = parse_object(R"({"lanes":[{"lane":"entry","verdicts":9,"allowed":1,"shares":[
    {"reason":"source_not_allowed","count":8,"cure":"Add it","newest":{"observed":"stranger","at":"T"}}]}]})");
  const auto d = diagnose(v);
  CHECK(steps(d, grade::fail) == names{"sources"});
  const auto line = std::ranges::find(d, std::string("sources"), &finding_line::step);
  CHECK(line->seen.find("stranger") != std::string::npos);
}

TEST_CASE("a diagnosis is drawn with cures below, and counted") {
  const diagnosis d{{"ages", grade::pass, "fresh", ""},
                    {"venue", grade::fail, "silent", "mend it"}};
  CHECK(draw(d, 80, painter(false)) ==
        "pass  ages       fresh\n"
        "fail  venue      silent\n"
        "                 cure: mend it\n"
        "\n1 pass, 0 warn, 1 fail\n");
  CHECK(as_json(d) ==
        R"({"worst":"fail","checks":[{"step":"ages","result":"pass","seen":"fresh","cure":null},)"
        R"({"step":"venue","result":"fail","seen":"silent","cure":"mend it"}]})");
  CHECK(exit_code_of({{"a", grade::warn, "b", "c"}}) == 1);
}

TEST_CASE("a position without a stop hides no other that the books do not account for") {
  auto v = a_good_day();
  put(v.status, "warnings", R"([{"reason":"unprotected","detail":"A has no exit"}])");
  put(v.positions, "positions",
      R"([{"symbol":"A","truth":"open","amount":"1","unprotected":true},
          {"symbol":"B","truth":"open","amount":"0.5","ledger":"0.2","drift":"0.3","stop":"3"}])");
  std::vector<std::string> seen;
  for (const auto& line : diagnose(v))
    if (line.how == grade::warn)
      seen.push_back(line.seen);
  CHECK(seen ==
        names{"unprotected: A has no exit", "B: the exchange holds 0.5, the ledger says 0.2"});
}

}  // namespace
}  // namespace sluice::cli
