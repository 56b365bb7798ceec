// Trades that are in no record, or otherwise than they were, are found, and what does not follow
// from them.
#include "oracle/oracle.hpp"
#include "sample_history.hpp"
#include "support/catch.hpp"

using namespace sluice::oracle;

TEST_CASE("truth and a ledger that are not the venue's are found") {
  auto h = a_history();
  SECTION("unknown") {
    h.looks[0].known = false;
  }
  SECTION("another amount in truth") {
    h.looks[0].truth = 1;
  }
  SECTION("another amount in the ledger") {
    add_record(h, "ledger_adjusted", R"({"symbol":"BTCUSDT","after":"0.6","cause":"explained"})",
               3'000);
  }
  SECTION("a fill that the ledger does not have") {
    last_of(h, "fill_recorded").kind = "notice";
  }
  CHECK(finds(check_books(h), "I14"));
}

TEST_CASE("a ledger may differ under a hold") {
  auto h = a_history();
  last_of(h, "fill_recorded").kind = "notice";
  h.open_holds = {"BTCUSDT"};
  CHECK(check_books(h).empty());
}

TEST_CASE("trades on record that were otherwise, or in no record at all, are found") {
  auto h = a_history();
  CHECK(check_fills(h).empty());
  SECTION("told twice") {
    h.records.push_back({99, "fill_recorded", record_of(h, "fill_recorded").json});
  }
  SECTION("one that never was") {
    h.fills.erase(h.fills.begin());
  }
  SECTION("of another amount") {
    h.fills[0].amount = 1;
  }
  SECTION("the other way") {
    h.fills[0].buys = false;
  }
  SECTION("of another order") {
    h.fills[0].client_id = "c2";
  }
  SECTION("as another's") {
    record_of(h, "fill_recorded").json =
        R"({"symbol":"BTCUSDT","trade_id":"1","client_order_id":"","direction":"buy","amount":"1","ours":false})";
  }
  SECTION("as ours, and it was another's") {
    h.fills[0].client_id = "web_1";
  }
  SECTION("in no record") {
    last_of(h, "fill_recorded").kind = "notice";
  }
  SECTION("in no record, and adopted before it was traded") {
    last_of(h, "fill_recorded").kind = "notice";
    add_record(h, "ledger_adjusted",
               R"({"symbol":"BTCUSDT","after":"0.5","cause":"adopted_at_start"})", 2'149);
  }
  CHECK(finds(check_fills(h), "I14"));
}

TEST_CASE("a trade may be in no record when it is of others, of the last moment, or adopted") {
  auto h = a_history();
  last_of(h, "fill_recorded").kind = "notice";
  SECTION("of others") {
    h.fills[1].client_id = "web_1";
  }
  SECTION("of the last moment") {
    h.fills[1].at = h.ended_at - 100;
  }
  SECTION("adopted with its position at a start") {
    add_record(h, "ledger_adjusted",
               R"({"symbol":"BTCUSDT","after":"0.5","cause":"adopted_at_start"})", 9'000);
  }
  CHECK(check_fills(h).empty());
}

TEST_CASE("an order has executed what it traded") {
  auto h = a_history();
  CHECK(check_order_ends(h).empty());
  SECTION("more on record") {
    record_of(h, "order_changed").json = R"({"client_order_id":"c1","executed":"2"})";
    CHECK(finds(check_order_ends(h), "I14"));
  }
  SECTION("nothing on record") {
    record_of(h, "order_changed").kind = "notice";
    CHECK(finds(check_order_ends(h), "I14"));
  }
  SECTION("what traded in the last moment need not be on record yet") {
    record_of(h, "order_changed").json = R"({"client_order_id":"c1","executed":"0"})";
    h.fills[0].at = h.ended_at - 3'001;
    CHECK(finds(check_order_ends(h), "I14"));
    h.fills[0].at = h.ended_at - 100;
    CHECK(check_order_ends(h).empty());
  }
  SECTION("orders of one id count together") {
    h.fills.push_back({3, 9, "c1", "BTCUSDT", true, 1, 1'120});
    CHECK(finds(check_order_ends(h), "I14"));
  }
}

TEST_CASE("a plan ends once, with what its orders traded, and an exit at its target") {
  auto h = a_history();
  CHECK(check_plan_ends(h).empty());
  auto& end = last_of(h, "plan_finished").json;
  SECTION("twice") {
    add_record(h, "plan_finished", end.str(), 2'400);
    CHECK(finds(check_plan_ends(h), "I14"));
  }
  SECTION("with another amount") {
    end = R"({"plan_id":"x","symbol":"BTCUSDT","how":"done","executed":"0.4"})";
    CHECK(finds(check_plan_ends(h), "I14"));
  }
  SECTION("as failed, though it traded") {
    end = R"({"plan_id":"x","symbol":"BTCUSDT","how":"failed","executed":"0.5"})";
    CHECK(finds(check_plan_ends(h), "I14"));
  }
  SECTION("as done above its target") {
    last_of(h, "plan_finished").seen_at = 90'000;  // However late it is learned.
    h.fills[1].at = 20'000;
    h.fills[1].amount = 40'000'000;
    end = R"({"plan_id":"x","symbol":"BTCUSDT","how":"done","executed":"0.4"})";
    CHECK(finds(check_plan_ends(h), "I3"));
    SECTION("within a step it is at it") {
      h.steps["BTCUSDT"] = 10'000'001;
      CHECK(check_plan_ends(h).empty());
    }
    SECTION("or when another one has enlarged it meanwhile") {
      h.fills.push_back({3, 9, "web_1", "BTCUSDT", true, 1, 19'000});
      CHECK(check_plan_ends(h).empty());
    }
  }
}
