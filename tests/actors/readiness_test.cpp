// What stands between the process and its first allowed plan, each reason by itself.
#include "readiness.hpp"
#include "reach_watch.hpp"

#include <functional>
#include <memory>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace std::chrono_literals;

namespace {

readiness_input a_ready_one() {
  readiness_input in;
  in.now = instant{} + 100s;
  in.universe_known = true;
  in.universe_age = 10s;
  in.account_as_of = instant{} + 99s;
  in.oldest = 1'000ms;
  in.bound = 2'000ms;
  in.user_stream_up = true;
  in.mark_stream_up = true;
  return in;
}

struct reason_case {
  const char* reason;
  std::function<void(readiness_input&)> spoil;
};

}  // namespace

TEST_CASE("nothing speaks against a pipeline that has everything") {
  CHECK(readiness(a_ready_one()).empty());
}

TEST_CASE("symbols of a list that has just come are unknown until they have a row") {
  universe u;
  symbol_directory rows;
  CHECK(without_row(u, rows) == 0);
  for (const auto* name : {"BTCUSDT", "ETHUSDT", "SOLUSDT"}) {
    auto& rules = u.instruments.emplace_back();
    rules.instrument = symbol(name);
    rules.offered = false;
  }
  CHECK(without_row(u, rows) == 0);  // These get a row with their first position.
  for (auto& rules : u.instruments)
    rules.offered = true;
  REQUIRE(rows.intern(symbol("ETHUSDT")));
  REQUIRE(rows.intern(symbol("DELISTEDUSDT")));
  CHECK(without_row(u, rows) == 2);
  REQUIRE(rows.intern(symbol("BTCUSDT")));
  REQUIRE(rows.intern(symbol("SOLUSDT")));
  CHECK(without_row(u, rows) == 0);
}

TEST_CASE(
    "the mark of one symbol, as a read of positions brings it, does not make the others known") {
  universe u;
  const auto rows = std::make_shared<symbol_directory>();
  mark_board marks(rows);
  CHECK(enough_have_marks(u, marks));  // That nothing is offered is told by another word.
  const auto add = [&](const char* name, bool offered, bool tradable) {
    auto& rules = u.instruments.emplace_back();
    rules.instrument = symbol(name);
    rules.offered = offered;
    rules.tradable = tradable;
    REQUIRE(rows->intern(rules.instrument));
  };
  for (const auto* name : {"BTCUSDT", "ETHUSDT", "SOLUSDT", "XRPUSDT"})
    add(name, true, true);
  for (const auto* name : {"OLDUSDT", "SOONUSDT", "NEVERUSDT"})
    add(name, true, false);  // Nobody sends marks of what does not trade.
  for (const auto* name : {"USDCUSDT", "EURUSDT", "BTCDOMUSDT"})
    add(name, false, true);
  CHECK_FALSE(enough_have_marks(u, marks));
  REQUIRE(marks.set(symbol("BTCUSDT"), *price::parse("60000"), instant{} + 1s));
  for (const auto* name : {"OLDUSDT", "USDCUSDT", "EURUSDT", "BTCDOMUSDT"})
    REQUIRE(marks.set(symbol(name), *price::parse("1"), instant{} + 1s));
  CHECK_FALSE(enough_have_marks(u, marks));
  REQUIRE(marks.set(symbol("ETHUSDT"), *price::parse("3000"), instant{} + 1s));
  CHECK(enough_have_marks(u, marks));
}

