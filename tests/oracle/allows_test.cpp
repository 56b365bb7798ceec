// What an allow stands on is found out where it is wrong, by wire and records.
#include "oracle/oracle.hpp"
#include "sample_history.hpp"
#include "support/catch.hpp"

using namespace sluice::oracle;

TEST_CASE("an allow on old, unknown, held or occupied truth is found") {
  auto h = a_history();
  SECTION("older than its limit") {
    h.allows[0].age = 10'001;
  }
  SECTION("of the future") {
    h.allows[0].age = -1;
  }
  SECTION("unknown") {
    h.allows[0].known = false;
  }
  SECTION("under a hold") {
    h.allows[0].held = h.allows[0].hold_blocks = true;
  }
  SECTION("with an order not resolved") {
    h.allows[0].in_flight = true;
  }
  SECTION("that nothing had proven, whatever the journal says") {
    h.wire.erase(h.wire.begin() + 1, h.wire.end());
  }
  SECTION("proven by a read that left too long before") {
    for (auto* at : {&h.wire[1].at, &h.wire[2].at})
      *at -= 20'000;
  }
  CHECK(finds(check_allows(h), "I1"));
}

TEST_CASE("a hold that does not bind exits, and a plan that trades nothing, are no violation") {
  auto h = a_history();
  h.allows[1].held = true;
  h.allows[0].trades_nothing = true;
  h.allows[0].age = 99'999;
  CHECK(check_allows(h).empty());
}

TEST_CASE("a judgement is held against what had come in when it was made, not at the first one") {
  auto h = a_history();
  h.allows[1].at = 40'000;  // On a truth that nothing proves any more.
  CHECK(finds(check_allows(h), "I1"));
  h.wire.push_back({39'000, wire_event::written, "GET", "/fapi/v3/positionRisk"});
  h.wire.push_back({39'100, wire_event::answered, "GET", "/fapi/v3/positionRisk", "", 200});
  CHECK(check_allows(h).empty());
}

TEST_CASE("what one process had read proves nothing to the next one") {
  auto h = a_history();
  h.wire.push_back({960, wire_event::restarted});
  CHECK(finds(check_allows(h), "I1"));
}

TEST_CASE("what proves another symbol proves nothing of this one") {
  auto h = a_history();
  h.wire.erase(h.wire.begin() + 1, h.wire.end());
  SECTION("a read of another one") {
    h.wire.push_back({900, wire_event::written, "GET", "/fapi/v3/positionRisk", "ETHUSDT"});
    h.wire.push_back({950, wire_event::answered, "GET", "/fapi/v3/positionRisk", "ETHUSDT", 200});
    CHECK(finds(check_allows(h), "I1"));
  }
  SECTION("an event of another one") {
    h.wire.push_back({950, wire_event::told, "", "", "ETHUSDT"});
    CHECK(finds(check_allows(h), "I1"));
  }
  SECTION("an event that tells no position") {
    h.wire.push_back({950, wire_event::told});
    CHECK(finds(check_allows(h), "I1"));
  }
  SECTION("an event of this one proves it") {
    h.wire.push_back({950, wire_event::told, "", "", "BTCUSDT"});
    CHECK(check_allows(h).empty());
  }
}

TEST_CASE("the age that was in force is taken from settings and orders of people") {
  auto h = a_history();
  h.stale_entry = 400;
  CHECK(finds(check_allows(h), "I1"));  // Whatever the gate says that its limit was.
  const auto set = R"({"override_id":1,"key":"gate.stale_after_entry","value":"8s"})";
  add_record(h, "override_set", set, 900);
  CHECK(check_allows(h).empty());
  SECTION("one that is over is none") {
    h.allows[0].at = 8'000;
    h.wire.push_back({7'900, wire_event::told, "", "", "BTCUSDT"});
    CHECK(check_allows(h).empty());
    add_record(h, "override_ended", set, 6'000);
    CHECK(finds(check_allows(h), "I1"));
  }
  SECTION("a shorter one binds") {
    h.stale_entry = 10'000;
    h.records.back().json = R"({"override_id":1,"key":"gate.stale_after_entry","value":"0s"})";
    CHECK(check_allows(h).empty());  // It was set at about that time.
    h.records.back().seen_at = 0;
    h.allows[0].at = 1'500;
    CHECK(finds(check_allows(h), "I1"));
  }
  SECTION("nor one of the other lane") {
    h.records.back().json = R"({"override_id":1,"key":"gate.stale_after_exit","value":"8s"})";
    CHECK(finds(check_allows(h), "I1"));
  }
}

TEST_CASE("an allow while another plan's order is on its way is found by the records alone") {
  auto h = a_history();
  CHECK(check_flights(h).empty());
  auto& end = record_of(h, "order_changed");
  SECTION("one that ends long after") {
    end.seen_at = 3'011;
    h.allows[1].at = 2'011;
    CHECK(check_flights(h).empty());
    h.allows[1].at = 2'010;
    h.records[2].seen_at = 1'009;
    CHECK(finds(check_flights(h), "I1"));
  }
  SECTION("one of unknown fate") {
    end.json = R"({"client_order_id":"c1","symbol":"BTCUSDT","state":"unknown","executed":"0"})";
    h.allows[1].at = 2'500;
    CHECK(finds(check_flights(h), "I1"));
  }
  SECTION("one that is intended again under its id") {
    add_record(h, "order_intended", h.records[2].json.str(), 2'400);
    h.allows[1].at = 3'401;
    CHECK(finds(check_flights(h), "I1"));
  }
  SECTION("one on another symbol is in nobody's way") {
    end.json = "{}";
    h.allows[1].at = 2'500;
    h.allows[1].symbol = "ETHUSDT";
    CHECK(check_flights(h).empty());
  }
  SECTION("an end that was never told was there before the next record that was") {
    end.seen_at = -1;
    CHECK(check_flights(h).empty());
  }
}
