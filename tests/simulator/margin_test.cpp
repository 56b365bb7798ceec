// Leverage, brackets, funding, and what the venue does to an account by force.
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

reply leverage(bench_venue& v, const std::string& to, const std::string& symbol = "BTCUSDT") {
  return v.call("POST", "/fapi/v1/leverage", "symbol=" + symbol + "&leverage=" + to);
}

settings poor(std::int64_t balance) {
  auto s = test::quiet_settings();
  s.account.balance = notional::whole(balance);
  return s;
}

}  // namespace

TEST_CASE("leverage is set per symbol, told once, and shown with what may be held at it") {
  bench_venue v;
  const auto stream = test::listen(v);
  CHECK(leverage(v, "50").body ==
        R"({"leverage":50,"maxNotionalValue":"12000000","symbol":"BTCUSDT"})");
  CHECK(leverage(v, "50").status == 200);
  const auto texts = v.heard(stream);
  REQUIRE(texts.size() == 1);
  CHECK(field(texts[0], "e") == "ACCOUNT_CONFIG_UPDATE");
  CHECK(field(texts[0], "ac") == R"({"s":"BTCUSDT","l":50})");
  const auto rows = elements(v.call("GET", "/fapi/v1/symbolConfig").body);
  CHECK(rows.size() == 64);
  CHECK(v.call("GET", "/fapi/v1/symbolConfig", "symbol=BTCUSDT").body ==
        R"([{"symbol":"BTCUSDT","marginType":"CROSSED","isAutoAddMargin":false,"leverage":50,)"
        R"("maxNotionalValue":"12000000"}])");
  CHECK(outcome_of(leverage(v, "126")) == "400 -4028");
  CHECK(outcome_of(leverage(v, "0")) == "400 -4028");
  CHECK(outcome_of(v.call("POST", "/fapi/v1/leverage", "symbol=BTCUSDT")) == "400 -1102");
}

TEST_CASE("an order binds margin by its symbol's leverage") {
  bench_venue v(poor(1'000));
  REQUIRE(leverage(v, "1").status == 200);
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "0.012")) == "400 -2019");
  REQUIRE(leverage(v, "2").status == 200);
  CHECK(v.market("BTCUSDT", "BUY", "0.012").status == 200);
  CHECK(outcome_of(leverage(v, "1")) == "400 -2028");
}

TEST_CASE("a bracket caps what may be held at a leverage") {
  bench_venue v(poor(100'000'000));
  REQUIRE(leverage(v, "125").status == 200);
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "4")) == "400 -2027");
  CHECK(v.market("BTCUSDT", "BUY", "3").status == 200);
  REQUIRE(leverage(v, "20").status == 200);
  REQUIRE(v.market("BTCUSDT", "BUY", "30").status == 200);
  CHECK(outcome_of(leverage(v, "125")) == "400 -2027");
}

TEST_CASE("brackets are numbers, each step continuing the maintenance of the one before") {
  bench_venue v;
  const auto body = v.call("GET", "/fapi/v1/leverageBracket", "symbol=BTCUSDT").body;
  CHECK(body.find(R"("maintMarginRatio":0.004,"cum":0})") != std::string::npos);
  CHECK(body.find(R"("maintMarginRatio":0.005,"cum":300})") != std::string::npos);
  const auto row = elements(body).front();
  const auto steps = elements(field(row, "brackets"));
  CHECK(field(steps[1], "notionalFloor") == field(steps[0], "notionalCap"));
  CHECK(elements(v.call("GET", "/fapi/v1/leverageBracket").body).size() == 64);
}

TEST_CASE("limits of orders and fees are told") {
  bench_venue v;
  const auto limits = elements(v.call("GET", "/fapi/v1/rateLimit/order").body);
  REQUIRE(limits.size() == 2);
  CHECK(field(limits[0], "limit") == "300");
  CHECK(field(limits[1], "interval") == "MINUTE");
  const auto fees = v.call("GET", "/fapi/v1/commissionRate", "symbol=BTCUSDT").body;
  CHECK(field(fees, "makerCommissionRate") == "0.0002");
  CHECK(field(fees, "takerCommissionRate") == "0.0004");
}

TEST_CASE("multi-assets mode is shown, told, and not set twice") {
  bench_venue v;
  const auto stream = test::listen(v);
  const std::string path = "/fapi/v1/multiAssetsMargin";
  CHECK(v.call("POST", path, "multiAssetsMargin=true").status == 200);
  CHECK(outcome_of(v.call("POST", path, "multiAssetsMargin=true")) == "400 -4171");
  CHECK(v.call("GET", path).body == R"({"multiAssetsMargin":true})");
  CHECK(field(v.call("GET", "/fapi/v1/accountConfig").body, "multiAssetsMargin") == "true");
  CHECK(field(v.heard(stream).at(0), "ai") == R"({"j":true})");
}

