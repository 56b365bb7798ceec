// Tokens of dry runs: once, for one scope, not for long.
#include "sluice/planning/confirmations.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace std::chrono_literals;

namespace {

token_digest digest_of(std::uint8_t first) {
  token_digest d{};
  d[0] = first;
  return d;
}
const instant start{1h};
const symbol btc{"BTCUSDT"};

}  // namespace

TEST_CASE("a token confirms its scope once") {
  confirmations desk;
  desk.offer(digest_of(1), btc, start);
  CHECK(desk.take(digest_of(1), btc, start + 1s));
  CHECK_FALSE(desk.take(digest_of(1), btc, start + 1s));
}

TEST_CASE("a token confirms nothing it was not made for") {
  struct row {
    const char* name;
    token_digest shown;
    symbol scope;
    instant at;
  };
  const row rows[]{{"another token", digest_of(2), btc, start + 1s},
                   {"another symbol", digest_of(1), symbol{"ETHUSDT"}, start + 1s},
                   {"the whole account", digest_of(1), symbol{}, start + 1s},
                   {"its time is over", digest_of(1), btc, start + 60s}};
  for (const auto& r : rows) {
    INFO(r.name);
    confirmations desk;
    desk.offer(digest_of(1), btc, start);
    CHECK_FALSE(desk.take(r.shown, r.scope, r.at));
  }
}

TEST_CASE("a token that was shown for another scope is used up, other tokens are not") {
  confirmations desk;
  desk.offer(digest_of(1), btc, start);
  desk.offer(digest_of(2), symbol{}, start);
  CHECK_FALSE(desk.take(digest_of(1), symbol{}, start));
  CHECK_FALSE(desk.take(digest_of(1), btc, start));
  CHECK(desk.take(digest_of(2), symbol{}, start + 59s));
}

TEST_CASE("open tokens are bounded, and the oldest goes first") {
  confirmations desk;
  for (std::size_t i = 0; i <= confirmations::open_max; ++i)
    desk.offer(digest_of(static_cast<std::uint8_t>(i)), btc, start);
  CHECK(desk.open() == confirmations::open_max);
  CHECK_FALSE(desk.take(digest_of(0), btc, start));
  CHECK(desk.take(digest_of(1), btc, start));
}

TEST_CASE("digests differ wherever a byte does") {
  for (std::size_t i = 0; i < token_digest{}.size(); ++i) {
    token_digest other{};
    other[i] = 0x80;
    CHECK_FALSE(same_digest({}, other));
  }
  CHECK(same_digest({}, {}));
}
