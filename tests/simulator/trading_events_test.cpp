// Events of trading: their order, the lean trade event, extra legs, and the exported ledger.
#include <algorithm>
#include <set>

#include "simulator/support/trader.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::elements;
using test::field;

TEST_CASE("a trade is told lean first, then as account, then as order") {
  auto s = test::quiet_settings();
  s.trading.lite = trade_lite::sent;
  bench_venue v(s);
  const auto stream = test::listen(v);
  const auto placed = v.market("BTCUSDT", "BUY", "0.01", "&newClientOrderId=lean");
  const auto texts = v.heard(stream);
  CHECK(test::story(texts) ==
        "ORDER_TRADE_UPDATE/NEW/NEW TRADE_LITE ACCOUNT_UPDATE ORDER_TRADE_UPDATE/TRADE/FILLED");
  CHECK(test::names_of(texts[1]) == "E L S T c e i l m p q s t");
  CHECK(field(texts[1], "c") == "lean");
  CHECK(field(texts[1], "i") == field(placed.body, "orderId"));
  CHECK(field(texts[1], "L") == "83860.2");
  CHECK(field(texts[1], "t") == field(field(texts[3], "o"), "t"));
}

TEST_CASE("shuffled events change their order across types only") {
  auto s = test::quiet_settings();
  s.trading.events = event_order::shuffled;
  s.fills_max = 5;
  bench_venue v(s);
  const auto stream = test::listen(v);
  std::set<std::string> stories;
  for (int n = 0; n < 30; ++n) {
    REQUIRE(v.market("BTCUSDT", "BUY", "0.02").status == 200);
    const auto texts = v.heard(stream);
    stories.insert(test::story(texts));
    quantity so_far;
    std::string position;
    for (const auto& t : texts) {
      if (field(t, "e") == "ACCOUNT_UPDATE") {
        const auto now = field(elements(field(field(t, "a"), "P"))[0], "pa");
        CHECK((position.empty() || *quantity::parse(now) > *quantity::parse(position)));
        position = now;
        continue;
      }
      const auto sum = *quantity::parse(field(field(t, "o"), "z"));
      CHECK((field(field(t, "o"), "x") == "NEW" ? so_far.is_zero() : sum > so_far));
      so_far = sum;
    }
    CHECK(so_far.str() == "0.02");
  }
  CHECK(stories.size() > 5);
}

TEST_CASE("zero legs stand beside a one-way position when the venue is set so") {
  auto s = test::quiet_settings();
  s.trading.extra_legs = zero_legs::sent;
  bench_venue v(s);
  const auto stream = test::listen(v);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  const auto legs = elements(field(field(v.heard(stream).at(1), "a"), "P"));
  REQUIRE(legs.size() == 3);
  CHECK(field(legs[0], "ps") == "BOTH");
  CHECK(field(legs[1], "pa") == "0");
  CHECK(field(legs[2], "ps") == "SHORT");
}

TEST_CASE("the exported ledger shows open orders, legs, conditional orders and sums") {
  auto s = test::quiet_settings();
  s.trading.hedge_mode = true;
  bench_venue v(s);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.02", "&positionSide=LONG").status == 200);
  REQUIRE(test::limit_order(v, "BTCUSDT", "SELL", "0.01", "85000", "&positionSide=LONG").status ==
          200);
  REQUIRE(test::algo_order(v, "STOP_MARKET", "BTCUSDT", "SELL",
                           "&positionSide=LONG&quantity=0.01&triggerPrice=80000&clientAlgoId=s")
              .status == 200);
  const auto ledger = v.control("GET", "/sim/ledger").body;
  const auto account = elements(field(ledger, "accounts")).front();
  CHECK(field(account, "hedge_mode") == "true");
  CHECK(field(account, "funding") == "0");
  const auto orders = elements(field(account, "orders"));
  REQUIRE(orders.size() == 2);
  CHECK(field(orders[0], "open") == "false");
  CHECK(field(orders[1], "open") == "true");
  CHECK(field(orders[1], "leg") == "long");
  CHECK(field(orders[1], "price") == "85000");
  CHECK(field(elements(field(account, "positions"))[0], "leg") == "long");
  CHECK(field(elements(field(account, "fills"))[0], "leg") == "long");
  const auto algo = elements(field(account, "algos")).front();
  CHECK(field(algo, "status") == "NEW");
  CHECK(field(algo, "client_algo_id") == "s");
}

TEST_CASE("an order of several trades has one account event when the venue is set so") {
  for (auto [updates, each] : {std::pair{account_updates::per_trade, true},
                               std::pair{account_updates::per_order, false}}) {
    auto s = test::quiet_settings();
    s.trading.updates = updates;
    s.fills_max = 8;
    s.seed = 7;
    bench_venue v(s);
    const auto stream = test::listen(v);
    REQUIRE(v.market("ETHUSDT", "BUY", "1").status == 200);
    const auto trades = test::books_of(v).fills.size();
    REQUIRE(trades > 1);
    std::vector<std::string> told;
    for (const auto& t : v.heard(stream))
      if (field(t, "e") == "ACCOUNT_UPDATE")
        told.push_back(field(elements(field(field(t, "a"), "P"))[0], "pa"));
    CHECK(told.size() == (each ? trades : 1));
    CHECK(told.back() == "1.000");
  }
}
