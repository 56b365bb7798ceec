// What the last minute's verdicts come to.
#include "recent_verdicts.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace std::chrono_literals;

namespace {

constexpr instant start{1h};

}  // namespace

TEST_CASE("verdicts count for a minute, each in its lane") {
  recent_verdicts recent;
  recent.judged(lane::exit, verdict_kind::allow, 1ms, start);
  recent.judged(lane::exit, verdict_kind::deny, 2ms, start + 30s);
  recent.judged(lane::entry, verdict_kind::expire, std::nullopt, start + 30s);

  const auto exits = recent.summary(lane::exit, start + 60s);
  CHECK(exits.allowed == 1);
  CHECK(exits.denied == 1);
  CHECK(exits.expired == 0);
  CHECK(recent.summary(lane::exit, start + 61s).allowed == 0);
  CHECK(recent.summary(lane::exit, start + 61s).denied == 1);
  CHECK(recent.summary(lane::entry, start + 61s).expired == 1);
}

TEST_CASE("quantiles are of the verdicts whose beginning is known") {
  recent_verdicts recent;
  CHECK_FALSE(recent.summary(lane::exit, start).p50);
  recent.judged(lane::exit, verdict_kind::allow, std::nullopt, start);
  CHECK_FALSE(recent.summary(lane::exit, start).p99);
  for (int i = 1; i <= 101; ++i)
    recent.judged(lane::exit, verdict_kind::allow, i * 10us, start);
  CHECK(recent.summary(lane::exit, start).p50 == 510us);
  CHECK(recent.summary(lane::exit, start).p99 == 1'000us);
}

TEST_CASE("under load the newest verdicts stand for the minute") {
  recent_verdicts recent;
  recent.judged(lane::entry, verdict_kind::deny, 1ms, start);
  for (std::size_t i = 0; i < recent_verdicts::kept_max; ++i)
    recent.judged(lane::entry, verdict_kind::allow, 1ms, start);
  const auto entries = recent.summary(lane::entry, start);
  CHECK(entries.denied == 0);
  CHECK(entries.allowed == recent_verdicts::kept_max);
}

TEST_CASE("blocked exits count for a minute, and the last one is kept") {
  recent_verdicts recent;
  CHECK_FALSE(recent.last_blocked());
  recent.blocked({start, wall_time{1}}, "first");
  recent.blocked({start + 1s, wall_time{2}}, "second");
  CHECK(recent.blocked(start + 60s) == 2);
  CHECK(recent.blocked(start + 90s) == 0);
  REQUIRE(recent.last_blocked());
  CHECK(recent.last_blocked()->what == "second");
  CHECK(recent.last_blocked()->at == wall_time{2});
}
