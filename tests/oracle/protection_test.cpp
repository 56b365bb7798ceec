// Stops that are taken away and exits that our own budget refuses are found, and nothing else is.
#include "oracle/oracle.hpp"
#include "support/catch.hpp"

using namespace sluice::oracle;

namespace {

/// A position of 1 BTCUSDT that stands from 0 on and is closed at 60 s; an exit of it.
history a_history() {
  history h;
  h.initial["BTCUSDT"] = 100'000'000;
  h.fills = {{1, 1, "c1", "BTCUSDT", false, 100'000'000, 60'000}};
  h.records = {
      {1, "order_intended",
       R"({"client_order_id":"c1","plan_id":"exit","symbol":"BTCUSDT","amount":"1","reduce_only":true})",
       50'000},
  };
  return h;
}

void add(history& h, std::string kind, std::string json, ms at) {
  h.records.push_back(
      {static_cast<std::int64_t>(h.records.size()) + 1, std::move(kind), std::move(json), at});
}

void cancel_stop(history& h, const std::string& why, ms at) {
  add(h, "stop_changed",
      R"({"client_order_id":"s1","symbol":"BTCUSDT","state":"cancelling","detail":")" + why +
          R"("})",
      at);
}

void judge_exit(history& h, const std::string& lane, const std::string& observed,
                const std::string& kind = "plan_judged") {
  add(h, kind,
      R"({"plan_id":"exit","lane":")" + lane +
          R"(","verdict":{"kind":"deny","refusals":[{"code":"exchange_unreachable","observed":")" +
          observed + R"("}]}})",
      55'000);
}

}  // namespace

TEST_CASE("a stop that goes once its position is closed breaks nothing") {
  auto h = a_history();
  cancel_stop(h, "the position is closed", 60'200);
  CHECK(check_stops(h).empty());
}

TEST_CASE("a stop that is cancelled as of a closed position while it stands is found") {
  auto h = a_history();
  cancel_stop(h, "the position is closed", 59'000);
  REQUIRE(check_stops(h).size() == 1);
  CHECK(check_stops(h).front().invariant == "I16");
}

TEST_CASE("a stop that makes room for another one may go while the position stands") {
  auto h = a_history();
  cancel_stop(h, "another one stands", 30'000);
  CHECK(check_stops(h).empty());
}

TEST_CASE("an exit that our own budget refuses is found, a venue's pause is no such thing") {
  auto h = a_history();
  SECTION("weight") {
    judge_exit(h, "exit", "request weight 1900 of 2400 a minute is spent, this class may use 1800");
    REQUIRE(check_budget(h).size() == 1);
    CHECK(check_budget(h).front().invariant == "I5");
  }
  SECTION("orders") {
    judge_exit(h, "exit", "orders of these 10 s are used up");
    CHECK(check_budget(h).size() == 1);
  }
  SECTION("orders, when it is judged again") {
    judge_exit(h, "exit", "orders of these 10 s are used up", "plan_continued");
    CHECK(check_budget(h).size() == 1);
  }
  SECTION("an order that never left") {
    add(h, "order_changed",
        R"({"client_order_id":"c1","state":"rejected","detail":"orders of this minute are used up"})",
        55'000);
    CHECK(check_budget(h).size() == 1);
  }
  SECTION("a pause") {
    judge_exit(h, "exit", "the venue has asked for a pause");
    CHECK(check_budget(h).empty());
  }
  SECTION("an entry") {
    judge_exit(h, "entry", "orders of this minute are used up");
    CHECK(check_budget(h).empty());
  }
}
