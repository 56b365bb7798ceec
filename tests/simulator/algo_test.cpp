// Conditional orders: what is refused, what triggers when, and what becomes of it.
#include <sstream>

#include "simulator/support/trader.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::algo_order;
using test::bench_venue;
using test::elements;
using test::field;
using test::limit_order;
using test::outcome_of;

namespace {

const std::string path = "/fapi/v1/algoOrder";

std::string status_of(bench_venue& v, const std::string& client_id) {
  return field(v.call("GET", path, "clientAlgoId=" + client_id).body, "algoStatus");
}

}  // namespace

TEST_CASE("conditional orders that the venue must refuse get its codes") {
  struct row {
    const char* name;
    const char* type;
    const char* side;
    std::string more;
    const char* expected;
  };
  const std::string q = "&quantity=0.01";
  const std::string all = "&closePosition=true";
  const std::vector<row> rows{
      {"no such type", "MARKET", "SELL", q + "&triggerPrice=80000", "400 -1116"},
      {"no trigger", "STOP_MARKET", "SELL", q, "400 -1102"},
      {"no quantity", "STOP_MARKET", "SELL", "&triggerPrice=80000", "400 -1102"},
      {"no price", "STOP", "SELL", q + "&triggerPrice=80000", "400 -1102"},
      {"a stop above the mark", "STOP_MARKET", "SELL", q + "&triggerPrice=85000", "400 -2021"},
      {"a stop below it", "STOP_MARKET", "BUY", q + "&triggerPrice=80000", "400 -2021"},
      {"a profit below", "TAKE_PROFIT_MARKET", "SELL", q + "&triggerPrice=80000", "400 -2021"},
      {"a profit above", "TAKE_PROFIT_MARKET", "BUY", q + "&triggerPrice=85000", "400 -2021"},
      {"off the tick", "STOP_MARKET", "SELL", q + "&triggerPrice=80000.15", "400 -4014"},
      {"too small", "STOP_MARKET", "SELL", "&quantity=0&triggerPrice=80000", "400 -4003"},
      {"everything and a quantity", "STOP_MARKET", "SELL", q + all + "&triggerPrice=80000",
       "400 -4137"},
      {"everything, reduced", "STOP_MARKET", "SELL", all + "&reduceOnly=true&triggerPrice=80000",
       "400 -1106"},
      {"everything at a limit", "STOP", "SELL", all + "&price=79000&triggerPrice=80000",
       "400 -1130"},
      {"no callback", "TRAILING_STOP_MARKET", "SELL", q, "400 -1102"},
      {"a callback too wide", "TRAILING_STOP_MARKET", "SELL", q + "&callbackRate=10.1",
       "400 -1130"},
      {"activation behind the mark", "TRAILING_STOP_MARKET", "SELL",
       q + "&callbackRate=1&activatePrice=80000", "400 -2021"},
      {"a leg in one-way mode", "STOP_MARKET", "SELL", q + "&triggerPrice=80000&positionSide=LONG",
       "400 -4061"},
      {"a bad client id", "STOP_MARKET", "SELL", q + "&triggerPrice=80000&clientAlgoId=a%20b",
       "400 -4015"},
      {"tied to a position that is not", "STOP_MARKET", "SELL",
       all + "&triggerPrice=80000&timeInForce=GTE_GTC", "400 -4509"},
      {"no such working type", "STOP_MARKET", "SELL", q + "&triggerPrice=80000&workingType=LAST",
       "400 -1130"},
  };
  for (const auto& r : rows) {
    bench_venue v;
    INFO(r.name);
    CHECK(outcome_of(algo_order(v, r.type, "BTCUSDT", r.side, r.more)) == r.expected);
    CHECK(test::books_of(v).algos.empty());
  }
}

TEST_CASE("a stop waits, is listed beside regular orders, and is cancelled by its own endpoint") {
  bench_venue v;
  const auto stream = test::listen(v);
  const auto r = algo_order(v, "STOP_MARKET", "BTCUSDT", "SELL",
                            "&quantity=0.01&triggerPrice=80000&clientAlgoId=guard");
  REQUIRE(r.status == 200);
  CHECK(test::header(r, "x-mbx-order-count-10s") == "1");
  CHECK(outcome_of(v.call("POST", "/fapi/v1/positionSide/dual", "dualSidePosition=true")) ==
        "400 -4067");
  CHECK(field(r.body, "algoStatus") == "NEW");
  CHECK(field(r.body, "triggerPrice") == "80000.0");
  CHECK(field(r.body, "icebergQuantity") == "None");
  CHECK(v.call("GET", "/fapi/v1/openOrders").body == "[]");
  REQUIRE(v.call("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT").status == 200);
  const auto open = elements(v.call("GET", "/fapi/v1/openAlgoOrders").body);
  REQUIRE(open.size() == 1);
  CHECK(field(open[0], "clientAlgoId") == "guard");
  CHECK(field(open[0], "actualOrderId") == "");
  CHECK(v.call("GET", "/fapi/v1/openAlgoOrders", "symbol=ETHUSDT").body == "[]");
  const auto gone = v.call("DELETE", path, "clientAlgoId=guard").body;
  CHECK(field(gone, "msg") == "success");
  CHECK(gone.find(R"("code":"200")") != std::string::npos);
  CHECK(outcome_of(v.call("DELETE", path, "clientAlgoId=guard")) == "400 -2011");
  CHECK(outcome_of(v.call("GET", path, "algoId=5")) == "400 -2013");
  CHECK(status_of(v, "guard") == "CANCELED");
  CHECK(elements(v.call("GET", "/fapi/v1/allAlgoOrders", "symbol=BTCUSDT").body).size() == 1);
  CHECK(test::story(v.heard(stream)) == "ALGO_UPDATE/NEW ALGO_UPDATE/CANCELED");
}

