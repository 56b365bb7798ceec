// Periods from bounds, and refusals that show their arithmetic.
#include "sluice/truth/freshness.hpp"

#include <rapidcheck.h>

#include "sluice/truth/read_places.hpp"
#include "support/catch.hpp"

using namespace sluice;

namespace {

freshness_request a_request(freshness_strategy strategy, std::int64_t bound_ms) {
  freshness_request r;
  r.strategy = strategy;
  r.bound = milliseconds{bound_ms};
  return r;
}

std::string refusal_of(const freshness_request& r) {
  const auto plan = plan_freshness(r);
  REQUIRE(plan.has_error());
  return plan.error().text;
}

}  // namespace

TEST_CASE("the account-wide period is the largest that survives one lost poll") {
  const auto plan = plan_freshness(a_request(freshness_strategy::adaptive, 2'000));
  REQUIRE(plan.has_value());
  CHECK(*plan == freshness_plan{milliseconds{850}, milliseconds{0}, milliseconds{850}, 353});
}

TEST_CASE("the figures promised for 566 symbols at 300 ms follow from their bounds") {
  CHECK(plan_freshness(a_request(freshness_strategy::adaptive, 2'300))->weight_1m == 300);
  CHECK(plan_freshness(a_request(freshness_strategy::adaptive, 1'300))->weight_1m == 600);
}

TEST_CASE("per symbol, 10 s for 566 symbols is refused with the arithmetic and the cure") {
  CHECK(refusal_of(a_request(freshness_strategy::per_symbol, 10'000)) ==
        "566 symbols every 10 s by single reads need 16,980 weight a minute; the limit is 2,400, "
        "the share 1,200: use adaptive, or raise the bound to 142 s");
}

TEST_CASE("the bound that a refusal names is accepted") {
  const auto plan = plan_freshness(a_request(freshness_strategy::per_symbol, 142'000));
  REQUIRE(plan.has_value());
  CHECK(plan->symbol_period == milliseconds{141'700});
  CHECK(plan->account_period == milliseconds{0});
  CHECK(plan->weight_1m <= 1'200);
}

TEST_CASE("a bound just too short for the budget is refused at the period it needs") {
  CHECK_THAT(refusal_of(a_request(freshness_strategy::per_symbol, 141'600)),
             ContainsSubstring("566 symbols every 141.3 s by single reads need 1,202 weight"));
}

TEST_CASE("with the limit lifted the places for reads decide") {
  auto r = a_request(freshness_strategy::per_symbol, 2'000);
  r.weight_limit_1m = 0;
  CHECK(refusal_of(r) ==
        "566 symbols every 1.7 s by reads of 0.3 s need 100 reads at once; of 32 places routine "
        "reads have 24: use adaptive, or raise the bound to 7.4 s");
  r.concurrency = 600;
  CHECK(plan_freshness(r).has_value());
}

TEST_CASE("an adaptive bound the budget cannot pay is refused with the bound that it can") {
  auto r = a_request(freshness_strategy::adaptive, 2'000);
  r.weight_limit_1m = 400;
  CHECK(refusal_of(r) ==
        "account-wide reads every 0.85 s need 353 weight a minute; the limit is 400, the share "
        "200: raise the bound to 3.3 s");
}

TEST_CASE("an adaptive bound that reads are too slow for is refused") {
  CHECK(refusal_of(a_request(freshness_strategy::adaptive, 800)) ==
        "a bound of 0.8 s that survives one lost read needs account-wide reads that take no longer "
        "than 0.25 s, but one takes 0.3 s: raise the bound to 0.9 s");
  CHECK_THAT(refusal_of(a_request(freshness_strategy::adaptive, 200)),
             ContainsSubstring("raise the bound to 0.9 s"));
}

TEST_CASE("adaptive is not recommended where it cannot keep the bound either") {
  CHECK(refusal_of(a_request(freshness_strategy::per_symbol, 300)) ==
        "a bound of 0.3 s needs every read sent 0 s after the last of its symbol, but one takes "
        "0.3 s: raise the bound to 142 s");
}

TEST_CASE("only open positions count for open_positions") {
  auto r = a_request(freshness_strategy::open_positions, 2'000);
  CHECK(plan_freshness(r) ==
        freshness_plan{milliseconds{0}, milliseconds{1'700}, milliseconds{1'700}, 0});
  r.positions = 6;
  CHECK(plan_freshness(r)->weight_1m == 1'059);
  r.positions = 7;
  CHECK_THAT(refusal_of(r), ContainsSubstring("7 open positions every 2 s") ||
                                ContainsSubstring("7 open positions every 1.7 s"));
}

TEST_CASE("a share of nothing is refused rather than divided by") {
  auto r = a_request(freshness_strategy::adaptive, 2'000);
  r.share_percent = 0;
  CHECK_THAT(refusal_of(r), ContainsSubstring("leaves no weight"));
}

TEST_CASE("strategies are read back from their words") {
  for (const auto s : {freshness_strategy::adaptive, freshness_strategy::per_symbol,
                       freshness_strategy::open_positions})
    CHECK(parse_freshness_strategy(to_string(s)) == s);
  CHECK_FALSE(parse_freshness_strategy("shared"));
}

TEST_CASE("every plan keeps its bound and its share, and every refusal names a bound that works") {
  CHECK(rc::check([] {
    freshness_request r;
    r.strategy = *rc::gen::element(freshness_strategy::adaptive, freshness_strategy::per_symbol);
    r.bound = milliseconds{*rc::gen::inRange(1, 200'000)};
    r.symbols = static_cast<std::size_t>(*rc::gen::inRange(1, 2'000));
    r.latency = milliseconds{*rc::gen::inRange(1, 2'000)};
    r.weight_limit_1m = *rc::gen::element<std::int64_t>(0, 2'400, 6'000);
    r.concurrency = static_cast<std::size_t>(*rc::gen::inRange(1, 1'025));
    const auto plan = plan_freshness(r);
    if (!plan) {
      const auto& text = plan.error().text;
      const auto number = text.find("the bound to ") + 13;
      r.bound =
          milliseconds{static_cast<std::int64_t>(std::stod(text.substr(number)) * 1000 + 0.5)};
      RC_ASSERT(plan_freshness(r).has_value());
      return;
    }
    if (r.weight_limit_1m > 0)
      RC_ASSERT(plan->weight_1m <= r.weight_limit_1m / 2);
    if (r.strategy == freshness_strategy::adaptive) {
      RC_ASSERT(2 * plan->account_period + r.latency <= r.bound);
      return;
    }
    RC_ASSERT(plan->symbol_period + r.latency <= r.bound);
    const auto busy = static_cast<std::int64_t>(r.symbols) * r.latency.count();
    RC_ASSERT(busy <= plan->symbol_period.count() *
                          static_cast<std::int64_t>(routine_places_of(r.concurrency)));
  }));
}
