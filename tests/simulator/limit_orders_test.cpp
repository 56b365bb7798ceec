// Limit orders: resting, taking, partly filling, changing, cancelling, ending by themselves.
#include "simulator/support/trader.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::elements;
using test::field;
using test::limit_order;
using test::outcome_of;

namespace {

const std::string order_path = "/fapi/v1/order";

}  // namespace

TEST_CASE("limit orders that the venue must refuse get its codes") {
  struct row {
    const char* name;
    const char* price;
    std::string more;
    const char* expected;
  };
  const std::vector<row> rows{
      {"no such time in force", "80000", "&timeInForce=DAY", "400 -1115"},
      {"a date on an order that has no end", "80000", "&goodTillDate=1", "400 -1106"},
      {"an order with an end but no date", "80000", "&timeInForce=GTD", "400 -1102"},
      {"an end too near", "80000", "&timeInForce=GTD&goodTillDate=1790000060000", "400 -1130"},
      {"price match beside a price", "80000", "&priceMatch=QUEUE", "400 -1106"},
      {"no such self-trade mode", "80000", "&selfTradePreventionMode=ALL", "400 -1130"},
      {"a price of nothing", "0", "", "400 -4001"},
      {"too many digits", "80000.123", "", "400 -1111"},
      {"off the tick", "80000.15", "", "400 -4014"},
      {"below the least price", "1000", "", "400 -4013"},
      {"above the greatest price", "9000000", "", "400 -4002"},
      {"above the mark's multiple", "88053.3", "", "400 -4016"},
      {"a client id too long", "80000", "&newClientOrderId=" + std::string(37, 'a'), "400 -4015"},
      {"a client id with a space", "80000", "&newClientOrderId=a%20b", "400 -4015"},
      {"a post-only order that would take", "83860.2", "&timeInForce=GTX", "400 -5022"},
  };
  for (const auto& r : rows) {
    bench_venue v;
    INFO(r.name);
    CHECK(outcome_of(limit_order(v, "BTCUSDT", "BUY", "0.01", r.price, r.more)) == r.expected);
    CHECK(test::orders_of(v).empty());
  }
}

TEST_CASE("a sell far below the mark, too little value and too much margin are refused") {
  bench_venue v;
  CHECK(outcome_of(limit_order(v, "BTCUSDT", "SELL", "0.01", "79667.1")) == "400 -4024");
  CHECK(outcome_of(limit_order(v, "BTCUSDT", "BUY", "0.001", "40000")) == "400 -4164");
  CHECK(outcome_of(limit_order(v, "BTCUSDT", "BUY", "100", "80000")) == "400 -2019");
  CHECK(outcome_of(limit_order(v, "BTCUSDT", "BUY", "961", "80000")) == "400 -4005");
}

TEST_CASE("a limit order rests, binds margin, and is cancelled once") {
  bench_venue v;
  const auto stream = test::listen(v);
  const auto placed =
      limit_order(v, "BTCUSDT", "BUY", "0.01", "80000", "&newClientOrderId=resting");
  REQUIRE(placed.status == 200);
  CHECK(field(placed.body, "status") == "NEW");
  CHECK(field(placed.body, "price") == "80000.0");
  CHECK(field(placed.body, "timeInForce") == "GTC");
  CHECK(test::header(placed, "x-mbx-order-count-1m") == "1");

  const auto account = v.call("GET", "/fapi/v3/account").body;
  CHECK(field(account, "totalOpenOrderInitialMargin") == "40.00000000");
  CHECK(field(account, "availableBalance") == "99960.00000000");
  const auto rows = elements(v.call("GET", "/fapi/v3/positionRisk").body);
  REQUIRE(rows.size() == 1);
  CHECK(field(rows[0], "positionAmt") == "0.000");
  CHECK(field(rows[0], "bidNotional") == "800.00000000");
  CHECK(field(rows[0], "openOrderInitialMargin") == "40.00000000");
  CHECK(field(rows[0], "adl") == "0");

  const std::string named = "symbol=BTCUSDT&origClientOrderId=resting";
  const auto open = elements(v.call("GET", "/fapi/v1/openOrders").body);
  REQUIRE(open.size() == 1);
  CHECK(open[0] == v.call("GET", "/fapi/v1/openOrder", named).body);
  CHECK(field(open[0], "avgPrice") == "0.00000");
  const auto gone = v.call("DELETE", order_path, named);
  CHECK(field(gone.body, "status") == "CANCELED");
  CHECK(outcome_of(v.call("DELETE", order_path, named)) == "400 -2011");
  CHECK(outcome_of(v.call("GET", "/fapi/v1/openOrder", named)) == "400 -2013");
  CHECK(field(v.call("GET", order_path, named).body, "status") == "CANCELED");
  CHECK(v.call("GET", "/fapi/v1/openOrders", "symbol=BTCUSDT").body == "[]");
  CHECK(v.call("GET", "/fapi/v3/positionRisk").body == "[]");
  CHECK(test::story(v.heard(stream)) ==
        "ORDER_TRADE_UPDATE/NEW/NEW ORDER_TRADE_UPDATE/CANCELED/CANCELED");
}

