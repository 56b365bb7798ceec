// Market orders: what is refused, what is filled, and what the replies say.
#include "simulator/support/bench_venue.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::elements;
using test::field;
using test::outcome_of;

namespace {

const std::string order_path = "/fapi/v1/order";
const std::string btc = "symbol=BTCUSDT&side=BUY&type=MARKET";

}  // namespace

TEST_CASE("orders that the venue must refuse get its codes") {
  struct row {
    const char* name;
    std::string parameters;
    const char* expected;
  };
  const std::vector<row> rows{
      {"no symbol", "side=BUY&type=MARKET&quantity=1", "400 -1102"},
      {"unknown symbol", "symbol=NOSUCH&side=BUY&type=MARKET&quantity=1", "400 -1121"},
      {"no side", "symbol=BTCUSDT&type=MARKET&quantity=1", "400 -1102"},
      {"unknown side", "symbol=BTCUSDT&side=HOLD&type=MARKET&quantity=1", "400 -1117"},
      {"no type", "symbol=BTCUSDT&side=BUY&quantity=1", "400 -1102"},
      {"unknown type", "symbol=BTCUSDT&side=BUY&type=MAGIC&quantity=1", "400 -1116"},
      {"a conditional order", "symbol=BTCUSDT&side=BUY&type=STOP_MARKET&quantity=1", "400 -4120"},
      {"time in force on a market order", btc + "&quantity=1&timeInForce=GTC", "400 -1106"},
      {"a leg in one-way mode", btc + "&quantity=1&positionSide=LONG", "400 -4061"},
      {"no such leg", btc + "&quantity=1&positionSide=UP", "400 -4060"},
      {"reduceOnly neither true nor false", btc + "&quantity=1&reduceOnly=yes", "400 -1130"},
      {"unknown reply type", btc + "&quantity=1&newOrderRespType=ALL", "400 -1130"},
      {"no quantity", btc, "400 -1102"},
      {"a quantity that is no number", btc + "&quantity=one", "400 -1102"},
      {"an exponent", btc + "&quantity=1e3", "400 -1102"},
      {"zero", btc + "&quantity=0", "400 -4003"},
      {"negative", btc + "&quantity=-1", "400 -4003"},
      {"too many digits", btc + "&quantity=0.0015", "400 -1111"},
      {"thirty digits", btc + "&quantity=0.001000000000000000000000000000", "400 -1111"},
      {"above MARKET_LOT_SIZE", btc + "&quantity=120.001", "400 -4005"},
      {"above all numbers", btc + "&quantity=999999999999999999999", "400 -4005"},
      {"fewer than MIN_NOTIONAL", "symbol=XRPUSDT&side=BUY&type=MARKET&quantity=2.2", "400 -4164"},
      {"a client id with a blank", btc + "&quantity=1&newClientOrderId=a%20b", "400 -4015"},
      {"a client id of 37 characters", btc + "&quantity=1&newClientOrderId=" + std::string(37, 'a'),
       "400 -4015"},
      {"reduce-only while flat", btc + "&quantity=1&reduceOnly=true", "400 -2022"},
      {"more than the margin allows", btc + "&quantity=100", "400 -2019"},
  };
  for (const auto& r : rows) {
    bench_venue v;
    INFO(r.name);
    CHECK(outcome_of(v.call("POST", order_path, r.parameters)) == r.expected);
    CHECK(v.it->books(v.now).accounts.front().orders.empty());
  }
}

TEST_CASE("symbols that are not trading take no orders") {
  auto s = test::quiet_settings();
  s.symbols = 40;
  s.closed_symbols = 2;
  bench_venue v(s);
  const auto info = v.get_public("/fapi/v1/exchangeInfo");
  for (const auto& row : elements(field(info.body, "symbols"))) {
    const auto status = field(row, "status");
    const auto refused = v.market(field(row, "symbol"), "BUY", "1000000");
    if (status == "SETTLING")
      CHECK(outcome_of(refused) == "400 -4141");
    else if (status == "PENDING_TRADING")
      CHECK(outcome_of(refused) == "400 -4140");
  }
}

