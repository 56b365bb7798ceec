// The operator's side: marks, manual trades, liquidation, ledger and transcript.
#include "simulator/support/bench_venue.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::elements;
using test::field;

TEST_CASE("a person's trade moves the position and is told like any other") {
  bench_venue v;
  const auto key = field(v.with_key("POST", "/fapi/v1/listenKey").body, "listenKey");
  const auto id = *v.it->open_stream("/private/ws/" + key);
  const auto r =
      v.control("POST", "/sim/trade", R"({"symbol":"BTCUSDT","side":"SELL","quantity":"0.02"})");
  REQUIRE(r.status == 200);
  CHECK(field(r.body, "origin") == "person");
  CHECK(v.held("BTCUSDT").str() == "-0.02");
  const auto texts = v.heard(id);
  REQUIRE(texts.size() == 3);
  CHECK(field(field(texts[0], "o"), "c").size() == 22);
  CHECK(field(field(texts[0], "o"), "R") == "false");
}

TEST_CASE("a liquidation closes the position under the venue's own client id") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.02").status == 200);
  const auto key = field(v.with_key("POST", "/fapi/v1/listenKey").body, "listenKey");
  const auto id = *v.it->open_stream("/private/ws/" + key);
  REQUIRE(v.control("POST", "/sim/liquidate", R"({"symbol":"BTCUSDT"})").status == 200);
  CHECK(v.held("BTCUSDT").is_zero());
  const auto texts = v.heard(id);
  REQUIRE(texts.size() == 2);
  const auto order = field(texts[1], "o");
  CHECK(field(order, "c") == "autoclose-" + std::to_string(v.now.venue.ms));
  CHECK(field(order, "x") == "CALCULATED");
  CHECK(field(order, "X") == "FILLED");
  CHECK(v.control("POST", "/sim/liquidate", R"({"symbol":"BTCUSDT"})").status == 400);
}

TEST_CASE("marks, latency and faults are set over the control interface") {
  bench_venue v;
  CHECK(v.control("POST", "/sim/mark", R"({"symbol":"BTCUSDT","price":"90000","hold":true})")
            .status == 200);
  CHECK(v.it->mark(symbol{"BTCUSDT"}) == price::whole(90'000));
  CHECK(v.control("POST", "/sim/mark", R"({"symbol":"BTCUSDT","release":true})").status == 200);
  CHECK(v.control("POST", "/sim/latency", R"({"ms":40})").status == 200);
  const request ping{"GET", "/fapi/v1/ping", "", "", ""};
  CHECK(v.it->plan_course(ping).after == milliseconds{20});
  CHECK(v.control("POST", "/sim/fault", R"({"effect":"hang","count":0})").status == 200);
  CHECK(v.it->plan_course(ping).leaves == departure::never);
  CHECK(field(v.control("GET", "/sim/status").body, "request_faults") == "1");
  CHECK(v.control("POST", "/sim/faults/clear").status == 200);
  CHECK(v.it->plan_course(ping).leaves == departure::whole);
}

TEST_CASE("control requests that are wrong say what is wrong") {
  struct row {
    const char* path;
    const char* body;
    const char* expected;
  };
  const std::vector<row> rows{
      {"/sim/mark", "{", "not JSON"},
      {"/sim/mark", R"({"price":"1"})", "symbol: is missing"},
      {"/sim/mark", R"({"symbol":"BTCUSDT","price":1})", "price: must be a string"},
      {"/sim/mark", R"({"symbol":"BTCUSDT","price":"1"})", "price: is 1, allowed"},
      {"/sim/mark", R"({"symbol":"X","price":"1"})", "there is no X"},
      {"/sim/trade", R"({"symbol":"BTCUSDT","side":"UP","quantity":"1"})", "side: must be"},
      {"/sim/trade", R"({"symbol":"BTCUSDT","side":"BUY","quantity":"0"})", "-4003"},
      {"/sim/trade", R"({"symbol":"BTCUSDT","side":"BUY","quantity":"1","account":3})",
       "no such one"},
      {"/sim/latency", R"({"ms":-1})", "ms: must be"},
      {"/sim/latency", R"({})", "ms: is missing"},
      {"/sim/fault", R"({"effect":"nap"})", "'nap' is not known"},
  };
  for (const auto& r : rows) {
    bench_venue v;
    INFO(r.path << ' ' << r.body);
    const auto out = v.control("POST", r.path, r.body);
    CHECK(out.status == 400);
    CHECK_THAT(field(out.body, "error"), ContainsSubstring(r.expected));
  }
  bench_venue v;
  CHECK(v.control("POST", "/sim/nothing", "{}").status == 404);
  CHECK(v.control("GET", "/sim/nothing").status == 404);
}

TEST_CASE("the ledger exports what the venue holds") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01", "&newClientOrderId=mine").status == 200);
  const auto text = v.control("GET", "/sim/ledger").body;
  const auto account = elements(field(text, "accounts")).front();
  CHECK(field(account, "wallet") == "99999.6645592");
  const auto order = elements(field(account, "orders")).front();
  CHECK(field(order, "client_order_id") == "mine");
  CHECK(field(order, "origin") == "api");
  CHECK(field(elements(field(account, "positions")).front(), "amount") == "0.01");
  CHECK(field(elements(field(account, "fills")).front(), "fee") == "0.3354408");
  CHECK(text.find("mainSecret") == std::string::npos);
  CHECK(text.find("mainKey") == std::string::npos);
}

TEST_CASE("the transcript keeps the newest requests, numbered, without signatures") {
  auto s = test::quiet_settings();
  s.transcript_max = 3;
  bench_venue v(s);
  for (int n = 0; n < 4; ++n)
    REQUIRE(v.get_public("/fapi/v1/ping").status == 200);
  REQUIRE(v.market("BTCUSDT", "BUY", "0").status == 400);
  const auto rows = elements(v.control("GET", "/sim/transcript").body);
  REQUIRE(rows.size() == 3);
  CHECK(field(rows[0], "number") == "3");
  CHECK(field(rows[2], "code") == "-4003");
  CHECK_THAT(field(rows[2], "parameters"), ContainsSubstring("symbol=BTCUSDT"));
  CHECK(rows[2].find("signature") == std::string::npos);
  CHECK(elements(v.control("GET", "/sim/transcript?after=4").body).size() == 1);
}

TEST_CASE("the same calls at the same moments give the same bytes") {
  const auto run = [] {
    auto s = test::quiet_settings();
    s.volatility_bp = 40;
    s.fills_max = 5;
    bench_venue v(s);
    std::string bytes;
    for (int n = 0; n < 20; ++n) {
      v.pass(milliseconds{1'000});
      bytes += v.market("ETHUSDT", n % 3 == 0 ? "SELL" : "BUY", "0.5").body;
    }
    return bytes + v.control("GET", "/sim/ledger").body;
  };
  CHECK(run() == run());
}
