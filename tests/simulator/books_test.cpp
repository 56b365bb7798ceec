// Whatever is traded, the venue's books add up to the last digit.
#include <rapidcheck.h>

#include "simulator/support/bench_venue.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;

namespace {

/// Recomputes wallet and position from the list of fills alone.
void check_books(const bench_venue& v) {
  const auto books = v.it->books(v.now).accounts.front();
  notional realised;
  notional fees;
  quantity position;
  quantity ordered;
  for (const auto& f : books.fills) {
    realised += f.realised;
    fees += f.fee;
    position += signed_amount(f);
    RC_ASSERT(f.amount.sign() > 0);
    RC_ASSERT(f.at.sign() > 0);
  }
  for (const auto& o : books.orders) {
    RC_ASSERT(o.report.executed == o.report.original);
    ordered += o.report.direction == side::buy ? o.report.executed : -o.report.executed;
  }
  RC_ASSERT(books.wallet == books.initial_balance + realised - fees);
  RC_ASSERT(books.realised == realised);
  RC_ASSERT(books.fees == fees);
  RC_ASSERT(position == ordered);
  RC_ASSERT(position == v.held("ETHUSDT"));
}

}  // namespace

TEST_CASE("wallet, positions and fills always agree") {
  const bool held = rc::check("books add up", [] {
    auto s = test::quiet_settings();
    s.fills_max = *rc::gen::inRange<std::int64_t>(1, 6);
    s.half_spread_bp = *rc::gen::inRange<std::int64_t>(0, 20);
    s.order_limit_10s = 0;
    s.order_limit_1m = 0;
    bench_venue v(s);
    const auto steps = *rc::gen::inRange(1, 30);
    for (int n = 0; n < steps; ++n) {
      const auto mark = price::whole(*rc::gen::inRange<std::int64_t>(2'000, 5'000));
      RC_ASSERT(static_cast<bool>(v.it->set_mark(symbol{"ETHUSDT"}, mark)));
      const auto amount = quantity::from_raw(*rc::gen::inRange<std::int64_t>(1, 4'000) * 100'000);
      const bool buys = *rc::gen::arbitrary<bool>();
      const bool reduces = *rc::gen::arbitrary<bool>();
      const auto before = v.held("ETHUSDT");
      const auto r = v.market("ETHUSDT", buys ? "BUY" : "SELL", amount.str(),
                              reduces ? "&reduceOnly=true" : "");
      const auto after = v.held("ETHUSDT");
      if (r.status != 200)
        RC_ASSERT(after == before);
      else if (reduces)
        RC_ASSERT(after.abs() < before.abs() && after.sign() * before.sign() >= 0);
      else
        RC_ASSERT(after == before + (buys ? amount : -amount));
    }
    check_books(v);
  });
  CHECK(held);
}

TEST_CASE("profit is realised against the average entry, also through a flip") {
  bench_venue v;
  const symbol eth{"ETHUSDT"};
  REQUIRE(v.it->set_mark(eth, price::whole(3'000)));
  REQUIRE(v.market("ETHUSDT", "BUY", "1").status == 200);
  REQUIRE(v.it->set_mark(eth, price::whole(3'200)));
  REQUIRE(v.market("ETHUSDT", "BUY", "1").status == 200);
  CHECK(v.it->books(v.now).accounts[0].positions[0].entry == price::whole(3'100));
  REQUIRE(v.it->set_mark(eth, price::whole(3'150)));
  REQUIRE(v.market("ETHUSDT", "SELL", "3").status == 200);
  const auto books = v.it->books(v.now).accounts[0];
  CHECK(books.realised == notional::whole(100));
  CHECK(books.positions[0].amount == quantity::whole(-1));
  CHECK(books.positions[0].entry == price::whole(3'150));
  CHECK(books.fees.str() == "6.26");
}

TEST_CASE("partial fills add up, get worse tick by tick, and average exactly") {
  auto s = test::quiet_settings();
  s.fills_max = 8;
  bench_venue v(s);
  std::size_t most = 0;
  for (int n = 0; n < 30; ++n) {
    const auto placed = v.market("ETHUSDT", "BUY", "0.05");
    REQUIRE(placed.status == 200);
    const auto id = std::stoll(test::field(placed.body, "orderId"));
    quantity sum;
    std::size_t trades = 0;
    price last;
    const auto books = v.it->books(v.now).accounts[0];
    for (const auto& f : books.fills) {
      if (f.order != id)
        continue;
      CHECK(f.at > last);
      last = f.at;
      sum += f.amount;
      ++trades;
    }
    CHECK(sum.str() == "0.05");
    most = std::max(most, trades);
  }
  CHECK(most > 3);
  CHECK(most <= 8);
}

TEST_CASE("the spread is paid by both sides, rounded to the tick against the taker") {
  auto s = test::quiet_settings();
  s.half_spread_bp = 10;
  bench_venue v(s);
  REQUIRE(v.it->set_mark(symbol{"ETHUSDT"}, *price::parse("3000.123456")));
  REQUIRE(v.market("ETHUSDT", "BUY", "1").status == 200);
  REQUIRE(v.market("ETHUSDT", "SELL", "1").status == 200);
  const auto fills = v.it->books(v.now).accounts[0].fills;
  CHECK(fills[0].at.str() == "3003.13");
  CHECK(fills[1].at.str() == "2997.12");
}

TEST_CASE("history keeps the newest orders and trades only") {
  auto s = test::quiet_settings();
  s.history_max = 1'000;
  s.order_limit_10s = 0;
  s.order_limit_1m = 0;
  bench_venue v(s);
  for (int n = 0; n < 1'010; ++n)
    REQUIRE(v.market("BTCUSDT", n % 2 == 0 ? "BUY" : "SELL", "0.001",
                     "&newClientOrderId=n" + std::to_string(n))
                .status == 200);
  const auto books = v.it->books(v.now).accounts[0];
  CHECK(books.fills.size() == 1'000);
  CHECK(books.orders.size() == 1'000);
  const auto ask = [&](const char* id) {
    return test::outcome_of(
        v.call("GET", "/fapi/v1/order", std::string("symbol=BTCUSDT&origClientOrderId=") + id));
  };
  CHECK(ask("n9") == "400 -2013");
  CHECK(ask("n10") == "200");
}