TEST_CASE("a filled order is answered in the RESULT shape, without average price") {
  bench_venue v;
  const auto r = v.market("BTCUSDT", "BUY", "0.01", "&newClientOrderId=my-order.1");
  REQUIRE(r.status == 200);
  CHECK(test::names_of(r.body) ==
        "clientOrderId closePosition cumQty executedQty goodTillDate orderId origQty origType "
        "positionSide price priceMatch priceProtect reduceOnly selfTradePreventionMode side status "
        "stopPrice symbol timeInForce type updateTime workingType");
  CHECK(field(r.body, "status") == "FILLED");
  CHECK(field(r.body, "executedQty") == "0.010");
  CHECK(field(r.body, "clientOrderId") == "my-order.1");
  CHECK(std::stoll(field(r.body, "orderId")) > (1LL << 53));
}

TEST_CASE("an order without RESULT is only acknowledged, and filled all the same") {
  bench_venue v;
  const auto r = v.call("POST", order_path, btc + "&quantity=0.01");
  CHECK(field(r.body, "status") == "NEW");
  CHECK(field(r.body, "executedQty") == "0.000");
  CHECK(field(r.body, "clientOrderId").size() == 22);
  CHECK(v.held("BTCUSDT").str() == "0.01");
}

TEST_CASE("an order is found by id and by client id, with its average price") {
  bench_venue v;
  const auto placed = v.market("BTCUSDT", "SELL", "0.01", "&newClientOrderId=find-me");
  const auto id = field(placed.body, "orderId");
  for (const auto& by : {"orderId=" + id, std::string("origClientOrderId=find-me")}) {
    const auto r = v.call("GET", order_path, "symbol=BTCUSDT&" + by);
    REQUIRE(r.status == 200);
    CHECK(field(r.body, "avgPrice") == "83860.20000");
    CHECK(field(r.body, "cumQuote") == "838.60200");
    CHECK(field(r.body, "orderId") == id);
  }
  CHECK(outcome_of(v.call("GET", order_path, "symbol=ETHUSDT&orderId=" + id)) == "400 -2013");
  CHECK(outcome_of(v.call("GET", order_path, "symbol=BTCUSDT&orderId=1")) == "400 -2013");
  CHECK(outcome_of(v.call("GET", order_path, "symbol=BTCUSDT")) == "400 -1102");
  CHECK(outcome_of(v.call("DELETE", order_path, "symbol=BTCUSDT&orderId=" + id)) == "400 -2011");
  CHECK(v.call("GET", "/fapi/v1/openOrders").body == "[]");
}

TEST_CASE("a reduce-only order never exceeds the position: shrunk, or refused by choice") {
  bench_venue shrinking;
  REQUIRE(shrinking.market("BTCUSDT", "BUY", "0.01").status == 200);
  const auto shrunk = shrinking.market("BTCUSDT", "SELL", "0.05", "&reduceOnly=true");
  CHECK(field(shrunk.body, "origQty") == "0.010");
  CHECK(shrinking.held("BTCUSDT").is_zero());

  auto s = test::quiet_settings();
  s.oversized = oversized_reduce::reject;
  bench_venue rejecting(s);
  REQUIRE(rejecting.market("BTCUSDT", "BUY", "0.01").status == 200);
  CHECK(outcome_of(rejecting.market("BTCUSDT", "SELL", "0.05", "&reduceOnly=true")) == "400 -2022");
  CHECK(outcome_of(rejecting.market("BTCUSDT", "BUY", "0.01", "&reduceOnly=true")) == "400 -2022");
  CHECK(rejecting.market("BTCUSDT", "SELL", "0.01", "&reduceOnly=true").status == 200);
}

