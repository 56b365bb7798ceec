// Regimes: returns of one minute, their means, and what counts as not known.
#include "sluice/exits/regime.hpp"

#include <cmath>

#include "positions.hpp"
#include "sluice/exits/regime_book.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

/// Windows of 5, 20 and 10 samples.
const regime_windows short_windows{std::chrono::minutes{5}, std::chrono::minutes{20},
                                   std::chrono::minutes{10}};
constexpr milliseconds minute{60'000};

regime_state after(const std::vector<double>& returns, double from = 100) {
  regime_state s;
  double at = from;
  const auto sample = [&](std::optional<milliseconds> since) {
    s = with_sample(s, price::from_raw(std::llround(at * 1e8)), since, {}, short_windows);
  };
  sample(std::nullopt);
  for (const auto r : returns) {
    at *= std::exp(r);
    sample(minute);
  }
  return s;
}

std::vector<double> zigzag(std::size_t n, double size) {
  std::vector<double> out;
  for (std::size_t i = 0; i < n; ++i)
    out.push_back(i % 2 == 0 ? size : -size);
  return out;
}

}  // namespace

TEST_CASE("nothing is known before the windows were full once") {
  CHECK_FALSE(volatility_ratio(after(zigzag(4, 0.01)), short_windows));
  CHECK(volatility_ratio(after(zigzag(5, 0.01)), short_windows));
  CHECK_FALSE(trend_strength(after(zigzag(9, 0.01)), 1, short_windows));
  CHECK(trend_strength(after(zigzag(10, 0.01)), 1, short_windows));
  // A mark that never moves tells neither.
  CHECK_FALSE(volatility_ratio(after(zigzag(30, 0)), short_windows));
  CHECK_FALSE(trend_strength(after(zigzag(30, 0)), 1, short_windows));
}

TEST_CASE("means are plain ones until their window is full") {
  // Squares of 1 %, 2 %, 3 %: (1 + 4 + 9) / 3 e-4 = 4.6667e-4; returns 1 - 2 + 3 = 2 of 6.
  const auto s = after({0.01, -0.02, 0.03});
  CHECK(s.samples == 3);
  CHECK(static_cast<double>(s.fast) == Approx(4.6667e-4 * 1e15).epsilon(1e-4));
  CHECK(s.slow == s.fast);
  CHECK(static_cast<double>(s.drift) == Approx(0.02 / 3 * 1e9).epsilon(1e-4));
  CHECK(static_cast<double>(s.path) == Approx(0.02 * 1e9).epsilon(1e-4));
}

TEST_CASE("a market that becomes restless is told by its ratio") {
  auto returns = zigzag(20, 0.001);
  CHECK(*volatility_ratio(after(returns), short_windows) == Approx(1).epsilon(0.001));
  // Five returns ten times as large: the fast mean goes 0.8 of the way off five times, to
  // 1 + 99 * (1 - 0.8^5) = 67.56 of before, the slow one to 1 + 99 * (1 - 0.95^5) = 23.40;
  // sqrt(67.56 / 23.40) = 1.699.
  const auto loud = zigzag(5, 0.01);
  returns.insert(returns.end(), loud.begin(), loud.end());
  CHECK(*volatility_ratio(after(returns), short_windows) == Approx(1.699).epsilon(0.001));
}

TEST_CASE("a straight way has strength 1, against the position -1, to and fro 0") {
  const std::vector<double> up(12, 0.001);
  CHECK(*trend_strength(after(up), 1, short_windows) == Approx(1).epsilon(0.001));
  CHECK(*trend_strength(after(up), -1, short_windows) == Approx(-1).epsilon(0.001));
  CHECK(std::abs(*trend_strength(after(zigzag(40, 0.001)), 1, short_windows)) < 0.11);
}

TEST_CASE("what happened in a gap is no return of one minute") {
  auto s = after(zigzag(10, 0.001));
  const auto before = s;
  s = with_sample(s, at_price("50"), std::chrono::minutes{2}, {}, short_windows);
  CHECK(s.samples == before.samples);
  CHECK(s.fast == before.fast);
  CHECK(s.last == at_price("50"));
  s = with_sample(s, at_price("50"), minute, {}, short_windows);
  CHECK(s.samples == before.samples + 1);
}

TEST_CASE("after a gap longer than the volatility window nothing is known any more") {
  const auto s = after(zigzag(30, 0.01));
  const auto later = [&](milliseconds gap) {
    return with_sample(s, at_price("100"), gap, {}, short_windows);
  };
  CHECK(volatility_ratio(later(short_windows.volatility), short_windows));
  const auto anew = later(short_windows.volatility + milliseconds{1});
  CHECK(anew.samples == 0);
  CHECK_FALSE(volatility_ratio(anew, short_windows));
  CHECK_FALSE(trend_strength(anew, 1, short_windows));
  // The first return after it counts whole: (1 %)^2.
  const auto first = with_sample(anew, price::from_raw(std::llround(100 * std::exp(0.01) * 1e8)),
                                 minute, {}, short_windows);
  CHECK(static_cast<double>(first.slow) == Approx(1e-4 * 1e15).epsilon(1e-3));
}

TEST_CASE("a book samples each symbol once a minute and resumes a stored one") {
  regime_book book{short_windows};
  CHECK(book.take(btc.instrument, at_price("100"), at_s(0)));
  CHECK_FALSE(book.take(btc.instrument, at_price("101"), at_s(59)));
  const auto* second = book.take(btc.instrument, at_price("101"), at_s(60));
  REQUIRE(second);
  CHECK(second->samples == 1);

  regime_book resumed{short_windows};
  resumed.restore(btc.instrument, book.of(btc.instrument), at_s(90));
  CHECK(resumed.of(btc.instrument) == book.of(btc.instrument));
  CHECK_FALSE(resumed.take(btc.instrument, at_price("102"), at_s(119)));
  const auto* third = resumed.take(btc.instrument, at_price("102"), at_s(120));
  REQUIRE(third);
  CHECK(third->samples == 2);
  // A stored one that is older than what is known, or empty, changes nothing.
  resumed.restore(btc.instrument, book.of(btc.instrument), at_s(121));
  resumed.restore(btc.instrument, {}, at_s(121));
  CHECK(resumed.of(btc.instrument).samples == 2);
}
