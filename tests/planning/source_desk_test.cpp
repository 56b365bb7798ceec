// Tokens, lanes and quotas of sources, and when to come again.
#include <rapidcheck.h>

#include <string>
#include <vector>

#include "sluice/planning/drain_rate.hpp"
#include "sluice/planning/source_desk.hpp"
#include "support/catch.hpp"

using namespace sluice;

namespace {

const instant start{std::chrono::hours{50}};

plan a_plan(std::string source, lane traffic) {
  plan p;
  p.id = plan_id{"p"};
  p.source = source_id{std::move(source)};
  p.instrument = symbol{"BTCUSDT"};
  if (traffic == lane::exit)
    p.body = reduce_plan{};
  return p;
}

std::vector<plan> many(std::size_t count, std::string source, lane traffic) {
  return std::vector<plan>(count, a_plan(std::move(source), traffic));
}

token_digest digest(std::uint8_t seed) {
  token_digest d{};
  d.back() = seed;
  return d;
}

/// alpha and beta have tokens, gamma has none, delta sends exits alone.
intake_settings four_sources() {
  intake_settings s;
  s.sources["alpha"].token_file = "a";
  s.sources["beta"].token_file = "b";
  s.sources["gamma"] = {};
  s.sources["delta"].lanes = {lane::exit};
  return s;
}
source_tokens tokens() {
  return {{"alpha", digest(1)}, {"beta", digest(2)}};
}

}  // namespace

TEST_CASE("a source shows its own token, and a lane that is closed to it stays so") {
  struct row {
    const char* name;
    const char* source;
    lane traffic;
    plan_bearer by;
    desk_refusal expected;
  };
  const plan_bearer nobody{};
  const plan_bearer a_file{.local = true, .token = std::nullopt};
  const auto with = [](std::uint8_t seed) { return plan_bearer{false, digest(seed)}; };
  const row rows[] = {
      {"its own token", "alpha", lane::entry, with(1), desk_refusal::none},
      {"its own token for an exit", "alpha", lane::exit, with(1), desk_refusal::none},
      {"no token", "alpha", lane::exit, nobody, desk_refusal::token_missing},
      {"another's token", "alpha", lane::entry, with(2), desk_refusal::other_source},
      {"nobody's token", "alpha", lane::entry, with(9), desk_refusal::token_unknown},
      {"nobody's token for a source without one", "gamma", lane::entry, with(9),
       desk_refusal::token_unknown},
      {"a token for a source without one", "gamma", lane::entry, with(1),
       desk_refusal::other_source},
      {"a source without a token", "gamma", lane::entry, nobody, desk_refusal::none},
      {"a file shows none", "alpha", lane::entry, a_file, desk_refusal::none},
      {"a closed lane", "delta", lane::entry, nobody, desk_refusal::lane_closed},
      {"a closed lane by file", "delta", lane::entry, a_file, desk_refusal::lane_closed},
      {"an open lane", "delta", lane::exit, nobody, desk_refusal::none},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    source_desk desk{four_sources(), tokens()};
    CHECK(desk.admit(many(1, r.source, r.traffic), r.by, start).refusal == r.expected);
  }
}

TEST_CASE("once orders need a token, so do plans of sources that have none of their own") {
  struct row {
    const char* name;
    const char* source;
    plan_bearer by;
    desk_refusal expected;
  };
  const plan_bearer operator_of_it{false, digest(7), true};
  const row rows[] = {
      {"the token for orders", "gamma", operator_of_it, desk_refusal::none},
      {"the token for orders, for a stranger", "stranger", operator_of_it, desk_refusal::none},
      {"the token for orders proves no source", "alpha", operator_of_it,
       desk_refusal::other_source},
      {"no token", "gamma", {}, desk_refusal::order_token_missing},
      {"no token where one is its own", "alpha", {}, desk_refusal::token_missing},
      {"its own token", "alpha", {false, digest(1)}, desk_refusal::none},
      {"a source's token for another", "gamma", {false, digest(1)}, desk_refusal::other_source},
      {"nobody's token", "gamma", {false, digest(9)}, desk_refusal::token_unknown},
      {"a line of a file", "gamma", {true, std::nullopt}, desk_refusal::none},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    source_desk desk{four_sources(), tokens(), order_token::needed};
    CHECK(desk.admit(many(1, r.source, lane::exit), r.by, start).refusal == r.expected);
  }
  source_desk bare{{}, {}, order_token::needed};
  const auto plans = many(1, "me", lane::exit);
  CHECK(bare.admit(plans, {}, start).refusal == desk_refusal::order_token_missing);
  CHECK(bare.admit(plans, {false, digest(9)}, start).refusal == desk_refusal::token_unknown);
  CHECK(bare.admit(plans, operator_of_it, start).refusal == desk_refusal::none);
}

TEST_CASE(
    "a source without a table is taken or refused by one key, and always while none has one") {
  auto settings = four_sources();
  const auto stranger = many(1, "stranger", lane::exit);
  CHECK(source_desk(settings, tokens()).admit(stranger, {}, start).refusal == desk_refusal::none);
  settings.unlisted_source = unlisted_intake::refuse;
  CHECK(source_desk(settings, tokens()).admit(stranger, {}, start).refusal ==
        desk_refusal::unlisted);
  settings.sources.clear();
  CHECK(source_desk(settings, {}).admit(stranger, {}, start).refusal == desk_refusal::none);
  // Without tokens a header that somebody sends by habit means nothing.
  CHECK(source_desk(settings, {}).admit(stranger, {false, digest(9)}, start).refusal ==
        desk_refusal::none);
}