TEST_CASE("a stop becomes a market order of the same client id when the mark reaches it") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.02").status == 200);
  REQUIRE(algo_order(v, "STOP_MARKET", "BTCUSDT", "SELL",
                     "&quantity=0.02&triggerPrice=80000&reduceOnly=true&clientAlgoId=guard")
              .status == 200);
  const auto stream = test::listen(v);
  test::tick_at(v, "BTCUSDT", "80000.1");
  CHECK(status_of(v, "guard") == "NEW");
  test::tick_at(v, "BTCUSDT", "79900");
  CHECK(v.held("BTCUSDT").is_zero());
  const auto order = v.call("GET", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=guard");
  CHECK(field(order.body, "origType") == "STOP_MARKET");
  CHECK(field(order.body, "type") == "MARKET");
  const auto algo = v.call("GET", path, "clientAlgoId=guard").body;
  CHECK(field(algo, "algoStatus") == "FINISHED");
  CHECK(field(algo, "actualOrderId") == field(order.body, "orderId"));
  CHECK(field(algo, "actualPrice") == "79900.00000");
  const auto texts = v.heard(stream);
  CHECK(test::story(texts) ==
        "ALGO_UPDATE/TRIGGERING ORDER_TRADE_UPDATE/NEW/NEW ACCOUNT_UPDATE "
        "ORDER_TRADE_UPDATE/TRADE/FILLED ALGO_UPDATE/TRIGGERED ALGO_UPDATE/FINISHED");
  const auto last = field(texts.back(), "o");
  CHECK(field(last, "ap") == "79900.00000");
  CHECK(field(last, "act") == "MARKET");
  CHECK(test::names_of(field(texts.front(), "o")) ==
        "R S V X ai aid at caid cp f gtd o p pP pm ps q s tp tt wt");
}

