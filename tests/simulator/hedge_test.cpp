// Hedge mode: two legs per symbol, orders that must name theirs, and the change of mode.
#include "simulator/support/trader.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::elements;
using test::field;
using test::leg_of;
using test::limit_order;
using test::outcome_of;

namespace {

const std::string mode_path = "/fapi/v1/positionSide/dual";
const std::string on_long = "&positionSide=LONG";
const std::string on_short = "&positionSide=SHORT";

settings hedged() {
  auto s = test::quiet_settings();
  s.trading.hedge_mode = true;
  return s;
}

}  // namespace

TEST_CASE("the position mode changes only when it differs and nothing is open") {
  bench_venue v;
  const auto change = [&](const char* to) {
    return v.call("POST", mode_path, std::string("dualSidePosition=") + to);
  };
  CHECK(v.call("GET", mode_path).body == R"({"dualSidePosition":false})");
  CHECK(outcome_of(change("false")) == "400 -4059");
  CHECK(outcome_of(change("maybe")) == "400 -1130");
  CHECK(outcome_of(v.call("POST", mode_path)) == "400 -1102");
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000").status == 200);
  CHECK(outcome_of(change("true")) == "400 -4067");
  REQUIRE(v.call("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT").status == 200);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  CHECK(outcome_of(change("true")) == "400 -4068");
  REQUIRE(v.market("BTCUSDT", "SELL", "0.01").status == 200);
  CHECK(change("true").body == R"({"code":200,"msg":"success"})");
  CHECK(field(v.call("GET", "/fapi/v1/accountConfig").body, "dualSidePosition") == "true");
}

TEST_CASE("orders must name the leg that the mode asks for") {
  bench_venue one_way;
  CHECK(outcome_of(one_way.market("BTCUSDT", "BUY", "0.01", on_long)) == "400 -4061");
  bench_venue v(hedged());
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "0.01")) == "400 -4061");
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "0.01", "&positionSide=BOTH")) == "400 -4061");
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "0.01", on_long + "&reduceOnly=true")) ==
        "400 -1106");
  CHECK(v.market("BTCUSDT", "BUY", "0.01", on_long).status == 200);
}

TEST_CASE("both legs of a symbol are held at once and closed each by its own side") {
  bench_venue v(hedged());
  REQUIRE(v.market("BTCUSDT", "BUY", "0.03", on_long).status == 200);
  REQUIRE(v.market("BTCUSDT", "SELL", "0.02", on_short).status == 200);
  CHECK(leg_of(v, "BTCUSDT", position_side::long_).str() == "0.03");
  CHECK(leg_of(v, "BTCUSDT", position_side::short_).str() == "-0.02");
  const auto rows = elements(v.call("GET", "/fapi/v3/positionRisk").body);
  REQUIRE(rows.size() == 2);
  CHECK(field(rows[0], "positionSide") == "LONG");
  CHECK(field(rows[1], "positionSide") == "SHORT");
  CHECK(field(rows[1], "positionAmt") == "-0.020");

  const auto closed = v.market("BTCUSDT", "SELL", "0.05", on_long);
  CHECK(field(closed.body, "origQty") == "0.030");
  CHECK(leg_of(v, "BTCUSDT", position_side::long_).is_zero());
  CHECK(leg_of(v, "BTCUSDT", position_side::short_).str() == "-0.02");
  CHECK(outcome_of(v.market("BTCUSDT", "SELL", "0.01", on_long)) == "400 -2022");
  REQUIRE(v.market("BTCUSDT", "BUY", "0.02", on_short).status == 200);
  CHECK(v.call("GET", "/fapi/v3/positionRisk").body == "[]");
  CHECK(test::audit(v) == "");
}

TEST_CASE("the flat leg of a held symbol is shown or not, as the venue is set") {
  for (auto [rows, count] : {std::pair{hedge_rows::both_legs, 2U}, {hedge_rows::held_legs, 1U}}) {
    auto s = hedged();
    s.trading.rows = rows;
    bench_venue v(s);
    REQUIRE(v.market("BTCUSDT", "SELL", "0.02", on_short).status == 200);
    CHECK(elements(v.call("GET", "/fapi/v3/positionRisk").body).size() == count);
  }
}

