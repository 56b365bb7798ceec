// Deadlines over restarts, with a wall clock that is set while plans are open.
#include "sluice/journal/clock_steps.hpp"

#include "builders.hpp"
#include "support/catch.hpp"

namespace sluice::journal {
namespace {

using namespace test;
using namespace std::chrono_literals;

/// `passed` after the start, while the wall clock shows this much less than that.
stamp at(milliseconds passed, milliseconds set_back = 0ms) {
  return {instant{passed}, {1'790'000'000'000 + (passed - set_back).count()}};
}

void put_at(store& s, record_body body, const stamp& when) {
  auto r = a_record(std::move(body), s.last_seq());
  r.at = when;
  REQUIRE(s.append(r).has_value());
}

}  // namespace

TEST_CASE("a wall clock that is set back is seen by the steady one, whatever passed") {
  CHECK(set_back_between(at(10s), at(20s)) == 0ms);
  CHECK(set_back_between(at(10s), at(10s, 60s)) == 60s);
  CHECK(set_back_between(at(10s), at(80s, 60s)) == 60s);
  CHECK(set_back_between(at(10s), at(20s, -60s)) == 0ms);  // Forward: nobody gets more time.
  CHECK(set_back_between(at(10s), at(10s, 99ms)) == 0ms);  // Rounded, or slewed.
  CHECK(set_back_between(at(10s), at(10s, 24h)) == 24h);
  // Another machine, which has run for three months more.
  CHECK(set_back_between(at(10s), {at(40s).steady + 2160h, at(40s).wall}) == 0ms);
  const stamp after_a_boot{instant{1s}, at(300s).wall};
  CHECK(set_back_between(at(200s), after_a_boot) == 0ms);
  CHECK(set_back_between(at(400s), after_a_boot) == 100s);
}

TEST_CASE("a deadline is set back as the clock was since its plan came") {
  const directory d;
  auto early = an_open_plan("early"), late = an_open_plan("late"),
       between = an_open_plan("between");
  auto allowed = a_reduce_plan("allowed");
  early.received = at(2s);
  allowed.received = at(3s);
  late.received = at(5s, 60s);
  between.received = at(6s, 60s);  // Its record comes after the clock was set back once more.
  {
    auto s = opened(d.journal());
    put_at(*s, notice{"before", ""}, at(1s, -30s));
    put_at(*s, plan_accepted{early}, at(2s));
    put_at(*s, plan_accepted{allowed}, at(3s));
    put_at(*s, a_permission(allowed), at(4s, 60s));
    put_at(*s, plan_accepted{late}, at(5s, 60s));
    put_at(*s, plan_accepted{between}, at(6s, 61s));
    put_at(*s, notice{"after", ""}, at(9s, 61s));
    REQUIRE(s->commit().has_value());
  }
  const auto back = opened(d.journal())->recover().value();
  CHECK(back.last_at.steady == at(9s).steady);
  CHECK(back.last_at.wall == at(9s, 61s).wall);
  const auto check = [](const plan& found, const plan& given, milliseconds by) {
    INFO(given.id.str());
    CHECK(found.id == given.id);
    CHECK(found.deadline_wall.ms == given.deadline_wall.ms - by.count());
    CHECK(found.received.wall.ms == given.received.wall.ms - by.count());
  };
  REQUIRE(back.undecided_plans.size() == 3);
  check(back.undecided_plans[0], early, 61s);
  check(back.undecided_plans[1], late, 1s);
  check(back.undecided_plans[2], between, 1s);
  REQUIRE(back.unfinished_plans.size() == 1);
  check(back.unfinished_plans[0].what, allowed, 61s);
}

}  // namespace sluice::journal
