// Weight windows, 429, bans, and the order limits.
#include "simulator/support/bench_venue.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::outcome_of;

namespace {

settings limited(std::int64_t weight) {
  auto s = test::quiet_settings();
  s.weight_limit_1m = weight;
  s.ban_after = 3;
  return s;
}

reply ping(bench_venue& v) {
  return v.get_public("/fapi/v1/ping");
}

}  // namespace

TEST_CASE("every endpoint charges its documented weight") {
  struct row {
    const char* method;
    const char* path;
    const char* parameters;
    std::int64_t weight;
  };
  const std::vector<row> rows{
      {"GET", "/fapi/v1/ping", "", 1},
      {"GET", "/fapi/v1/time", "", 1},
      {"GET", "/fapi/v1/exchangeInfo", "", 1},
      {"GET", "/fapi/v1/premiumIndex", "symbol=BTCUSDT", 1},
      {"GET", "/fapi/v1/premiumIndex", "", 10},
      {"GET", "/fapi/v3/positionRisk", "", 5},
      {"GET", "/fapi/v3/positionRisk", "symbol=BTCUSDT", 5},
      {"GET", "/fapi/v3/account", "", 5},
      {"GET", "/fapi/v3/balance", "", 5},
      {"GET", "/fapi/v1/accountConfig", "", 5},
      {"GET", "/fapi/v1/openOrders", "symbol=BTCUSDT", 1},
      {"GET", "/fapi/v1/openOrders", "", 40},
      {"GET", "/fapi/v1/userTrades", "symbol=BTCUSDT", 5},
      {"GET", "/fapi/v1/order", "symbol=BTCUSDT&orderId=1", 1},
      {"DELETE", "/fapi/v1/order", "symbol=BTCUSDT&orderId=1", 1},
      {"POST", "/fapi/v1/order", "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.001", 0},
      {"POST", "/fapi/v1/listenKey", "", 1},
      {"PUT", "/fapi/v1/listenKey", "", 1},
      {"DELETE", "/fapi/v1/listenKey", "", 1},
  };
  bench_venue v;
  std::int64_t used = 0;
  for (const auto& r : rows) {
    INFO(r.method << ' ' << r.path << ' ' << r.parameters);
    used += r.weight;
    CHECK(test::header(v.call(r.method, r.path, r.parameters), "x-mbx-used-weight-1m") ==
          std::to_string(used));
  }
}

TEST_CASE("past the limit of a clock minute requests get 429 until the minute ends") {
  bench_venue v(limited(10));
  for (int n = 0; n < 10; ++n)
    REQUIRE(ping(v).status == 200);
  const auto refused = ping(v);
  CHECK(outcome_of(refused) == "429 -1003");
  CHECK_THAT(refused.body, ContainsSubstring("is 10 requests per minute"));
  const auto left_ms = 60'000 - v.now.venue.ms % 60'000;
  CHECK(test::header(refused, "Retry-After") == std::to_string(left_ms / 1'000));
  v.pass(milliseconds{left_ms - 1});
  CHECK(ping(v).status == 429);
  v.pass(milliseconds{1});
  const auto again = ping(v);
  CHECK(again.status == 200);
  CHECK(test::header(again, "x-mbx-used-weight-1m") == "1");
}

TEST_CASE("who asks on after 429 is banned for two minutes, then for four") {
  bench_venue v(limited(2));
  const auto provoke = [&] {
    reply last;
    for (int n = 0; n < 6; ++n)
      last = ping(v);
    return last;
  };
  auto banned = provoke();
  CHECK(outcome_of(banned) == "418 -1003");
  CHECK(test::header(banned, "Retry-After") == "120");
  CHECK_THAT(banned.body,
             ContainsSubstring("banned until " + std::to_string(v.now.venue.ms + 120'000)));
  v.pass(milliseconds{119'999});
  CHECK(ping(v).status == 418);
  v.pass(milliseconds{1});
  CHECK(ping(v).status == 200);
  banned = provoke();
  CHECK(test::header(banned, "Retry-After") == "240");
}

TEST_CASE("Retry-After can be left out, as the real venue may") {
  auto s = limited(1);
  s.retry_after = retry_after_header::omitted;
  bench_venue v(s);
  CHECK(ping(v).status == 200);
  const auto refused = ping(v);
  CHECK(refused.status == 429);
  CHECK(test::header(refused, "Retry-After").empty());
}

TEST_CASE("a lifted weight limit still counts") {
  bench_venue v(limited(0));
  reply last;
  for (int n = 0; n < 5'000; ++n)
    last = ping(v);
  CHECK(last.status == 200);
  CHECK(test::header(last, "x-mbx-used-weight-1m") == "5000");
}

TEST_CASE("accepted orders are counted in both windows, refused ones in none") {
  auto s = test::quiet_settings();
  s.order_limit_10s = 2;
  s.order_limit_1m = 3;
  bench_venue v(s);
  const auto order = [&] { return v.market("BTCUSDT", "BUY", "0.001"); };
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "0")) == "400 -4003");
  CHECK(test::header(order(), "x-mbx-order-count-10s") == "1");
  CHECK(test::header(order(), "x-mbx-order-count-1m") == "2");
  const auto refused = order();
  CHECK(outcome_of(refused) == "429 -1015");
  CHECK_THAT(refused.body, ContainsSubstring("2 orders per TEN_SECONDS"));
  v.pass(milliseconds{10'000});
  CHECK(test::header(order(), "x-mbx-order-count-1m") == "3");
  v.pass(milliseconds{10'000});
  CHECK_THAT(order().body, ContainsSubstring("3 orders per MINUTE"));
  CHECK(v.held("BTCUSDT").str() == "0.003");
}
