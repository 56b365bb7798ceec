// How long orders last and how their prices are found: GTD, price match, and what is not to be had.
#include "simulator/support/trader.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::algo_order;
using test::bench_venue;
using test::field;
using test::limit_order;
using test::outcome_of;

namespace {

const std::string order_path = "/fapi/v1/order";
const std::string algo_path = "/fapi/v1/algoOrder";

std::string query(bench_venue& v, const std::string& id) {
  return v.call("GET", order_path, "symbol=BTCUSDT&origClientOrderId=" + id).body;
}

std::string matched(bench_venue& v, const std::string& side, const std::string& word) {
  return field(v.call("POST", order_path,
                      "symbol=BTCUSDT&type=LIMIT&timeInForce=GTC&quantity=0.01&side=" + side +
                          "&newOrderRespType=RESULT&priceMatch=" + word)
                   .body,
               "price");
}

}  // namespace

TEST_CASE("RPI is refused: no symbol of the venue lists it") {
  bench_venue v;
  CHECK(outcome_of(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000", "&timeInForce=RPI")) ==
        "400 -1115");
  CHECK(outcome_of(algo_order(v, "STOP", "BTCUSDT", "SELL",
                              "&quantity=0.01&triggerPrice=80000&price=79900&timeInForce=RPI")) ==
        "400 -1115");
  CHECK(v.get_public("/fapi/v1/exchangeInfo").body.find("RPI") == std::string::npos);
}

TEST_CASE("a price match takes a level of the book: the other side's or the own one's") {
  auto s = test::quiet_settings();
  s.half_spread_bp = 1;
  bench_venue v(s);
  test::tick_at(v, "BTCUSDT", "80000");
  CHECK(matched(v, "BUY", "OPPONENT") == "80008.0");
  CHECK(matched(v, "BUY", "OPPONENT_5") == "80008.4");
  CHECK(matched(v, "BUY", "QUEUE") == "79992.0");
  CHECK(matched(v, "SELL", "QUEUE_20") == "80009.9");
  CHECK(matched(v, "SELL", "OPPONENT") == "79992.0");
}

TEST_CASE("price matches that are suspended, unknown, or on a market order are refused") {
  bench_venue v;
  const std::string limit = "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=0.01";
  for (const auto* word : {"OPPONENT_10", "OPPONENT_20", "BEST"})
    CHECK(outcome_of(v.call("POST", order_path, limit + "&priceMatch=" + word)) == "400 -1130");
  CHECK(outcome_of(v.call("POST", order_path, limit + "&price=80000&priceMatch=QUEUE")) ==
        "400 -1106");
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "0.01", "&priceMatch=QUEUE")) == "400 -1106");
  CHECK(test::orders_of(v).empty());
}

