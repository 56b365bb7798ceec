// The formulas, against values worked out by hand.
#include "sluice/exits/exit_math.hpp"

#include "positions.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

TEST_CASE("r is the gain in units of the initial risk, less what was paid") {
  auto s = long_state();                           // 2 at 100, risk 2.
  CHECK(r_at(s, at_price("103")) == in_r("1.5"));  // 3 / 2.
  CHECK(r_at(s, at_price("97")) == in_r("-1.5"));
  s.cost = notional::parse("0.4").value();  // 0.4 / 2 = 0.2 for each unit.
  CHECK(cost_per_unit(s) == at_price("0.2"));
  CHECK(r_at(s, at_price("103")) == in_r("1.4"));   // (3 - 0.2) / 2.
  CHECK(r_at(s, at_price("100")) == in_r("-0.1"));  // -0.2 / 2.
  s.cost = -s.cost;                                 // Funding brought it.
  CHECK(r_at(s, at_price("103")) == in_r("1.6"));

  auto t = short_state();
  t.cost = notional::parse("0.4").value();
  CHECK(r_at(t, at_price("97")) == in_r("1.4"));
  CHECK(r_at(t, at_price("101")) == in_r("-0.6"));  // (-1 - 0.2) / 2.
}

TEST_CASE("without risk, entry or quantity there is no r") {
  auto s = long_state();
  s.risk = {};
  CHECK_FALSE(r_at(s, at_price("103")));
  CHECK_FALSE(break_even_price(s, 5));
  s = long_state();
  s.entry = {};
  CHECK_FALSE(r_at(s, at_price("103")));
  s = long_state();
  s.initial = {};
  CHECK_FALSE(r_at(s, at_price("103")));
  CHECK_FALSE(r_at(long_state(), price{}));
  CHECK_FALSE(r_peak(long_state()));  // No best mark yet.
}

TEST_CASE("break-even is the entry with what was paid and what closing will cost") {
  auto s = long_state();
  CHECK(break_even_price(s, 5) == at_price("100.05"));  // 5 bp of 100 is 0.05.
  s.cost = notional::parse("0.4").value();              // 0.2 for each unit.
  CHECK(break_even_price(s, 5) == at_price("100.25"));
  CHECK(break_even_price(s, 0) == at_price("100.2"));
  auto t = short_state();
  t.cost = notional::parse("0.4").value();
  CHECK(break_even_price(t, 5) == at_price("99.75"));
}

TEST_CASE("numbers at the ends of their range do not wrap") {
  auto s = long_state();
  s.cost = notional::from_raw(std::numeric_limits<std::int64_t>::max());
  s.initial = quantity::from_raw(1);
  s.risk = price::from_raw(1);
  CHECK(r_at(s, at_price("100"))->sign() < 0);
  CHECK_FALSE(break_even_price(short_state(), 1'000'000'000));
}

TEST_CASE("tranches leave parts of the largest amount") {
  exit_policy p;
  p.tranches = {{in_r("1"), 25}, {in_r("2"), 25}, {in_r("3"), 50}};
  CHECK(left_after_tranches(qty("-2"), p, 0) == qty("2"));
  CHECK(left_after_tranches(qty("-2"), p, 1) == qty("1.5"));
  CHECK(left_after_tranches(qty("2"), p, 2) == qty("1"));
  CHECK(left_after_tranches(qty("2"), p, 3).is_zero());
  CHECK(left_after_tranches(qty("2"), p, 9).is_zero());
  CHECK(left_after_tranches(qty("0.003"), p, 1) == qty("0.00225"));
}

TEST_CASE("a calm young position has a kill score of 0.1192") {
  // z = 0, so K = 1 / (1 + e^2) = 1 / 8.389056 = 0.119203.
  CHECK(kill_score({}) == Approx(0.119203).margin(1e-6));
  // Known and calm is the same as not known.
  CHECK(kill_score({false, 1.0, 0.3, {}}) == Approx(0.119203).margin(1e-6));
  CHECK(kill_score({false, 0.2, 0.9, {}}) == Approx(0.119203).margin(1e-6));
}

TEST_CASE("each input raises the kill score by its own part") {
  constexpr milliseconds half_day = std::chrono::hours{12};
  // A flip: z = 1, K = 1 / (1 + e) = 1 / 3.718282 = 0.268941.
  CHECK(kill_score({true, {}, {}, {}}) == Approx(0.268941).margin(1e-6));
  // Volatility 2 times: z = 0.5, K = 1 / (1 + e^1.5) = 1 / 5.481689 = 0.182426.
  CHECK(kill_score({false, 2.0, {}, {}}) == Approx(0.182426).margin(1e-6));
  // Trend -0.1: 0.5 * 0.4 = 0.2, K = 1 / (1 + e^1.8) = 1 / 7.049647 = 0.141851.
  CHECK(kill_score({false, {}, -0.1, {}}) == Approx(0.141851).margin(1e-6));
  // Half a day: 0.15, K = 1 / (1 + e^1.85) = 1 / 7.359820 = 0.135873.
  CHECK(kill_score({false, {}, {}, half_day}) == Approx(0.135873).margin(1e-6));
  // All of it, volatility 3 times: z = 1 + 1 + 0.2 + 0.15 = 2.35,
  // K = 1 / (1 + e^-0.35) = 1 / 1.704688 = 0.586618.
  CHECK(kill_score({true, 3.0, -0.1, half_day}) == Approx(0.586618).margin(1e-6));
  // As bad as it can be: z = 1 + 1 + 0.25 + 0.3 = 2.55, K = 1 / (1 + e^-0.55) = 0.634136.
  CHECK(kill_score({true, 90.0, -1.0, 100 * half_day}) == Approx(0.634136).margin(1e-6));
}