TEST_CASE("a resting order fills as maker, at its price, when the mark reaches it") {
  bench_venue v;
  const auto stream = test::listen(v);
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "83000").status == 200);
  test::tick_at(v, "BTCUSDT", "83000.1");
  CHECK(v.held("BTCUSDT").is_zero());
  test::tick_at(v, "BTCUSDT", "82900");
  CHECK(v.held("BTCUSDT").str() == "0.01");
  const auto trade = elements(v.call("GET", "/fapi/v1/userTrades", "symbol=BTCUSDT").body).front();
  CHECK(field(trade, "maker") == "true");
  CHECK(field(trade, "price") == "83000.0");
  CHECK(field(trade, "commission") == "0.16600000");
  CHECK(test::story(v.heard(stream)) ==
        "ORDER_TRADE_UPDATE/NEW/NEW ACCOUNT_UPDATE ORDER_TRADE_UPDATE/TRADE/FILLED");
  CHECK(test::audit(v) == "");
}

TEST_CASE("an order beyond the best price takes at the best price") {
  bench_venue v;
  const auto r = limit_order(v, "BTCUSDT", "SELL", "0.01", "83000");
  CHECK(field(r.body, "status") == "FILLED");
  const auto trade = elements(v.call("GET", "/fapi/v1/userTrades", "symbol=BTCUSDT").body).front();
  CHECK(field(trade, "price") == "83860.2");
  CHECK(field(trade, "maker") == "false");
}

TEST_CASE("IOC fills what it can and expires with reason 2; FOK all or nothing; GTX never takes") {
  auto s = test::quiet_settings();
  s.fills_max = 50;
  s.seed = 7;
  s.trading.unfit = unfit_order::expired;
  bench_venue v(s);
  const auto stream = test::listen(v);
  const auto some = limit_order(v, "ETHUSDT", "BUY", "10", "3120.45", "&timeInForce=IOC");
  REQUIRE(field(some.body, "status") == "EXPIRED");
  const auto executed = *quantity::parse(field(some.body, "executedQty"));
  CHECK(executed.sign() > 0);
  CHECK(executed < quantity::whole(10));
  CHECK(v.held("ETHUSDT") == executed);
  const auto last = v.heard(stream).back();
  CHECK(field(field(last, "o"), "er") == "2");
  const auto none = limit_order(v, "ETHUSDT", "BUY", "10", "3120.45", "&timeInForce=FOK");
  CHECK(field(none.body, "status") == "EXPIRED");
  CHECK(field(none.body, "executedQty") == "0.000");
  const auto post = limit_order(v, "ETHUSDT", "BUY", "1", "3120.45", "&timeInForce=GTX");
  CHECK(field(post.body, "status") == "EXPIRED");
  CHECK(v.held("ETHUSDT") == executed);
  CHECK(test::audit(v) == "");
}

TEST_CASE("orders that must or must not fill at once are refused without trace by default") {
  auto s = test::quiet_settings();
  s.fills_max = 50;
  s.seed = 7;
  bench_venue v(s);
  CHECK(outcome_of(limit_order(v, "ETHUSDT", "BUY", "10", "3120.45", "&timeInForce=FOK")) ==
        "400 -5021");
  CHECK(test::orders_of(v).empty());
  CHECK(field(limit_order(v, "ETHUSDT", "BUY", "1", "3120.00", "&timeInForce=GTX").body,
              "status") == "NEW");
}