TEST_CASE("a conditional order good till a date expires there if nothing has triggered it") {
  bench_venue v;
  const auto stream = test::listen(v);
  const auto date = (v.now.venue.ms + 700'000) / 1'000 * 1'000;
  const auto r = algo_order(v, "STOP", "BTCUSDT", "SELL",
                            "&quantity=0.01&triggerPrice=80000&price=79900&timeInForce=GTD"
                            "&clientAlgoId=g&goodTillDate=" +
                                std::to_string(date + 1));
  REQUIRE(r.status == 200);
  CHECK(field(r.body, "goodTillDate") == std::to_string(date));
  v.pass(milliseconds{date - v.now.venue.ms - 1'000});
  CHECK(field(v.call("GET", algo_path, "clientAlgoId=g").body, "algoStatus") == "NEW");
  v.pass(milliseconds{1'000});
  CHECK(field(v.call("GET", algo_path, "clientAlgoId=g").body, "algoStatus") == "EXPIRED");
  CHECK(test::story(v.heard(stream)) == "ALGO_UPDATE/NEW ALGO_UPDATE/EXPIRED");
}

TEST_CASE("the order that a GTD one becomes ends at the same date") {
  bench_venue v;
  const auto date = (v.now.venue.ms + 700'000) / 1'000 * 1'000;
  REQUIRE(algo_order(v, "STOP", "BTCUSDT", "BUY",
                     "&quantity=0.01&triggerPrice=84000&price=83000&timeInForce=GTD"
                     "&clientAlgoId=g&goodTillDate=" +
                         std::to_string(date))
              .status == 200);
  test::tick_at(v, "BTCUSDT", "84000");
  CHECK(field(query(v, "g"), "status") == "NEW");
  CHECK(field(query(v, "g"), "timeInForce") == "GTD");
  CHECK(field(query(v, "g"), "goodTillDate") == std::to_string(date));
  v.pass(milliseconds{date - v.now.venue.ms});
  CHECK(field(query(v, "g"), "status") == "EXPIRED");
}

TEST_CASE("a date is needed by GTD and refused beside anything else, for conditional orders too") {
  bench_venue v;
  const auto ask = [&](const std::string& more) {
    return outcome_of(algo_order(v, "STOP_MARKET", "BTCUSDT", "SELL",
                                 "&quantity=0.01&triggerPrice=80000" + more));
  };
  const auto soon = std::to_string(v.now.venue.ms + 600'000);
  const auto late = std::to_string(v.now.venue.ms + 700'000);
  CHECK(ask("&timeInForce=GTD") == "400 -1102");
  CHECK(ask("&timeInForce=GTD&goodTillDate=" + soon) == "400 -1130");
  CHECK(ask("&timeInForce=GTC&goodTillDate=" + late) == "400 -1106");
  CHECK(ask("&goodTillDate=" + late) == "400 -1106");
  CHECK(ask("&timeInForce=GTD&goodTillDate=" + late) == "200");
}

TEST_CASE("a conditional order's price match finds its price when it fires") {
  bench_venue v;
  const std::string stop = "&quantity=0.01&triggerPrice=84000";
  const auto r = algo_order(v, "STOP", "BTCUSDT", "BUY", stop + "&priceMatch=QUEUE&clientAlgoId=q");
  REQUIRE(r.status == 200);
  CHECK(field(r.body, "priceMatch") == "QUEUE");
  CHECK(field(r.body, "price") == "0.0");
  test::tick_at(v, "BTCUSDT", "84100");
  const auto order = query(v, "q");
  CHECK(field(order, "price") == "84100.0");
  CHECK(field(order, "priceMatch") == "QUEUE");
  CHECK(outcome_of(algo_order(v, "STOP", "BTCUSDT", "BUY",
                              "&quantity=0.01&triggerPrice=85000&price=85000&priceMatch=QUEUE")) ==
        "400 -1106");
  CHECK(outcome_of(algo_order(v, "STOP", "BTCUSDT", "BUY",
                              "&quantity=0.01&triggerPrice=85000&priceMatch=OPPONENT_20")) ==
        "400 -1130");
  CHECK(outcome_of(algo_order(v, "STOP_MARKET", "BTCUSDT", "BUY",
                              "&quantity=0.01&triggerPrice=85000&priceMatch=QUEUE")) ==
        "400 -1106");
}

TEST_CASE("the way to prevent self-trades is taken from the known ones and shown as asked") {
  bench_venue v;
  const auto stream = test::listen(v);
  const std::string both = "&selfTradePreventionMode=EXPIRE_BOTH";
  const auto r = limit_order(v, "BTCUSDT", "BUY", "0.01", "80000", both);
  CHECK(field(r.body, "selfTradePreventionMode") == "EXPIRE_BOTH");
  CHECK(field(field(v.heard(stream).at(0), "o"), "V") == "EXPIRE_BOTH");
  const auto plain = limit_order(v, "BTCUSDT", "BUY", "0.01", "80000");
  CHECK(field(plain.body, "selfTradePreventionMode") == "EXPIRE_MAKER");
  const std::string stop = "&quantity=0.01&triggerPrice=84000&clientAlgoId=s";
  REQUIRE(algo_order(v, "STOP_MARKET", "BTCUSDT", "BUY", stop + both).status == 200);
  test::tick_at(v, "BTCUSDT", "84000");
  CHECK(field(query(v, "s"), "selfTradePreventionMode") == "EXPIRE_BOTH");
  CHECK(outcome_of(algo_order(v, "STOP_MARKET", "BTCUSDT", "BUY",
                              "&quantity=0.01&triggerPrice=85000&selfTradePreventionMode=ALL")) ==
        "400 -1130");
  CHECK(outcome_of(algo_order(v, "STOP_MARKET", "BTCUSDT", "BUY",
                              "&quantity=0.01&triggerPrice=85000&newOrderRespType=FULL")) ==
        "400 -1130");
}

TEST_CASE("a changed order answers with the number of the change and its pair") {
  bench_venue v;
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000", "&newClientOrderId=a").status == 200);
  const auto change = [&](const std::string& price) {
    return v.call("PUT", order_path,
                  "symbol=BTCUSDT&side=BUY&quantity=0.01&origClientOrderId=a&price=" + price);
  };
  CHECK(field(change("80001").body, "modifyId") == "1");
  const auto again = change("80002").body;
  CHECK(field(again, "modifyId") == "2");
  CHECK(field(again, "pair") == "BTCUSDT");
}

TEST_CASE("trades are listed for ninety days") {
  bench_venue v;
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  const auto trades = [&] {
    return test::elements(v.call("GET", "/fapi/v1/userTrades", "symbol=BTCUSDT").body).size();
  };
  constexpr milliseconds day{86'400'000};
  v.pass(90 * day);
  CHECK(trades() == 1);
  v.pass(milliseconds{1});
  CHECK(trades() == 0);
}