TEST_CASE("an account is warned, then liquidated: orders end, the heaviest position goes first") {
  bench_venue v(poor(500));
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  REQUIRE(v.market("ETHUSDT", "BUY", "0.1").status == 200);
  REQUIRE(limit_order(v, "ETHUSDT", "BUY", "0.01", "3000").status == 200);
  const auto stream = test::listen(v);
  test::tick_at(v, "BTCUSDT", "79300");
  auto texts = v.heard(stream);
  REQUIRE(texts.size() == 1);
  CHECK(field(texts[0], "e") == "MARGIN_CALL");
  CHECK(elements(field(texts[0], "p")).size() == 2);
  v.pass(milliseconds{1'000});
  CHECK(v.heard(stream).empty());

  test::tick_at(v, "BTCUSDT", "79000");
  CHECK(v.held("BTCUSDT").is_zero());
  CHECK(v.held("ETHUSDT").str() == "0.1");
  texts = v.heard(stream);
  CHECK(test::story(texts) ==
        "ORDER_TRADE_UPDATE/EXPIRED/EXPIRED ACCOUNT_UPDATE ORDER_TRADE_UPDATE/CALCULATED/FILLED");
  CHECK(field(field(texts[0], "o"), "er") == "5");
  const auto order = field(texts[2], "o");
  CHECK(field(order, "c").starts_with("autoclose-"));
  CHECK(field(order, "o") == "LIMIT");
  CHECK(test::audit(v) == "");
}

TEST_CASE("a gap that eats more than the wallet is covered by the insurance fund") {
  bench_venue v(poor(500));
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  const auto stream = test::listen(v);
  test::tick_at(v, "BTCUSDT", "70000");
  const auto books = test::books_of(v);
  CHECK(books.wallet.is_zero());
  CHECK(books.cleared.sign() > 0);
  const auto last = v.heard(stream).back();
  CHECK(field(field(last, "a"), "m") == "INSURANCE_CLEAR");
  CHECK(test::audit(v) == "");
}

TEST_CASE("funding is paid every eight hours by longs to shorts, told without positions") {
  for (auto [list, names] : {std::pair{funding_positions::absent, "B S m"},
                             std::pair{funding_positions::empty, "B P S m"}}) {
    auto s = test::quiet_settings();
    s.trading.funding_list = list;
    s.listen_key_life = milliseconds{40'000'000};
    bench_venue v(s);
    REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
    REQUIRE(v.market("ETHUSDT", "SELL", "1").status == 200);
    const auto stream = test::listen(v);
    const auto index = v.get_public("/fapi/v1/premiumIndex", "symbol=BTCUSDT").body;
    CHECK(field(index, "lastFundingRate") == "0.00010000");
    const auto due = std::stoll(field(index, "nextFundingTime")) - v.now.venue.ms;
    v.pass(milliseconds{due - 1});
    CHECK(test::books_of(v).fundings.empty());
    v.pass(milliseconds{1'000});
    const auto books = test::books_of(v);
    REQUIRE(books.fundings.size() == 2);
    CHECK(books.fundings[0].amount.str() == "-0.838602");
    CHECK(books.fundings[1].amount.str() == "0.312045");
    const auto texts = v.heard(stream);
    REQUIRE(texts.size() == 2);
    CHECK(test::names_of(field(texts[0], "a")) == names);
    CHECK(field(field(texts[0], "a"), "m") == "FUNDING_FEE");
    CHECK(field(field(texts[0], "a"), "S") == "BTCUSDT");
    CHECK(field(elements(field(field(texts[0], "a"), "B"))[0], "bc") == "-0.83860200");
    CHECK(test::audit(v) == "");
  }
}

TEST_CASE("deleveraging takes a part of the position under the venue's constant id, free of fee") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  const auto stream = test::listen(v);
  const auto adl = [&](const std::string& more) {
    return v.control("POST", "/sim/adl", R"({"symbol":"BTCUSDT","quantity":"0.04")" + more + "}");
  };
  REQUIRE(adl("").status == 200);
  REQUIRE(adl(R"(,"execution":"TRADE","status":"NEW_ADL")").status == 200);
  CHECK(v.held("BTCUSDT").str() == "0.02");
  const auto texts = v.heard(stream);
  REQUIRE(texts.size() == 4);
  const auto first = field(texts[1], "o");
  CHECK(field(first, "c") == "adl_autoclose");
  CHECK(field(first, "x") == "CALCULATED");
  CHECK(field(first, "n") == "");
  const auto second = field(texts[3], "o");
  CHECK(field(second, "c") == "adl_autoclose");
  CHECK(field(second, "x") == "TRADE");
  CHECK(field(second, "X") == "NEW_ADL");
  REQUIRE(v.control("POST", "/sim/liquidate", R"({"symbol":"BTCUSDT"})").status == 200);
  CHECK(v.held("BTCUSDT").is_zero());
  CHECK(adl("").status == 400);
  const auto forced = [&](const std::string& kind) {
    return elements(v.call("GET", "/fapi/v1/forceOrders", "autoCloseType=" + kind).body);
  };
  CHECK(forced("ADL").size() == 2);
  REQUIRE(forced("LIQUIDATION").size() == 1);
  CHECK(field(forced("LIQUIDATION")[0], "clientOrderId").starts_with("autoclose-"));
  CHECK(field(forced("LIQUIDATION")[0], "cumBase") == "0.020");
  CHECK(elements(v.call("GET", "/fapi/v1/forceOrders", "limit=1").body).size() == 1);
  CHECK(outcome_of(v.call("GET", "/fapi/v1/forceOrders", "autoCloseType=X")) == "400 -1130");
  CHECK(test::audit(v) == "");
}

TEST_CASE("settling a symbol ends its orders, closes positions, and stops its trading") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000").status == 200);
  REQUIRE(test::algo_order(v, "STOP_MARKET", "BTCUSDT", "SELL",
                           "&quantity=0.1&triggerPrice=80000&clientAlgoId=s")
              .status == 200);
  const auto stream = test::listen(v);
  REQUIRE(v.control("POST", "/sim/settle", R"({"symbol":"BTCUSDT"})").status == 200);
  CHECK(v.held("BTCUSDT").is_zero());
  const auto texts = v.heard(stream);
  CHECK(test::story(texts) ==
        "ORDER_TRADE_UPDATE/EXPIRED/EXPIRED ALGO_UPDATE/EXPIRED ACCOUNT_UPDATE "
        "ORDER_TRADE_UPDATE/TRADE/FILLED");
  CHECK(field(field(texts[0], "o"), "er") == "7");
  CHECK(field(field(texts[3], "o"), "c").starts_with("settlement_autoclose-"));
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "0.1")) == "400 -4141");
  const auto info = v.get_public("/fapi/v1/exchangeInfo");
  CHECK(field(elements(field(info.body, "symbols"))[0], "status") == "SETTLING");
}

