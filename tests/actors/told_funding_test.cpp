// A funding fee is known again by all that the venue says of it, and by nothing less.
#include "told_funding.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;

namespace {

funding_booked a_fee(std::int64_t at_ms = 5'000, const char* on = "BTCUSDT",
                     const char* amount = "-1.25", const char* asset = "USDT") {
  return {symbol(on), asset, notional::parse(amount).value(), {at_ms}};
}

}  // namespace

TEST_CASE("a fee that is told again is known") {
  told_funding told;
  CHECK(told.is_new(a_fee(), 0));
  CHECK_FALSE(told.is_new(a_fee(), 0));
  CHECK_FALSE(told.is_new(a_fee(), 0));
}

TEST_CASE("a fee that differs in anything is another one") {
  told_funding told;
  CHECK(told.is_new(a_fee(), 0));
  CHECK(told.is_new(a_fee(), 1));
  CHECK(told.is_new(a_fee(5'001), 0));
  CHECK(told.is_new(a_fee(5'000, "ETHUSDT"), 0));
  CHECK(told.is_new(a_fee(5'000, ""), 0));
  CHECK(told.is_new(a_fee(5'000, "BTCUSDT", "1.25"), 0));
  CHECK(told.is_new(a_fee(5'000, "BTCUSDT", "-1.25", "BNB"), 0));
}

TEST_CASE("fees without a time cannot be told apart, so all of them count") {
  told_funding told;
  CHECK(told.is_new(a_fee(0), 0));
  CHECK(told.is_new(a_fee(0), 0));
}

TEST_CASE("only the newest fees are remembered") {
  told_funding told;
  for (std::size_t i = 0; i <= told_funding::kept_max; ++i)
    REQUIRE(told.is_new(a_fee(1'000 + static_cast<std::int64_t>(i)), 0));
  CHECK_FALSE(told.is_new(a_fee(1'001), 0));
  CHECK(told.is_new(a_fee(1'000), 0));
}