TEST_CASE("a resting order may fill in parts over several ticks") {
  auto s = test::quiet_settings();
  s.fills_max = 50;
  s.seed = 7;
  bench_venue v(s);
  REQUIRE(limit_order(v, "ETHUSDT", "BUY", "1", "3000").status == 200);
  test::tick_at(v, "ETHUSDT", "3000");
  REQUIRE(test::orders_of(v)[0].report.status_text == "PARTIALLY_FILLED");
  const auto rows = elements(v.call("GET", "/fapi/v1/openOrders", "symbol=ETHUSDT").body);
  REQUIRE(rows.size() == 1);
  CHECK(field(rows[0], "avgPrice") == "3000.00000");
  for (int n = 0; n < 500 && !is_final(test::orders_of(v)[0].report.status); ++n)
    v.pass(milliseconds{1'000});
  CHECK(test::orders_of(v)[0].report.status_text == "FILLED");
  CHECK(v.held("ETHUSDT").str() == "1");
  CHECK(test::audit(v) == "");
}

TEST_CASE("an order with an end expires at it") {
  bench_venue v;
  const auto till = (test::start_ms + 700'000) / 1'000 * 1'000;
  const auto r = limit_order(v, "BTCUSDT", "BUY", "0.01", "80000",
                             "&timeInForce=GTD&goodTillDate=" + std::to_string(till));
  REQUIRE(r.status == 200);
  CHECK(field(r.body, "goodTillDate") == std::to_string(till));
  v.pass(milliseconds{690'000});
  CHECK(test::orders_of(v)[0].report.status_text == "NEW");
  v.pass(milliseconds{11'000});
  CHECK(test::orders_of(v)[0].report.status_text == "EXPIRED");
}

TEST_CASE("a changed order keeps its id and takes when its new price allows") {
  bench_venue v;
  const auto stream = test::listen(v);
  const auto id = field(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000").body, "orderId");
  const auto change = [&](const std::string& more) {
    return v.call("PUT", order_path, "symbol=BTCUSDT&side=BUY&orderId=" + id + more);
  };
  CHECK(outcome_of(change("&quantity=0.01&price=80000")) == "400 -5027");
  CHECK(outcome_of(change("&quantity=0.01&price=80000.15")) == "400 -4014");
  const auto moved = change("&quantity=0.02&price=81000");
  CHECK(field(moved.body, "price") == "81000.0");
  CHECK(field(moved.body, "origQty") == "0.020");
  CHECK(field(moved.body, "orderId") == id);
  CHECK(field(change("&quantity=0.02&price=83900").body, "status") == "FILLED");
  CHECK(v.held("BTCUSDT").str() == "0.02");
  CHECK(outcome_of(change("&quantity=0.03&price=83000")) == "400 -2013");
  CHECK(test::story(v.heard(stream)) ==
        "ORDER_TRADE_UPDATE/NEW/NEW ORDER_TRADE_UPDATE/AMENDMENT/NEW "
        "ORDER_TRADE_UPDATE/AMENDMENT/NEW ACCOUNT_UPDATE ORDER_TRADE_UPDATE/TRADE/FILLED");
}

TEST_CASE("all orders of one symbol are cancelled together") {
  bench_venue v;
  for (const auto* at : {"80000", "80001", "80002"})
    REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", at).status == 200);
  REQUIRE(limit_order(v, "ETHUSDT", "BUY", "0.1", "3000").status == 200);
  const auto r = v.call("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT");
  CHECK(field(r.body, "code") == "200");
  CHECK(field(r.body, "msg") == "The operation of cancel all open order is done.");
  CHECK(elements(v.call("GET", "/fapi/v1/openOrders").body).size() == 1);
}

TEST_CASE("a countdown cancels a symbol's orders unless it is set again in time") {
  bench_venue v;
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000").status == 200);
  const auto arm = [&](const char* ms) {
    return v.call("POST", "/fapi/v1/countdownCancelAll",
                  std::string("symbol=BTCUSDT&countdownTime=") + ms);
  };
  CHECK(arm("500").body == R"({"symbol":"BTCUSDT","countdownTime":"500"})");
  CHECK(v.it->next_due() == v.now.steady + milliseconds{500});
  v.pass(milliseconds{499});
  CHECK(arm("500").status == 200);
  v.pass(milliseconds{499});
  CHECK(test::orders_of(v)[0].report.status_text == "NEW");
  v.pass(milliseconds{1});
  CHECK(test::orders_of(v)[0].report.status_text == "CANCELED");
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000").status == 200);
  CHECK(arm("500").status == 200);
  CHECK(arm("0").status == 200);
  v.pass(milliseconds{5'000});
  CHECK(test::orders_of(v)[1].report.status_text == "NEW");
  CHECK(outcome_of(arm("-1")) == "400 -1130");
}

TEST_CASE("open client ids are unique, and a symbol takes only so many orders") {
  auto s = test::quiet_settings();
  s.trading.orders_per_symbol_max = 3;
  bench_venue v(s);
  const std::string id = "&newClientOrderId=mine";
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000", id).status == 200);
  CHECK(outcome_of(limit_order(v, "ETHUSDT", "BUY", "0.1", "3000", id)) == "400 -4116");
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "0.01", id)) == "400 -4116");
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "80001").status == 200);
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "80002").status == 200);
  CHECK(outcome_of(limit_order(v, "BTCUSDT", "BUY", "0.01", "80003")) == "400 -2025");
  CHECK(v.market("BTCUSDT", "BUY", "0.01").status == 200);
}

TEST_CASE("order history is bounded by id, time and limit, and has the longest rows") {
  bench_venue v;
  std::vector<std::string> ids;
  for (int n = 0; n < 4; ++n) {
    ids.push_back(field(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000").body, "orderId"));
    v.pass(milliseconds{1'000});
  }
  REQUIRE(v.market("ETHUSDT", "BUY", "1").status == 200);
  const auto ask = [&](const std::string& more) {
    return elements(v.call("GET", "/fapi/v1/allOrders", more).body);
  };
  CHECK(ask("").size() == 5);
  const auto all = ask("symbol=BTCUSDT");
  REQUIRE(all.size() == 4);
  CHECK(field(all[0], "cumBase") == "0.000");
  CHECK(field(all[0], "pair") == "BTCUSDT");
  CHECK(ask("symbol=BTCUSDT&orderId=" + ids[2]) == std::vector{all[2], all[3]});
  CHECK(ask("symbol=BTCUSDT&limit=1") == std::vector{all[3]});
  const auto second = std::to_string(test::start_ms + 1'000);
  CHECK(ask("symbol=BTCUSDT&startTime=" + second + "&limit=1") == std::vector{all[1]});
}

TEST_CASE("a tested order is checked and leaves no trace") {
  bench_venue v;
  const std::string order = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=";
  const auto r = v.call("POST", "/fapi/v1/order/test", order + "0.01");
  CHECK(r.status == 200);
  CHECK(field(r.body, "avgPrice") == "0.00000");
  CHECK(outcome_of(v.call("POST", "/fapi/v1/order/test", order + "0.0001")) == "400 -1111");
  CHECK(test::orders_of(v).empty());
}

TEST_CASE("a thin book fills a market order in part; the rest expires with reason 9") {
  auto s = test::quiet_settings();
  s.trading.thin_book_percent = 100;
  bench_venue v(s);
  const auto stream = test::listen(v);
  const auto r = v.market("BTCUSDT", "BUY", "0.02");
  CHECK(field(r.body, "status") == "EXPIRED");
  CHECK(field(r.body, "executedQty") == "0.010");
  CHECK(field(field(v.heard(stream).back(), "o"), "er") == "9");
}

TEST_CASE("average price and value stand where the settings say") {
  for (auto [where, in_reply, in_query] :
       {std::tuple{average_fields::in_queries, "", "83860.20000"},
        std::tuple{average_fields::everywhere, "83860.20000", "83860.20000"},
        std::tuple{average_fields::nowhere, "", ""}}) {
    auto s = test::quiet_settings();
    s.trading.averages = where;
    bench_venue v(s);
    const auto r = v.market("BTCUSDT", "BUY", "0.01", "&newClientOrderId=a");
    CHECK(field(r.body, "avgPrice") == in_reply);
    CHECK(field(v.call("GET", order_path, "symbol=BTCUSDT&origClientOrderId=a").body, "avgPrice") ==
          in_query);
  }
}

TEST_CASE("the venue finds the price when it is asked to match one") {
  auto s = test::quiet_settings();
  s.half_spread_bp = 1;
  bench_venue v(s);
  const auto match = [&](const char* side, const char* word) {
    return v.call("POST", order_path,
                  std::string("symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&quantity=0.01&side=") +
                      side + "&priceMatch=" + word + "&newOrderRespType=RESULT");
  };
  const auto queued = match("BUY", "QUEUE_5").body;
  CHECK(field(queued, "status") == "NEW");
  CHECK(field(queued, "price") == "83851.4");
  CHECK(field(queued, "priceMatch") == "QUEUE_5");
  CHECK(field(match("SELL", "QUEUE").body, "price") == "83868.6");
  const auto taking = match("BUY", "OPPONENT").body;
  CHECK(field(taking, "status") == "FILLED");
  CHECK(field(taking, "price") == "83868.6");
  CHECK(outcome_of(match("BUY", "OPPONENT_10")) == "400 -1130");
}

TEST_CASE("the venue forgets an unfilled order after three days, a filled one after ninety") {
  bench_venue v;
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000", "&newClientOrderId=idle").status ==
          200);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01", "&newClientOrderId=done").status == 200);
  const auto ask = [&](const std::string& id) {
    return outcome_of(v.call("GET", order_path, "symbol=BTCUSDT&origClientOrderId=" + id));
  };
  constexpr milliseconds day{86'400'000};
  v.pass(4 * day);
  CHECK(ask("idle") == "200");
  REQUIRE(v.call("DELETE", order_path, "symbol=BTCUSDT&origClientOrderId=idle").status == 200);
  v.pass(2 * day);
  CHECK(ask("idle") == "200");
  v.pass(2 * day);
  CHECK(ask("idle") == "400 -2013");
  CHECK(ask("done") == "200");
  v.pass(85 * day);
  CHECK(ask("done") == "400 -2013");
}
