// What is promised and kept as universe, positions, latency and an operator's choice change.
#include "sluice/truth/rounds.hpp"

#include <rapidcheck.h>

#include <set>

#include "support/catch.hpp"
#include "truth/builders.hpp"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

snapshot_settings of(freshness_strategy strategy, milliseconds bound) {
  snapshot_settings s;
  s.strategy = strategy;
  s.bound = bound;
  return s;
}

rounds planned(const snapshot_settings& s, std::size_t symbols = 566, std::int64_t limit = 2'400) {
  rounds r(s);
  r.set_universe(symbols, limit);
  return r;
}

const auto account = read_target::account();

}  // namespace

TEST_CASE("the account-wide read comes one period after the last was sent, single reads never") {
  auto r = planned(of(freshness_strategy::adaptive, 2'000ms));
  CHECK(r.promise().fault.empty());
  CHECK(r.promise().kept == 2'000ms);
  CHECK(r.next_due(account, at(0), false) == at(850));
  CHECK_FALSE(r.next_due(read_target::of(7), at(0), true));
}

TEST_CASE("a bound that cannot be kept is kept as nearly as the budget allows, and says so") {
  auto s = of(freshness_strategy::per_symbol, 10'000ms);
  s.concurrency = 1;
  const auto r = planned(s);
  CHECK_THAT(r.promise().fault, ContainsSubstring("566 symbols every 10 s"));
  // One at a time, 300 ms each: 169.8 s a round, and one latency.
  CHECK(r.promise().plan.symbol_period == 169'800ms);
  CHECK(r.promise().kept == 170'100ms);
}

TEST_CASE("when the universe grows beyond what can be kept the promise says so, and recovers") {
  rounds r(of(freshness_strategy::per_symbol, 20'000ms));
  CHECK(r.set_universe(60, 2'400));
  CHECK(r.promise().fault.empty());
  CHECK(r.set_universe(566, 2'400));
  CHECK_THAT(r.promise().fault, ContainsSubstring("need"));
  CHECK(r.promise().kept > r.promise().bound);
  CHECK_FALSE(r.set_universe(566, 2'400));
  CHECK(r.set_universe(566, 0));  // The venue lifted its limit.
  CHECK(r.promise().fault.empty());
}

TEST_CASE("slow reads shorten the period at once, fast ones lengthen it after a minute") {
  auto r = planned(of(freshness_strategy::adaptive, 2'000ms));
  CHECK_FALSE(r.latency_seen(310ms, at(0)));
  CHECK(r.latency_seen(500ms, at(0)));
  CHECK(r.promise().latency == 526ms);
  CHECK(r.promise().plan.account_period == 737ms);
  CHECK(r.latency_seen(1'500ms, at(10)));
  CHECK_THAT(r.promise().fault, ContainsSubstring("raise the bound"));
  // Not one every 1.5 s: as often as the budget bears, so that faster reads are seen soon.
  CHECK(r.promise().plan.account_period == 250ms);
  CHECK(r.promise().plan.give_up_after == 1'576ms);
  CHECK_FALSE(r.latency_seen(20ms, at(1'000)));
  CHECK_FALSE(r.latency_seen(20ms, at(5'999)));
  CHECK(r.latency_seen(20ms, at(6'000)));
  CHECK(r.promise().fault.empty());
  CHECK(r.promise().latency == 22ms);
}

TEST_CASE("a promise that reads were too slow for is kept again once they are fast enough") {
  auto r = planned(of(freshness_strategy::adaptive, 2'000ms));
  CHECK(r.latency_seen(690ms, at(0)));
  CHECK_FALSE(r.promise().fault.empty());
  // As fast as it may be, though not twice as fast as it was.
  CHECK_FALSE(r.latency_seen(375ms, at(1'000)));
  CHECK(r.latency_seen(375ms, at(6'000)));
  CHECK(r.promise().fault.empty());
  // Now that it is kept, little moves nothing.
  CHECK_FALSE(r.latency_seen(300ms, at(7'000)));
  CHECK_FALSE(r.latency_seen(300ms, at(100'000)));
}

TEST_CASE("reads that are faster, but too slow still, mend no promise") {
  auto r = planned(of(freshness_strategy::adaptive, 2'000ms));
  CHECK(r.latency_seen(1'200ms, at(0)));
  CHECK_FALSE(r.latency_seen(700ms, at(1'000)));
  CHECK_FALSE(r.latency_seen(700ms, at(60'000)));
  CHECK_FALSE(r.promise().fault.empty());
}

TEST_CASE("a slow read in between starts the minute of fast ones anew") {
  auto r = planned(of(freshness_strategy::adaptive, 2'000ms));
  CHECK_FALSE(r.latency_seen(20ms, at(0)));
  CHECK_FALSE(r.latency_seen(200ms, at(30'000)));
  CHECK_FALSE(r.latency_seen(20ms, at(60'000)));
  CHECK_FALSE(r.latency_seen(20ms, at(119'999)));
  CHECK(r.latency_seen(20ms, at(120'000)));
}

TEST_CASE(
    "an operator's choice takes effect at once, or changes nothing and shows the arithmetic") {
  auto r = planned(of(freshness_strategy::adaptive, 2'000ms));
  const auto before = r.promise();
  const auto refused = r.choose(freshness_strategy::per_symbol, 10'000ms, 0);
  REQUIRE(refused.has_error());
  CHECK_THAT(refused.error().text, ContainsSubstring("16,980 weight a minute"));
  CHECK(r.promise() == before);
  REQUIRE(r.choose(freshness_strategy::per_symbol, 142'000ms, 0));
  CHECK(r.promise().strategy == freshness_strategy::per_symbol);
  CHECK(r.promise().plan.account_period == 0ms);
  CHECK(r.covers_all_singly());
  REQUIRE(r.choose(freshness_strategy::adaptive, 3'000ms, 0));
  CHECK(r.promise().plan.account_period == 1'350ms);
}

TEST_CASE(
    "an operator's choice of open_positions is judged by what is open, not by what was before") {
  auto r = planned(of(freshness_strategy::open_positions, 10'000ms));
  CHECK(r.set_members(30));
  const auto before = r.promise();
  CHECK(r.choose(freshness_strategy::open_positions, 10'000ms, 100).has_error());
  CHECK(r.promise() == before);
  REQUIRE(r.choose(freshness_strategy::open_positions, 10'000ms, 20));
  CHECK(r.promise().plan.weight_1m < before.plan.weight_1m);
}

TEST_CASE("under open_positions only open ones and those that plans lately asked for come round") {
  auto r = planned(of(freshness_strategy::open_positions, 10'000ms));
  const auto one = read_target::of(1);
  CHECK_FALSE(r.next_due(account, at(0), false));
  CHECK_FALSE(r.next_due(one, at(0), false));
  CHECK(r.next_due(one, at(0), true));
  r.of_interest(1, at(0));
  CHECK(r.next_due(one, at(60'000), false));
  CHECK_FALSE(r.next_due(one, at(60'001), false));
  CHECK_FALSE(r.next_due(one, at(1), false));  // Forgotten, not hidden.
}

TEST_CASE("under open_positions the number of open ones decides whether the bound can be kept") {
  auto r = planned(of(freshness_strategy::open_positions, 10'000ms));
  CHECK(r.set_members(30));
  CHECK(r.promise().fault.empty());
  CHECK(r.set_members(100));
  CHECK_THAT(r.promise().fault, ContainsSubstring("100 open positions"));
}

TEST_CASE("first reads are spread over one period, and later ones do not stay bunched") {
  auto r = planned(of(freshness_strategy::per_symbol, 142'000ms), 200);
  CHECK(r.first_due(0, 200, at(0)) == at(0));
  CHECK(r.first_due(100, 200, at(0)) == at(0) + r.promise().plan.symbol_period / 2);
  const auto period = r.promise().plan.symbol_period;
  std::set<instant> dues;
  for (symbol_index i = 0; i < 200; ++i) {
    const auto due = r.next_due(read_target::of(i), at(0), false);
    REQUIRE(due);
    CHECK(*due <= at(0) + period);
    CHECK(*due >= at(0) + period - period / 16 - 1ms);
    dues.insert(*due);
  }
  CHECK(dues.size() > 150);
}

TEST_CASE("where the budget has no room for it no read comes early") {
  auto r = planned(of(freshness_strategy::per_symbol, 142'000ms));
  for (symbol_index i = 0; i < 50; ++i)
    CHECK(r.next_due(read_target::of(i), at(0), false) == at(0) + r.promise().plan.symbol_period);
}

TEST_CASE("whatever is asked, what is kept is the bound or more, and more only with a fault") {
  CHECK(rc::check([] {
    snapshot_settings s;
    s.strategy = static_cast<freshness_strategy>(*rc::gen::inRange(0, 3));
    s.bound = milliseconds{*rc::gen::inRange(50, 200'000)};
    s.latency = milliseconds{*rc::gen::inRange(1, 2'000)};
    s.concurrency = static_cast<std::size_t>(*rc::gen::inRange(1, 64));
    s.budget_share_percent = *rc::gen::inRange(1, 101);
    rounds r(s);
    r.set_members(static_cast<std::size_t>(*rc::gen::inRange(0, 300)));
    r.set_universe(static_cast<std::size_t>(*rc::gen::inRange(0, 3'000)),
                   *rc::gen::inRange(0, 10'000));
    const auto& p = r.promise();
    RC_ASSERT(p.kept >= p.bound);
    RC_ASSERT((p.kept > p.bound) <= !p.fault.empty());
    RC_ASSERT(p.plan.account_period.count() > 0 || p.plan.symbol_period.count() > 0);
  }));
}