TEST_CASE("each type triggers on its own side of the mark") {
  for (const auto* word :
       {"STOP_MARKET BUY 85000 85000", "STOP_MARKET SELL 82000 82000",
        "TAKE_PROFIT_MARKET BUY 82000 82000", "TAKE_PROFIT_MARKET SELL 85000 85000"}) {
    bench_venue v;
    std::string type;
    std::string side;
    std::string at;
    std::istringstream(word) >> type >> side >> at;
    INFO(word);
    REQUIRE(algo_order(v, type, "BTCUSDT", side, "&quantity=0.01&clientAlgoId=a&triggerPrice=" + at)
                .status == 200);
    v.pass(milliseconds{1'000});
    CHECK(status_of(v, "a") == "NEW");
    test::tick_at(v, "BTCUSDT", at);
    CHECK(status_of(v, "a") == "FINISHED");
    CHECK(v.held("BTCUSDT").str() == (side == "BUY" ? "0.01" : "-0.01"));
  }
}

TEST_CASE("a stop with a limit rests after its trigger and is finished with its order") {
  bench_venue v;
  REQUIRE(algo_order(v, "STOP", "BTCUSDT", "BUY",
                     "&quantity=0.01&triggerPrice=84000&price=83900&clientAlgoId=s")
              .status == 200);
  test::tick_at(v, "BTCUSDT", "84100");
  CHECK(status_of(v, "s") == "TRIGGERED");
  CHECK(v.call("GET", "/fapi/v1/openAlgoOrders").body == "[]");
  CHECK(elements(v.call("GET", "/fapi/v1/openOrders").body).size() == 1);
  CHECK(outcome_of(v.call("DELETE", path, "clientAlgoId=s")) == "400 -2011");
  REQUIRE(v.call("DELETE", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=s").status == 200);
  CHECK(status_of(v, "s") == "FINISHED");
}

TEST_CASE("closePosition closes what is held when it fires, and is rejected when that is nothing") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.02").status == 200);
  const std::string all = "&closePosition=true&triggerPrice=80000&clientAlgoId=";
  REQUIRE(algo_order(v, "STOP_MARKET", "BTCUSDT", "SELL", all + "first").status == 200);
  REQUIRE(algo_order(v, "STOP_MARKET", "BTCUSDT", "SELL", all + "second").status == 200);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.03").status == 200);
  const auto stream = test::listen(v);
  test::tick_at(v, "BTCUSDT", "79000");
  CHECK(v.held("BTCUSDT").is_zero());
  CHECK(status_of(v, "first") == "FINISHED");
  CHECK(status_of(v, "second") == "REJECTED");
  CHECK(field(field(v.heard(stream).back(), "o"), "X") == "REJECTED");
  CHECK(test::books_of(v).algos[1].failure == "Reduce Only reject");
  const auto order = v.call("GET", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=first").body;
  CHECK(field(order, "closePosition") == "true");
  CHECK(field(order, "executedQty") == "0.050");
}

TEST_CASE("an order tied to the position ends with it") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.02").status == 200);
  REQUIRE(algo_order(v, "STOP_MARKET", "BTCUSDT", "SELL",
                     "&closePosition=true&triggerPrice=80000&timeInForce=GTE_GTC&clientAlgoId=g")
              .status == 200);
  REQUIRE(v.market("BTCUSDT", "SELL", "0.01").status == 200);
  CHECK(status_of(v, "g") == "NEW");
  REQUIRE(v.market("BTCUSDT", "SELL", "0.01").status == 200);
  CHECK(status_of(v, "g") == "EXPIRED");
}

TEST_CASE("the margin of a conditional order is looked at when it fires") {
  auto s = test::quiet_settings();
  s.account.balance = notional::whole(100);
  bench_venue v(s);
  REQUIRE(algo_order(v, "STOP_MARKET", "BTCUSDT", "BUY",
                     "&quantity=1&triggerPrice=84000&clientAlgoId=big")
              .status == 200);
  test::tick_at(v, "BTCUSDT", "84000");
  CHECK(status_of(v, "big") == "REJECTED");
  CHECK(test::books_of(v).algos[0].failure == "Margin is insufficient.");
  CHECK(v.held("BTCUSDT").is_zero());
}

TEST_CASE("a trailing stop follows the best mark and fires on the way back") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.02").status == 200);
  REQUIRE(algo_order(v, "TRAILING_STOP_MARKET", "BTCUSDT", "SELL",
                     "&quantity=0.02&callbackRate=1&activatePrice=84000&clientAlgoId=t")
              .status == 200);
  test::tick_at(v, "BTCUSDT", "82000");
  CHECK(status_of(v, "t") == "NEW");
  test::tick_at(v, "BTCUSDT", "90000");
  test::tick_at(v, "BTCUSDT", "89100.1");
  CHECK(status_of(v, "t") == "NEW");
  test::tick_at(v, "BTCUSDT", "89100");
  CHECK(status_of(v, "t") == "FINISHED");
  CHECK(v.held("BTCUSDT").is_zero());
}

TEST_CASE("while it is triggering a conditional order cannot be cancelled") {
  auto s = test::quiet_settings();
  s.trading.trigger_delay = milliseconds{1'500};
  s.trading.child_id = algo_child_id::random;
  bench_venue v(s);
  REQUIRE(algo_order(v, "STOP_MARKET", "BTCUSDT", "BUY",
                     "&quantity=0.01&triggerPrice=84000&clientAlgoId=slow")
              .status == 200);
  test::tick_at(v, "BTCUSDT", "84000");
  CHECK(status_of(v, "slow") == "TRIGGERING");
  CHECK(outcome_of(v.call("DELETE", path, "clientAlgoId=slow")) == "400 -4117");
  REQUIRE(v.call("DELETE", "/fapi/v1/algoOpenOrders", "symbol=BTCUSDT").status == 200);
  v.pass(milliseconds{1'000});
  CHECK(status_of(v, "slow") == "TRIGGERING");
  v.pass(milliseconds{1'000});
  CHECK(status_of(v, "slow") == "FINISHED");
  CHECK(outcome_of(v.call("GET", "/fapi/v1/order", "symbol=BTCUSDT&origClientOrderId=slow")) ==
        "400 -2013");
}

TEST_CASE("an account has only so many conditional orders, of ids unique among open ones") {
  auto s = test::quiet_settings();
  s.trading.algo_orders_max = 2;
  bench_venue v(s);
  const auto place = [&](const std::string& symbol, const std::string& at, const std::string& id) {
    return outcome_of(algo_order(v, "STOP_MARKET", symbol, "SELL",
                                 "&quantity=0.1&triggerPrice=" + at + "&clientAlgoId=" + id));
  };
  CHECK(place("BTCUSDT", "80000", "a") == "200");
  CHECK(place("BTCUSDT", "80000", "a") == "400 -4116");
  CHECK(place("ETHUSDT", "3000", "b") == "200");
  CHECK(place("ETHUSDT", "3000", "c") == "400 -4045");
  REQUIRE(v.call("DELETE", "/fapi/v1/algoOpenOrders", "symbol=BTCUSDT").status == 200);
  CHECK(place("ETHUSDT", "3000", "c") == "200");
}
