// Which mark of a stream follows the last one.
#include "sluice/truth/mark_order.hpp"

#include "support/catch.hpp"

using namespace sluice;

namespace {

constexpr std::int64_t noon{1'790'000'000'000};
constexpr std::int64_t hour{3'600'000};

venue_time at(std::int64_t ms) {
  return {noon + ms};
}

}  // namespace

TEST_CASE("marks of one symbol go forward only, and those of another do not matter") {
  mark_order order;
  CHECK(order.is_next(symbol("BTCUSDT"), at(1'000)));
  CHECK_FALSE(order.is_next(symbol("BTCUSDT"), at(999)));
  CHECK(order.is_next(symbol("BTCUSDT"), at(1'000)));
  CHECK(order.is_next(symbol("ETHUSDT"), at(10)));
  CHECK(order.is_next(symbol("BTCUSDT"), at(1'001)));
  CHECK_FALSE(order.is_next(symbol("BTCUSDT"), at(1'001 - older_within.count() + 1)));
}

TEST_CASE("a mark with a time that has not come yet keeps no later one away") {
  mark_order order;
  const symbol btc("BTCUSDT");
  CHECK(order.is_next(btc, at(0)));
  CHECK(order.is_next(btc, at(hour)));
  CHECK(order.is_next(btc, at(1'000)));
  CHECK_FALSE(order.is_next(btc, at(900)));
  CHECK(order.is_next(btc, at(2'000)));
}