TEST_CASE("a person's orders, cancels, leverage and mode change the account like anyone's") {
  bench_venue v;
  const auto stream = test::listen(v);
  const auto say = [&](const char* verb, const char* body) {
    return v.control("POST", std::string("/sim/") + verb, body).status;
  };
  CHECK(say("order", R"({"symbol":"BTCUSDT","side":"BUY","quantity":"0.01","price":"80000"})") ==
        200);
  CHECK(say("leverage", R"({"symbol":"BTCUSDT","leverage":10})") == 200);
  CHECK(say("position_mode", R"({"hedge":true})") == 400);
  CHECK(say("cancel", R"({"symbol":"BTCUSDT"})") == 200);
  CHECK(say("position_mode", R"({"hedge":true})") == 200);
  CHECK(say("order", R"({"symbol":"BTCUSDT","side":"BUY","quantity":"0.01","leg":"LONG"})") == 200);
  CHECK(say("multi_assets", R"({"on":true})") == 200);
  CHECK(say("order", R"({"symbol":"BTCUSDT","side":"UP","quantity":"0.01"})") == 400);
  CHECK(say("cancel", R"({"symbol":"BTCUSDT","account":7})") == 400);
  CHECK(test::story(v.heard(stream)) ==
        "ORDER_TRADE_UPDATE/NEW/NEW ACCOUNT_CONFIG_UPDATE ORDER_TRADE_UPDATE/CANCELED/CANCELED "
        "ORDER_TRADE_UPDATE/NEW/NEW ACCOUNT_UPDATE ORDER_TRADE_UPDATE/TRADE/FILLED "
        "ACCOUNT_CONFIG_UPDATE");
}

TEST_CASE("filters that change are in exchangeInfo at once and hold for the next order") {
  bench_venue v;
  CHECK(v.market("BTCUSDT", "BUY", "0.001").status == 200);
  const auto change = [&](const char* what) {
    return v.control("POST", "/sim/symbol", std::string(R"({"symbol":"BTCUSDT",)") + what + "}")
        .status;
  };
  CHECK(change(R"("step":"0.01","tick":"1","min_notional":"100")") == 200);
  const auto row = elements(field(v.get_public("/fapi/v1/exchangeInfo").body, "symbols"))[0];
  CHECK(field(elements(field(row, "filters"))[0], "tickSize") == "1");
  CHECK(field(elements(field(row, "filters"))[1], "stepSize") == "0.01");
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "0.001")) == "400 -1111");
  CHECK(outcome_of(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000.5")) == "400 -4014");
  CHECK(change(R"("step":"0")") == 400);
  CHECK(change(R"("step":"much")") == 400);
}