TEST_CASE("each thing that is missing is named by its own reason") {
  const std::vector<reason_case> cases{
      {"ending", [](auto& in) { in.draining = true; }},
      {"halted", [](auto& in) { in.trading.state = trading_state::halted; }},
      {"exchange_banned",
       [](auto& in) {
         in.exchange = {false, "banned", in.now + std::chrono::minutes{2}};
       }},
      {"exchange_unreachable",
       [](auto& in) {
         in.exchange = {false, "reset", std::nullopt};
       }},
      {"hedge_mode",
       [](auto& in) {
         in.findings = {{"hedge_mode", "switch it"}};
       }},
      {"executor_stuck",
       [](auto& in) {
         in.stalls = {{stall_cause::executor_stuck, "an order", "plans wait", "look it up", {}}};
       }},
      {"exits_failing",
       [](auto& in) {
         in.stalls = {{stall_cause::exits_failing, "an exit", "it stays", "by hand", {}}};
       }},
      {"no_universe", [](auto& in) { in.universe_known = false; }},
      {"universe_stale", [](auto& in) { in.universe_age = 301s; }},
      {"no_truth", [](auto& in) { in.account_as_of.reset(); }},
      {"truth_unknown", [](auto& in) { in.unknown = 3; }},
      {"truth_stale", [](auto& in) { in.oldest = 2'001ms; }},
      {"user_stream_down", [](auto& in) { in.user_stream_up = false; }},
      {"mark_stream_down", [](auto& in) { in.mark_stream_up = false; }},
      {"no_marks", [](auto& in) { in.marks_known = false; }},
  };
  for (const auto& c : cases) {
    INFO(c.reason);
    auto in = a_ready_one();
    c.spoil(in);
    const auto reasons = readiness(in);
    REQUIRE(reasons.size() == 1);
    CHECK(reasons.front().reason == c.reason);
    CHECK_FALSE(reasons.front().detail.empty());
  }
}

TEST_CASE("rules that are too old even for entries are told as such") {
  auto in = a_ready_one();
  in.universe_age = 301s;
  CHECK(readiness(in).front().detail == "filters are 5m1s old, allowed are 5m");
  in.universe_age = 25h;
  in.universe_offers = false;
  CHECK(readiness(in).front().reason == "universe_stale");
  CHECK_THAT(readiness(in).front().detail, ContainsSubstring("allowed are 5m: only exits can go"));
}

TEST_CASE("a ban names how long it lasts") {
  auto in = a_ready_one();
  in.exchange = {false, "banned", in.now + std::chrono::minutes{2}};
  CHECK(readiness(in).front().detail == "no request for another 2m");
}

TEST_CASE("a ban that has ended is no ban any more") {
  auto in = a_ready_one();
  in.exchange = {false, "banned", in.now - std::chrono::minutes{2}};
  const auto reasons = readiness(in);
  REQUIRE(reasons.size() == 1);
  CHECK(reasons.front().reason == "exchange_unreachable");
  CHECK(reasons.front().detail == "a ban has ended, and nothing was answered since");
}

TEST_CASE("what keeps the exchange away after a ban is told in place of the ban") {
  const read_failure reset{failure_kind::unreachable, 0, 0, "reset", std::nullopt};
  const read_failure banned{failure_kind::banned, 418, -1003, "banned", std::nullopt};
  const auto end = a_ready_one().now + std::chrono::minutes{2};
  reach_watch watch;
  const auto during = watch.failed(banned, end);
  REQUIRE(during);
  CHECK(during->banned_until == end);
  CHECK_FALSE(watch.failed(reset, end));
  CHECK_FALSE(watch.failed(reset, end));
  const auto after = watch.failed(reset, std::nullopt);
  REQUIRE(after);
  CHECK_FALSE(after->reachable);
  CHECK_FALSE(after->banned_until);
  CHECK(after->why.find("reset") != std::string::npos);
  CHECK_FALSE(watch.failed(reset, std::nullopt));
}

TEST_CASE("what our own budget refuses does not make one lost read the third") {
  const read_failure ours{failure_kind::rate_limited, 0, 0, "weight is spent", std::nullopt};
  const read_failure reset{failure_kind::unreachable, 0, 0, "reset", std::nullopt};
  reach_watch watch;
  REQUIRE(watch.succeeded());
  for (int i = 0; i < 3; ++i)
    CHECK_FALSE(watch.failed(ours, std::nullopt));
  CHECK_FALSE(watch.failed(reset, std::nullopt));
  CHECK_FALSE(watch.failed(ours, std::nullopt));
  CHECK_FALSE(watch.failed(reset, std::nullopt));
  CHECK(watch.failed(reset, std::nullopt));
}