TEST_CASE("entries that used up their quota leave the exits theirs") {
  intake_settings settings;
  settings.sources["alpha"].plans_per_second_max = 10;
  source_desk desk{settings, {}};
  CHECK(desk.admit(many(10, "alpha", lane::entry), {}, start).refusal == desk_refusal::none);
  const auto late = desk.admit(many(3, "alpha", lane::entry), {}, start);
  CHECK(late.refusal == desk_refusal::too_fast);
  CHECK(late.wait == milliseconds{300});
  CHECK(desk.admit(many(10, "alpha", lane::exit), {}, start).refusal == desk_refusal::none);
  CHECK(desk.admit(many(3, "alpha", lane::entry), {}, start + milliseconds{299}).refusal ==
        desk_refusal::too_fast);
  CHECK(desk.admit(many(3, "alpha", lane::entry), {}, start + milliseconds{300}).refusal ==
        desk_refusal::none);
}

TEST_CASE("a request that is refused in part takes nothing from any quota") {
  intake_settings settings;
  settings.sources["alpha"].plans_per_second_max = 2;
  source_desk desk{settings, {}};
  auto both = many(3, "alpha", lane::entry);
  both.push_back(a_plan("alpha", lane::exit));
  REQUIRE(desk.admit(many(1, "alpha", lane::entry), {}, start).refusal == desk_refusal::none);
  CHECK(desk.admit(both, {}, start).refusal == desk_refusal::too_fast);
  CHECK(desk.admit(many(2, "alpha", lane::exit), {}, start).refusal == desk_refusal::none);
  CHECK(desk.admit(many(1, "alpha", lane::entry), {}, start).refusal == desk_refusal::none);
}

TEST_CASE("plans without a verdict are counted by source and lane") {
  intake_settings settings;
  settings.sources["alpha"].open_plans_max = 2;
  source_desk desk{settings, {}};
  const source_id alpha{"alpha"};
  desk.opened(alpha, lane::entry);
  const auto answer = desk.admit(many(2, "alpha", lane::entry), {}, start);
  CHECK(answer.refusal == desk_refusal::too_many_open);
  CHECK(answer.limit == 2);
  CHECK(desk.admit(many(1, "alpha", lane::entry), {}, start).refusal == desk_refusal::none);
  CHECK(desk.admit(many(2, "alpha", lane::exit), {}, start).refusal == desk_refusal::none);
  desk.closed(alpha, lane::entry);
  CHECK(desk.admit(many(2, "alpha", lane::entry), {}, start).refusal == desk_refusal::none);
}

TEST_CASE("a request larger than the burst passes a full bucket, and is owed") {
  rate_quota q{10, 5};
  CHECK(q.admits(20, start));
  q.take(20, start);
  CHECK(q.wait_for(1, start) == milliseconds{1'600});
  CHECK_FALSE(q.admits(1, start + milliseconds{1'599}));
  CHECK(q.admits(1, start + milliseconds{1'600}));
  CHECK_FALSE(q.admits(2, start + milliseconds{1'600}));
}

TEST_CASE("in the long run nobody passes more than the quota, and whoever waits as told passes") {
  CHECK(rc::check("quota", [] {
    const auto per_second = *rc::gen::inRange<std::size_t>(1, 1'000);
    const auto burst = *rc::gen::inRange<std::size_t>(1, 50);
    rate_quota q{per_second, burst};
    auto now = start;
    std::size_t passed = 0;
    std::size_t largest = 0;
    for (int i = 0; i < 50; ++i) {
      const auto plans = *rc::gen::inRange<std::size_t>(1, 20);
      now += milliseconds{*rc::gen::inRange(0, 100)};
      if (!q.admits(plans, now)) {
        now += q.wait_for(plans, now);
        RC_ASSERT(q.admits(plans, now));
      }
      q.take(plans, now);
      passed += plans;
      largest = std::max(largest, plans);
    }
    const auto seconds = std::chrono::duration<double>(now - start).count();
    RC_ASSERT(static_cast<double>(passed) <=
              seconds * static_cast<double>(per_second) + static_cast<double>(burst + largest));
  }));
}

TEST_CASE("whoever is turned away hears when places will be free at the speed of late") {
  drain_rate rate;
  CHECK(rate.until_free(1, start) == drain_rate::longest);
  for (int i = 0; i < 400; ++i)
    rate.left(start);
  CHECK(rate.until_free(1, start).count() == 1);
  CHECK(rate.until_free(100, start).count() == 1);
  CHECK(rate.until_free(101, start).count() == 2);
  CHECK(rate.until_free(1'000, start + milliseconds{3'000}).count() == 10);
  CHECK(rate.until_free(1'000'000, start).count() == drain_rate::longest.count());
  CHECK(rate.until_free(1, start + milliseconds{4'000}) == drain_rate::longest);
}

TEST_CASE("tokens that were read again hold from the next request on") {
  source_desk desk{four_sources(), tokens()};
  const std::vector<plan> one{a_plan("alpha", lane::exit)};
  CHECK(desk.admit(one, {false, digest(1)}, start).refusal == desk_refusal::none);
  desk.tokens({{"alpha", digest(9)}, {"beta", digest(2)}});
  CHECK(desk.admit(one, {false, digest(1)}, start).refusal == desk_refusal::token_unknown);
  CHECK(desk.admit(one, {false, digest(9)}, start).refusal == desk_refusal::none);
}
