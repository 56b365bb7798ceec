// Reduce-only orders: never more than the position, whatever rests, fills or flips meanwhile.
#include "simulator/support/trader.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::field;
using test::limit_order;
using test::outcome_of;

namespace {

const std::string reduce = "&reduceOnly=true";

bench_venue long_of(const std::string& amount, settings s = test::quiet_settings()) {
  bench_venue v(std::move(s));
  REQUIRE(v.market("BTCUSDT", "BUY", amount).status == 200);
  return v;
}

}  // namespace

TEST_CASE("a reduce-only order without a position, or on its side, is refused") {
  bench_venue v;
  CHECK(outcome_of(limit_order(v, "BTCUSDT", "SELL", "0.01", "84000", reduce)) == "400 -2022");
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  CHECK(outcome_of(limit_order(v, "BTCUSDT", "BUY", "0.01", "83000", reduce)) == "400 -2022");
}

TEST_CASE("a resting full-size take-profit makes every further reduce-only close fail") {
  auto v = long_of("0.02");
  REQUIRE(limit_order(v, "BTCUSDT", "SELL", "0.02", "85000", reduce).status == 200);
  const auto refused = v.market("BTCUSDT", "SELL", "0.01", reduce);
  CHECK(outcome_of(refused) == "400 -4118");
  CHECK(field(refused.body, "msg") ==
        "ReduceOnly Order Failed. Please check your existing position and open orders.");
  REQUIRE(v.call("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT").status == 200);
  CHECK(v.market("BTCUSDT", "SELL", "0.01", reduce).status == 200);
}

TEST_CASE("closing without reduce-only goes through beside a resting reduce-only order") {
  auto v = long_of("0.02");
  REQUIRE(limit_order(v, "BTCUSDT", "SELL", "0.02", "85000", reduce).status == 200);
  CHECK(v.market("BTCUSDT", "SELL", "0.02").status == 200);
  CHECK(v.held("BTCUSDT").is_zero());
}

TEST_CASE("a close may knock out resting reduce-only orders when the venue is set so") {
  auto s = test::quiet_settings();
  s.trading.conflict = reduce_conflict::knock_out;
  auto v = long_of("0.02", s);
  const auto stream = test::listen(v);
  REQUIRE(limit_order(v, "BTCUSDT", "SELL", "0.02", "85000", reduce).status == 200);
  REQUIRE(v.market("BTCUSDT", "SELL", "0.02", reduce).status == 200);
  CHECK(v.held("BTCUSDT").is_zero());
  const auto last = field(v.heard(stream).back(), "o");
  CHECK(field(last, "X") == "EXPIRED");
  CHECK(field(last, "er") == "4");
}

TEST_CASE("resting reduce-only orders shrink with the position, the worst price first") {
  auto v = long_of("0.03");
  REQUIRE(limit_order(v, "BTCUSDT", "SELL", "0.02", "85000", reduce).status == 200);
  REQUIRE(limit_order(v, "BTCUSDT", "SELL", "0.01", "84500", reduce).status == 200);
  const auto stream = test::listen(v);
  REQUIRE(v.it->trade(symbol{"BTCUSDT"}, side::sell, *quantity::parse("0.015"), v.now));
  auto orders = test::orders_of(v);
  CHECK(orders[1].report.original.str() == "0.005");
  CHECK(orders[2].report.original.str() == "0.01");
  const auto told = field(v.heard(stream).back(), "o");
  CHECK(field(told, "x") == "AMENDMENT");
  CHECK(field(told, "q") == "0.005");
  REQUIRE(v.it->trade(symbol{"BTCUSDT"}, side::sell, *quantity::parse("0.01"), v.now));
  orders = test::orders_of(v);
  CHECK(orders[1].report.status_text == "EXPIRED");
  CHECK(orders[1].expiry_reason == 4);
  CHECK(orders[2].report.original.str() == "0.005");
  test::tick_at(v, "BTCUSDT", "86000");
  CHECK(v.held("BTCUSDT").is_zero());
  CHECK(test::audit(v) == "");
}

TEST_CASE("where orders are not shrunk, those that no longer fit expire") {
  auto s = test::quiet_settings();
  s.oversized = oversized_reduce::reject;
  auto v = long_of("0.03", s);
  CHECK(outcome_of(limit_order(v, "BTCUSDT", "SELL", "0.04", "85000", reduce)) == "400 -2022");
  REQUIRE(limit_order(v, "BTCUSDT", "SELL", "0.03", "85000", reduce).status == 200);
  REQUIRE(v.it->trade(symbol{"BTCUSDT"}, side::sell, *quantity::parse("0.01"), v.now));
  CHECK(test::orders_of(v)[1].report.status_text == "EXPIRED");
}

TEST_CASE("a flip by a person expires reduce-only orders that would now add to the position") {
  auto v = long_of("0.02");
  REQUIRE(limit_order(v, "BTCUSDT", "SELL", "0.02", "85000", reduce).status == 200);
  REQUIRE(v.it->trade(symbol{"BTCUSDT"}, side::sell, *quantity::parse("0.05"), v.now));
  CHECK(v.held("BTCUSDT").str() == "-0.03");
  CHECK(test::orders_of(v)[1].report.status_text == "EXPIRED");
  test::tick_at(v, "BTCUSDT", "86000");
  CHECK(v.held("BTCUSDT").str() == "-0.03");
}

TEST_CASE("a changed reduce-only order cannot outgrow the position") {
  auto v = long_of("0.02");
  const auto id = field(limit_order(v, "BTCUSDT", "SELL", "0.01", "85000", reduce).body, "orderId");
  const auto change = [&](const char* amount) {
    return v.call("PUT", "/fapi/v1/order",
                  "symbol=BTCUSDT&side=SELL&price=85100&orderId=" + id + "&quantity=" + amount);
  };
  CHECK(outcome_of(change("0.03")) == "400 -2022");
  CHECK(change("0.02").status == 200);
}

TEST_CASE("a resting reduce-only order is exempt from the least value and binds no margin") {
  auto v = long_of("0.02");
  const auto before = field(v.call("GET", "/fapi/v3/account").body, "totalInitialMargin");
  CHECK(outcome_of(limit_order(v, "ETHUSDT", "SELL", "0.005", "3200")) == "400 -4164");
  CHECK(v.it->set_mark(symbol{"BTCUSDT"}, price::whole(40'000)));
  CHECK(limit_order(v, "BTCUSDT", "SELL", "0.001", "41000", reduce).status == 200);
  CHECK(field(v.call("GET", "/fapi/v3/account").body, "totalOpenOrderInitialMargin") ==
        "0.00000000");
  CHECK(before != "0.00000000");
}