TEST_CASE("closing is exempt from the least value and from margin") {
  auto s = test::quiet_settings();
  s.account.balance = notional::whole(100);
  bench_venue v(s);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.02").status == 200);
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "0.01")) == "400 -2019");
  REQUIRE(v.it->set_mark(symbol{"BTCUSDT"}, price::whole(80'000)));
  CHECK(v.market("BTCUSDT", "SELL", "0.019", "&reduceOnly=true").status == 200);
  REQUIRE(v.it->set_mark(symbol{"BTCUSDT"}, price::whole(40'000)));
  CHECK(outcome_of(v.market("BTCUSDT", "SELL", "0.001")) == "400 -4164");
  CHECK(v.market("BTCUSDT", "SELL", "0.001", "&reduceOnly=true").status == 200);
}

TEST_CASE("a client order id may be used again after the fill, unless that is switched off") {
  bench_venue lenient;
  const std::string id = "&newClientOrderId=same";
  CHECK(lenient.market("BTCUSDT", "BUY", "0.001", id).status == 200);
  CHECK(lenient.market("BTCUSDT", "BUY", "0.001", id).status == 200);
  CHECK(lenient.held("BTCUSDT").str() == "0.002");

  auto s = test::quiet_settings();
  s.unique_ids = client_id_scope::all_orders;
  bench_venue strict(s);
  CHECK(strict.market("BTCUSDT", "BUY", "0.001", id).status == 200);
  CHECK(outcome_of(strict.market("BTCUSDT", "BUY", "0.001", id)) == "400 -4116");
  CHECK(strict.held("BTCUSDT").str() == "0.001");
}

TEST_CASE("userTrades lists fills oldest first, by symbol, order, id and limit") {
  bench_venue v;
  std::vector<std::string> orders;
  for (int n = 0; n < 4; ++n)
    orders.push_back(field(v.market("BTCUSDT", "BUY", "0.001").body, "orderId"));
  REQUIRE(v.market("ETHUSDT", "BUY", "1").status == 200);
  const auto trades = [&](const std::string& more) {
    return elements(v.call("GET", "/fapi/v1/userTrades", "symbol=BTCUSDT" + more).body);
  };
  const auto all = trades("");
  REQUIRE(all.size() == 4);
  CHECK(test::names_of(all[0]) ==
        "baseQty buyer commission commissionAsset id maker marginAsset orderId pair positionSide "
        "price qty quoteQty realizedPnl side symbol time");
  CHECK(field(all[0], "commission") == "0.03354408");
  CHECK(trades("&orderId=" + orders[2]) == std::vector{all[2]});
  CHECK(trades("&limit=2") == std::vector{all[2], all[3]});
  CHECK(trades("&limit=2&fromId=" + field(all[1], "id")) == std::vector{all[1], all[2]});
  const auto bad = v.call("GET", "/fapi/v1/userTrades", "symbol=BTCUSDT&fromId=1&startTime=1");
  CHECK(outcome_of(bad) == "400 -1128");
}

TEST_CASE("positionRisk shows open positions only, padded as the symbol is") {
  bench_venue v;
  const std::string path = "/fapi/v3/positionRisk";
  CHECK(v.call("GET", path).body == "[]");
  REQUIRE(v.market("BTCUSDT", "SELL", "0.02").status == 200);
  REQUIRE(v.market("SOLUSDT", "BUY", "3").status == 200);
  CHECK(elements(v.call("GET", path).body).size() == 2);
  CHECK(v.call("GET", path, "symbol=ETHUSDT").body == "[]");
  CHECK(outcome_of(v.call("GET", path, "symbol=NOSUCH")) == "400 -1121");
  REQUIRE(v.it->set_mark(symbol{"BTCUSDT"}, price::whole(83'000)));
  const auto rows = elements(v.call("GET", path, "symbol=BTCUSDT").body);
  REQUIRE(rows.size() == 1);
  CHECK(test::names_of(rows[0]) ==
        "adl askNotional bidNotional breakEvenPrice entryPrice initialMargin isolatedMargin "
        "isolatedWallet liquidationPrice maintMargin marginAsset markPrice notional "
        "openOrderInitialMargin positionAmt positionInitialMargin positionSide symbol "
        "unRealizedProfit updateTime");
  CHECK(field(rows[0], "positionAmt") == "-0.020");
  CHECK(field(rows[0], "entryPrice") == "83860.2");
  CHECK(field(rows[0], "unRealizedProfit") == "17.20400000");
  CHECK(field(rows[0], "notional") == "-1660.00000000");
  CHECK(field(rows[0], "initialMargin") == "83.00000000");
  CHECK(field(rows[0], "adl") == "1");
}

TEST_CASE("account and balance agree with the ledger") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  REQUIRE(v.it->set_mark(symbol{"BTCUSDT"}, price::whole(84'000)));
  const auto account = v.call("GET", "/fapi/v3/account").body;
  const auto balance = elements(v.call("GET", "/fapi/v3/balance").body).front();
  const auto wallet = v.it->books(v.now).accounts.front().wallet;
  CHECK(*notional::parse(field(account, "totalWalletBalance")) == wallet);
  CHECK(*notional::parse(field(balance, "balance")) == wallet);
  CHECK(field(account, "totalUnrealizedProfit") == "13.98000000");
  CHECK(field(balance, "crossUnPnl") == "13.98000000");
  CHECK(elements(field(account, "positions")).size() == 1);
  const auto config = v.call("GET", "/fapi/v1/accountConfig").body;
  CHECK(field(config, "dualSidePosition") == "false");
  CHECK(field(config, "canTrade") == "true");
}
