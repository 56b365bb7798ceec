// Each check finds what it is for in a made-up history, and nothing in one where all is well.
#include "oracle/oracle.hpp"

#include "oracle/records.hpp"
#include "sample_history.hpp"
#include "support/catch.hpp"

using namespace sluice::oracle;

TEST_CASE("a history in which all is well breaks no promise") {
  for (const auto& v : judge(a_history()))
    FAIL_CHECK(v.invariant << ": " << v.what);
}

TEST_CASE("two orders of a plan at once, and more than was wanted, are found") {
  auto h = a_history();
  SECTION("a second one while the first lives") {
    h.records.push_back(
        {99, "order_intended",
         R"({"client_order_id":"c3","plan_id":"x","symbol":"BTCUSDT","amount":"0.5","reduce_only":true})"});
    h.orders.push_back({"c3", 3, origin::product, "BTCUSDT", false, 1, 0, true, false, 2'140});
  }
  SECTION("an order larger than its intent") {
    h.orders[0].asked *= 2;
  }
  SECTION("an entry that traded twice") {
    h.records.push_back(
        {99, "order_intended",
         R"({"client_order_id":"c3","plan_id":"p","symbol":"BTCUSDT","amount":"1","reduce_only":false})"});
    h.orders.push_back({"c3", 3, origin::product, "BTCUSDT", true, 100'000'000, 100'000'000, false,
                        false, 1'500, 1'600});
  }
  CHECK(finds(check_orders(h), "I2"));
}

TEST_CASE("a reduce that grows, crosses zero or is not reduce-only is found") {
  auto h = a_history();
  SECTION("not reduce-only") {
    h.orders[1].reduce_only = false;
  }
  SECTION("crosses zero") {
    h.fills[1].amount = 150'000'000;
  }
  SECTION("grows the position") {
    h.fills[1].buys = true;
  }
  SECTION("opens one") {
    h.fills.erase(h.fills.begin());
  }
  SECTION("a protective stop that turns a position") {
    h.fills.push_back({3, 3, "s1", "BTCUSDT", false, 60'000'000, 2'900});
    add_record(h, "stop_changed",
               R"({"client_order_id":"s1","symbol":"BTCUSDT","state":"finished"})", 2'900);
  }
  CHECK(finds(check_reductions(h), "I3"));
}

TEST_CASE("two verdicts, late ones and answers that differ are found") {
  auto h = a_history();
  SECTION("two verdicts") {
    h.records.push_back({99, "plan_judged", record_of(h, "plan_judged").json});
  }
  SECTION("one of a plan that was never accepted") {
    record_of(h, "plan_accepted").kind = "notice";
  }
  SECTION("a late one") {
    record_of(h, "plan_judged").seen_at = 5'001;
  }
  SECTION("an answer that the journal contradicts") {
    h.plans[0].told = "deny";
  }
  SECTION("a page that the journal contradicts") {
    h.shown[h.plans[0].plan] = GENERATE("deny", "");
  }
  SECTION("an answer without a record") {
    std::erase_if(h.records, [](const auto& r) { return r.kind.starts_with("plan_"); });
  }
  CHECK(finds(check_verdicts(h), "I4"));
}

TEST_CASE("holds that do not follow from the records are found") {
  auto h = a_history();
  SECTION("a state with one more") {
    h.open_holds = {"XRPUSDT"};
  }
  SECTION("a state with one less") {
    h.records.push_back({99, "hold_placed", R"({"symbol":"XRPUSDT","cause":"unexplained"})"});
  }
  SECTION("a release without author") {
    record_of(h, "hold_released").json = R"({"symbol":"ETHUSDT","author":"","reason":"gone"})";
  }
  SECTION("a release of nothing") {
    std::erase_if(h.records, [](const auto& r) { return r.kind == "hold_placed"; });
  }
  CHECK(finds(check_holds(h), "I6"));
}

TEST_CASE("a journal that does not verify, has gaps, or lets no process start is found") {
  auto h = a_history();
  SECTION("not verified") {
    h.unverified = {"row 3 differs"};
  }
  SECTION("not started") {
    h.not_started = {"malformed"};
  }
  SECTION("a gap") {
    h.records.erase(h.records.begin() + 3);
  }
  CHECK(finds(check_replays(h), "I7"));
}

TEST_CASE("an order that came before its intent was durable is found") {
  auto h = a_history();
  SECTION("not synced then") {
    h.arrivals[0].durable = false;
  }
  SECTION("lost since") {
    std::erase_if(h.records, [](const auto& r) { return r.kind == "order_intended"; });
  }
  CHECK(finds(check_intents(h), "I8"));
}

TEST_CASE("requests in a pause or a ban, and too much weight, are found") {
  auto h = a_history();
  SECTION("weight") {
    h.weights.push_back({2'000, 1'921, 2'400});
  }
  SECTION("in a pause") {
    h.wire.push_back({3'000, wire_event::answered, "GET", "/fapi/v1/time", "", 429, 33'000});
    h.wire.push_back({32'000, wire_event::written, "GET", "/fapi/v1/time"});
  }
  SECTION("in a pause, after a restart") {
    h.wire.push_back({3'000, wire_event::answered, "GET", "/fapi/v1/time", "", 429, 33'000});
    h.wire.push_back({5'000, wire_event::restarted});
    h.wire.push_back({32'000, wire_event::written, "GET", "/fapi/v1/time"});
  }
  SECTION("in a ban, after a restart") {
    h.wire.push_back({3'000, wire_event::answered, "GET", "/fapi/v1/time", "", 418, 123'000});
    h.wire.push_back({5'000, wire_event::restarted});
    h.wire.push_back({32'000, wire_event::written, "GET", "/fapi/v1/time"});
  }
  CHECK(finds(check_limits(h), "I10"));
}

TEST_CASE("what is not well again long after the faults is found") {
  auto h = a_history();
  SECTION("not ready") {
    h.ready_at_end = false;
  }
  SECTION("no verdict") {
    std::erase_if(h.records, [](const auto& r) { return r.kind == "plan_judged"; });
  }
  SECTION("no end") {
    std::erase_if(h.records, [](const auto& r) { return r.kind == "plan_finished"; });
  }
  CHECK(finds(check_recovery(h), "I15"));
}

TEST_CASE("an order of unknown fate excuses its plan only where its fate is hidden") {
  auto h = a_history();
  std::erase_if(h.records, [](const auto& r) { return r.kind == "plan_finished"; });
  std::erase_if(h.plans, [](const auto& p) { return p.plan == "x"; });
  record_of(h, "order_changed").json =
      R"({"client_order_id":"c1","plan_id":"p","state":"unknown","executed":"0"})";
  record_of(h, "order_intended").json =
      R"({"client_order_id":"c1","plan_id":"p","symbol":"BTCUSDT","direction":"buy","amount":"1","reduce_only":false})";
  SECTION("it is not") {
    CHECK(finds(check_recovery(h), "I15"));
  }
  SECTION("a stranger's trade before it and its truth hides nothing") {
    h.fills.push_back({9, 9, "web_9", "BTCUSDT", true, 5, 859});
    CHECK(finds(check_recovery(h), "I15"));
  }
  SECTION("nor does one the other way") {
    h.fills.push_back({9, 9, "web_9", "BTCUSDT", false, 5, 1'500});
    CHECK(finds(check_recovery(h), "I15"));
  }
  SECTION("one the same way does") {
    h.fills.push_back({9, 9, "web_9", "BTCUSDT", true, 5, 1'500});
    CHECK(check_recovery(h).empty());
  }
  SECTION("so does one of the moment of the truth that it was decided by") {
    h.fills.push_back({9, 9, "web_9", "BTCUSDT", true, 5, 860});
    CHECK(check_recovery(h).empty());
  }
  SECTION("a clock that was set far while it was open does") {
    h.clocks_moved = {{1'100, -5'001}};
    CHECK(check_recovery(h).empty());
  }
  SECTION("one that was set before it, a little, or long after it does not") {
    h.clocks_moved = {{1'009, 60'000}, {1'100, 5'000}, {61'201, 60'000}};
    CHECK(finds(check_recovery(h), "I15"));
  }
  SECTION("another trade long after it does not") {
    h.fills.push_back({9, 9, "web_9", "BTCUSDT", true, 5, 61'201});
    CHECK(finds(check_recovery(h), "I15"));
  }
}

TEST_CASE("verdicts that differ with the wall clock are found") {
  auto h = a_history();
  CHECK(check_same_verdicts(h, h).empty());
  auto other = h;
  SECTION("another verdict") {
    record_of(other, "plan_judged").json =
        R"({"plan_id":"p","verdict":{"kind":"deny","refusals":[{"code":"stale_exchange_state"}]}})";
  }
  SECTION("one that is missing") {
    record_of(other, "plan_judged").kind = "notice";
  }
  CHECK(finds(check_same_verdicts(h, other), "I12"));
  CHECK(finds(check_same_verdicts(other, h), "I12"));
}

TEST_CASE("decimals are read exactly or not at all") {
  CHECK(parse_units("0.015") == 1'500'000);
  CHECK(parse_units("-2") == -200'000'000);
  CHECK(show_units(-1'500'000) == "-0.01500000");
  for (const auto* text : {"", "1e4", "1.2.3", "0.123456789", "x"})
    CHECK_THROWS(parse_units(text));
}

TEST_CASE("a plan that was told to be accepted is in the journal") {
  auto h = a_history();
  h.plans.push_back({"q", 90'000, std::nullopt, true});
  CHECK(finds(check_verdicts(h), "I4"));
  h.plans.back().taken = false;
  CHECK(check_verdicts(h).empty());
}

TEST_CASE("what was told to be durable is there at the end, as it was") {
  auto h = a_history();
  for (const auto& r : h.records)
    h.told_durable[r.seq] = r.json.str();
  CHECK(check_replays(h).empty());
  SECTION("another one has its number") {
    h.told_durable[3] = "{}";
  }
  SECTION("it is gone, and nothing came after it") {
    h.told_durable[static_cast<std::int64_t>(h.records.size()) + 1] = "{}";
  }
  CHECK(finds(check_replays(h), "I7"));
}

TEST_CASE("what a plan wants is taken from the plan, not from the order") {
  auto h = a_history();
  SECTION("an exit whose order does not say that it reduces") {
    auto& intent = *std::ranges::find_if(h.records, [](const journal_record& r) {
      return r.kind == "order_intended" && r.json.str().find("c2") != std::string::npos;
    });
    intent.json = R"({"client_order_id":"c2","plan_id":"x","symbol":"BTCUSDT","amount":"0.5"})";
    h.orders[1].reduce_only = false;
    CHECK(finds(check_reductions(h), "I3"));
  }
  SECTION("an exit that goes below its target") {
    h.records[6].json =
        R"({"plan_id":"x","symbol":"BTCUSDT","body":{"kind":"reduce","target":"0.6"}})";
    h.allows[1].truth = 100'000'000;
    h.allows[1].amount = 40'000'000;
    CHECK(check_reductions(h).empty());
    h.allows[1].amount = 50'000'000;
    CHECK(finds(check_reductions(h), "I3"));
  }
  SECTION("an entry that trades more than its producer asked for") {
    h.records[0].json =
        R"({"plan_id":"p","symbol":"BTCUSDT","body":{"kind":"open","amount":"0.9"}})";
    CHECK(finds(check_orders(h), "I2"));
  }
}

TEST_CASE("what does not work in the calm at the end is found") {
  auto h = a_history();
  h.wanted_flat = {"BTCUSDT"};
  h.wanted_open = "p";
  h.looks[0].venue = 0;
  CHECK(check_recovery(h).empty());
  SECTION("a position that was to be closed") {
    h.looks[0].venue = 1;
  }
  SECTION("readiness") {
    h.ready_in_calm = false;
    h.why_not_ready_in_calm = "executor_stuck";  // But nothing is in doubt.
  }
  SECTION("an entry without a verdict") {
    h.wanted_open = "q";
  }
  SECTION("an entry that is refused for lack of a truth") {
    record_of(h, "plan_judged").json =
        R"({"plan_id":"p","verdict":{"kind":"deny","refusals":[{"code":"stale_exchange_state"}]}})";
  }
  CHECK(finds(check_recovery(h), "I15"));
}

namespace {

void order_is(history& h, const std::string& state, ms at) {
  add_record(
      h, "order_changed",
      R"({"client_order_id":"c9","symbol":"BTCUSDT","state":")" + state + R"(","executed":"0"})",
      at);
}

/// Nobody can say what became of it.
void send_an_exit(history& h) {
  add_record(
      h, "order_intended",
      R"({"client_order_id":"c9","plan_id":"x","symbol":"BTCUSDT","direction":"sell","amount":"0.5","reduce_only":true})",
      3'000);
  order_is(h, "unknown", 3'010);
}

}  // namespace

TEST_CASE(
    "what was in doubt when readiness was asked for in the calm excuses it, and nothing later") {
  auto h = a_history();
  send_an_exit(h);
  order_is(h, "rejected", 3'900);
  h.ready_in_calm = false;
  h.why_not_ready_in_calm = R"({"ready":false,"reasons":[{"reason":"executor_stuck"}]})";
  h.calm_look_at = 3'500;
  CHECK(finds(check_recovery(h), "I15"));
  h.fills.push_back({9, 9, "a stop", "BTCUSDT", false, 5, 3'600});
  CHECK(finds(check_recovery(h), "I15"));
  h.fills.back().at = 2'990;
  CHECK(check_recovery(h).empty());
  h.why_not_ready_in_calm =
      R"({"ready":false,"reasons":[{"reason":"truth_stale"},{"reason":"executor_stuck"}]})";
  CHECK(finds(check_recovery(h), "I15"));
  h.why_not_ready_in_calm = R"({"ready":false,"reasons":[{"reason":"executor_stuck"}]})";
  h.calm_look_at = 3'005;
  CHECK(finds(check_recovery(h), "I15"));
  h.calm_look_at = 3'900;
  CHECK(finds(check_recovery(h), "I15"));
}

TEST_CASE("an exit in the calm is excused by a doubt that lasts as long as it may wait") {
  auto h = a_history();
  send_an_exit(h);
  h.fills.push_back({9, 9, "a stop", "BTCUSDT", false, 5, 2'990});
  h.wanted_flat = {"BTCUSDT"};
  h.looks[0].venue = 1;
  h.calm_look_at = 3'500;
  SECTION("which ends later") {
    order_is(h, "rejected", 18'401);
    CHECK(check_recovery(h).empty());
  }
  SECTION("and not by one that ends sooner") {
    order_is(h, "rejected", 18'399);
    CHECK(finds(check_recovery(h), "I15"));
  }
}

TEST_CASE("an entry that rules refuse in the calm is no violation") {
  auto h = a_history();
  h.wanted_open = "p";
  record_of(h, "plan_judged").json =
      R"({"plan_id":"p","verdict":{"kind":"deny","refusals":[{"code":"cooldown_in_flight"}]}})";
  CHECK(check_recovery(h).empty());
}