TEST_CASE("resting closes of a leg take all of it: a further one is refused") {
  bench_venue v(hedged());
  REQUIRE(v.market("BTCUSDT", "BUY", "0.02", on_long).status == 200);
  REQUIRE(limit_order(v, "BTCUSDT", "SELL", "0.02", "85000", on_long).status == 200);
  CHECK(outcome_of(v.market("BTCUSDT", "SELL", "0.01", on_long)) == "400 -4118");
  CHECK(v.market("BTCUSDT", "SELL", "0.01", on_short).status == 200);
}

TEST_CASE("events name the leg, and a resting opening order binds margin on its own leg") {
  bench_venue v(hedged());
  const auto stream = test::listen(v);
  REQUIRE(v.market("BTCUSDT", "SELL", "0.02", on_short).status == 200);
  const auto texts = v.heard(stream);
  REQUIRE(texts.size() == 3);
  CHECK(field(field(texts[0], "o"), "ps") == "SHORT");
  const auto leg = elements(field(field(texts[1], "a"), "P"));
  REQUIRE(leg.size() == 1);
  CHECK(field(leg[0], "ps") == "SHORT");
  CHECK(field(leg[0], "pa") == "-0.020");
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000", on_long).status == 200);
  auto rows = elements(v.call("GET", "/fapi/v3/positionRisk", "symbol=BTCUSDT").body);
  REQUIRE(rows.size() == 2);
  CHECK(field(rows[0], "openOrderInitialMargin") == "40.00000000");
  CHECK(field(rows[1], "openOrderInitialMargin") == "0");
  REQUIRE(limit_order(v, "BTCUSDT", "SELL", "0.01", "84000", on_short).status == 200);
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.02", "81000", on_short).status == 200);
  rows = elements(v.call("GET", "/fapi/v3/positionRisk", "symbol=BTCUSDT").body);
  CHECK(field(rows[0], "openOrderInitialMargin") == "40.00000000");
  CHECK(field(rows[1], "openOrderInitialMargin") == "42.00000000");
  CHECK(field(rows[1], "bidNotional") == "0");
  CHECK(field(v.call("GET", "/fapi/v3/account").body, "totalOpenOrderInitialMargin") ==
        "82.00000000");
}

TEST_CASE("initial positions of a hedge-mode account stand on their legs") {
  auto s = hedged();
  s.account.initial_positions = {{symbol{"BTCUSDT"}, *quantity::parse("0.02")},
                                 {symbol{"ETHUSDT"}, *quantity::parse("-1")}};
  const bench_venue v(s);
  CHECK(leg_of(v, "BTCUSDT", position_side::long_).str() == "0.02");
  CHECK(leg_of(v, "ETHUSDT", position_side::short_).str() == "-1");
}

TEST_CASE("what is reported in two ways of reading is a setting") {
  auto s = hedged();
  s.trading.reduce_in_hedge = hedge_reduce::improper;
  s.trading.at_once = fires_at_once::strategy;
  s.trading.flat = flat_symbol::zero_row;
  s.trading.single_bracket = bracket_shape::object;
  bench_venue v(s);
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "0.01", on_long + "&reduceOnly=false")) ==
        "400 -4062");
  CHECK(outcome_of(test::algo_order(v, "STOP_MARKET", "BTCUSDT", "SELL",
                                    on_long + "&quantity=0.01&triggerPrice=90000")) == "400 -4142");
  const auto rows = elements(v.call("GET", "/fapi/v3/positionRisk", "symbol=BTCUSDT").body);
  REQUIRE(rows.size() == 2);
  CHECK(field(rows[1], "positionAmt") == "0.000");
  CHECK(field(rows[1], "positionSide") == "SHORT");
  CHECK(v.call("GET", "/fapi/v3/positionRisk").body == "[]");
  const auto brackets = v.call("GET", "/fapi/v1/leverageBracket", "symbol=BTCUSDT").body;
  CHECK(field(brackets, "symbol") == "BTCUSDT");
}
