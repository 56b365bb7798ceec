// Who is read next: classes, deadlines, single flight, reserves, and reads that are given up.
#include "sluice/truth/read_scheduler.hpp"

#include "support/catch.hpp"
#include "truth/builders.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

read_limits some_limits() {
  read_limits l;
  l.concurrency = 4;
  l.demand_reserve = 2;
  l.exit_reserve = 1;
  return l;
}

read_want a_want(symbol_index index, read_priority p, std::int64_t due_ms = 0) {
  return {read_target::of(index), p, at(due_ms)};
}

std::vector<symbol_index> start_all(read_scheduler& s, std::int64_t now_ms) {
  std::vector<symbol_index> started;
  while (const auto job = s.next(at(now_ms)))
    started.push_back(job->target.index());
  return started;
}

}  // namespace

TEST_CASE("the more urgent class goes first, and within a class the earliest due") {
  read_scheduler s{read_limits{}};
  s.want(a_want(1, read_priority::rest), at(0));
  s.want(a_want(2, read_priority::verification), at(0));
  s.want(a_want(3, read_priority::open_position, 0), at(0));
  s.want(a_want(4, read_priority::entry_demand), at(0));
  s.want(a_want(5, read_priority::exit_demand, 0), at(0));
  s.want(a_want(6, read_priority::exit_demand, -5), at(0));
  CHECK(start_all(s, 0) == std::vector<symbol_index>{6, 5, 4, 2, 3, 1});
}

TEST_CASE("nothing goes out before it is due") {
  read_scheduler s{read_limits{}};
  s.want(a_want(1, read_priority::exit_demand, 100), at(0));
  CHECK_FALSE(s.next(at(99)));
  CHECK(s.next_wakeup(at(0)) == at(100));
  CHECK(s.next(at(100)));
}

TEST_CASE("a second wish for a waiting target makes it more urgent, not a second read") {
  read_scheduler s{read_limits{}};
  CHECK(s.want(a_want(1, read_priority::rest, 500), at(0)) == want_outcome::queued);
  CHECK(s.want(a_want(1, read_priority::exit_demand, 0), at(0)) == want_outcome::merged);
  CHECK(s.waiting() == 1);
  const auto job = s.next(at(0));
  REQUIRE(job);
  CHECK(job->priority == read_priority::exit_demand);
  CHECK(job->deadline == at(800));
  CHECK(s.waiting() == 0);
}

TEST_CASE("a less urgent wish takes no urgency away") {
  read_scheduler s{read_limits{}};
  s.want(a_want(1, read_priority::exit_demand, 0), at(0));
  s.want(a_want(1, read_priority::rest, 500), at(0));
  CHECK(s.next(at(0))->priority == read_priority::exit_demand);
}

TEST_CASE("a target under way is not read a second time at once") {
  read_scheduler s{read_limits{}};
  s.want(a_want(1, read_priority::rest), at(0));
  const auto job = s.next(at(0));
  REQUIRE(job);
  auto newer = a_want(1, read_priority::exit_demand, 10);
  newer.newer_than = at(10);
  CHECK(s.want(newer, at(10)) == want_outcome::queued);
  CHECK_FALSE(s.next(at(10)));
  CHECK(s.finished(*job, read_end::answered));
  CHECK(s.next(at(20))->priority == read_priority::exit_demand);
}

TEST_CASE("a read under way that is new enough is joined and hurried") {
  read_scheduler s{read_limits{}};
  s.want(a_want(1, read_priority::rest), at(0));
  const auto job = s.next(at(0));
  auto w = a_want(1, read_priority::entry_demand, 10);
  w.newer_than = at(0);
  CHECK(s.want(w, at(10)) == want_outcome::joined);
  CHECK(s.waiting() == 0);
  CHECK(s.next_wakeup(at(10)) == at(810));
  const auto given_up = s.expire(at(810));
  REQUIRE(given_up.size() == 1);
  CHECK(given_up[0].id == job->id);
  CHECK(given_up[0].priority == read_priority::entry_demand);
  CHECK(given_up[0].left_as == read_priority::rest);  // What it spent, or could not, was of this.
}

TEST_CASE("the next periodic wish is not swallowed by the read under way") {
  read_scheduler s{read_limits{}};
  s.want({read_target::account(), read_priority::rest, at(0)}, at(0));
  const auto job = s.next(at(0));
  CHECK(s.want({read_target::account(), read_priority::rest, at(850)}, at(0)) ==
        want_outcome::queued);
  REQUIRE(s.finished(*job, read_end::answered));
  CHECK(s.next_wakeup(at(300)) == at(850));
  CHECK(s.next(at(850))->target.is_account());
}

TEST_CASE("routine leaves places for demands, and demands of entries one for exits") {
  read_scheduler s{some_limits()};
  for (symbol_index i = 0; i < 4; ++i)
    s.want(a_want(i, read_priority::rest), at(0));
  CHECK(start_all(s, 0).size() == 2);
  CHECK(s.next_wakeup(at(0)) == at(2'000));
  for (symbol_index i = 10; i < 13; ++i)
    s.want(a_want(i, read_priority::entry_demand), at(0));
  CHECK(start_all(s, 0) == std::vector<symbol_index>{10});
  s.want(a_want(20, read_priority::exit_demand), at(0));
  s.want(a_want(21, read_priority::exit_demand), at(0));
  CHECK(start_all(s, 0) == std::vector<symbol_index>{20});
  CHECK(s.in_flight() == 4);
}

TEST_CASE("a wish that waited long enough goes before fresh ones of a higher class") {
  read_scheduler s{some_limits()};
  s.want(a_want(1, read_priority::rest, 0), at(0));
  s.want(a_want(2, read_priority::verification, 1'500), at(1'500));
  CHECK(s.next(at(1'500))->target.index() == 2);
  s.want(a_want(3, read_priority::verification, 2'000), at(2'000));
  CHECK(s.next(at(2'000))->target.index() == 1);
}

TEST_CASE("a read past its deadline is given up, counted, and its late end is known as late") {
  read_scheduler s{read_limits{}};
  s.want(a_want(1, read_priority::rest), at(0));
  const auto job = s.next(at(0));
  CHECK(s.expire(at(1'999)).empty());
  CHECK(s.expire(at(2'000)).size() == 1);
  CHECK(s.counters().abandoned == 1);
  CHECK_FALSE(s.is_in_flight(job->target));
  CHECK_FALSE(s.finished(*job, read_end::answered));
  CHECK(s.counters().late == 1);
}

TEST_CASE("the late end of a read given up does not end the one that followed it") {
  read_scheduler s{read_limits{}};
  s.want(a_want(1, read_priority::rest), at(0));
  const auto first = s.next(at(0));
  static_cast<void>(s.expire(at(2'000)));
  s.want(a_want(1, read_priority::rest, 2'000), at(2'000));
  const auto second = s.next(at(2'000));
  CHECK_FALSE(s.finished(*first, read_end::answered));
  CHECK(s.is_in_flight(read_target::of(1)));
  CHECK(s.finished(*second, read_end::answered));
}

TEST_CASE("a dropped target no longer waits") {
  read_scheduler s{read_limits{}};
  s.want(a_want(1, read_priority::rest, 100), at(0));
  s.drop(read_target::of(1));
  s.drop(read_target::of(2));
  CHECK_FALSE(s.next(at(100)));
  CHECK_FALSE(s.next_wakeup(at(100)));
}

TEST_CASE("a single place is still used, by whoever is most urgent") {
  read_limits l;
  l.concurrency = 1;
  read_scheduler s{l};
  s.want(a_want(1, read_priority::rest), at(0));
  CHECK(s.next(at(0)));
  s.want(a_want(2, read_priority::exit_demand), at(0));
  CHECK_FALSE(s.next(at(0)));
}

TEST_CASE("limits follow the settings and the plan of freshness") {
  const snapshot_settings settings;
  freshness_plan plan;
  plan.account_period = plan.give_up_after = milliseconds{850};
  const auto l = read_limits_from(settings, plan);
  CHECK(l.concurrency == 32);
  CHECK(l.demand_reserve == 8);
  CHECK(l.exit_reserve == 4);
  CHECK(l.account_timeout == milliseconds{850});
  CHECK(l.read_timeout == milliseconds{2'000});
  CHECK(read_limits_from(settings, {}).account_timeout == milliseconds{2'000});
}

TEST_CASE("priorities spend the budget of their class") {
  CHECK(budget_class(read_priority::exit_demand) == read_class::exit_demand);
  CHECK(budget_class(read_priority::entry_demand) == read_class::entry_demand);
  CHECK(budget_class(read_priority::verification) == read_class::verification);
  CHECK(budget_class(read_priority::open_position) == read_class::routine);
  CHECK(budget_class(read_priority::rest) == read_class::routine);
  CHECK(to_string(read_priority::rest) == "rest");
}

TEST_CASE("a demand alone reads its own symbol") {
  read_scheduler s{read_limits{}};
  CHECK(s.demand(a_want(1, read_priority::exit_demand), at(0)) == want_outcome::queued);
  const auto job = s.next(at(0));
  REQUIRE(job);
  CHECK(job->target == read_target::of(1));
  CHECK_FALSE(s.next(at(0)));
}

TEST_CASE("five hundred demands that come together cost one account-wide read") {
  read_scheduler s{read_limits{}};
  for (symbol_index i = 0; i < 500; ++i)
    s.demand(a_want(i, i == 300 ? read_priority::exit_demand : read_priority::entry_demand), at(0));
  const auto job = s.next(at(0));
  REQUIRE(job);
  CHECK(job->target.is_account());
  CHECK(job->priority == read_priority::exit_demand);
  CHECK_FALSE(s.next(at(0)));
  CHECK(s.waiting() == 0);
  CHECK(s.counters().gathered == 500);
}

TEST_CASE("a demand for another symbol while one is under way becomes an account-wide read") {
  read_scheduler s{read_limits{}};
  s.demand(a_want(1, read_priority::entry_demand), at(0));
  REQUIRE(s.next(at(0)));
  s.demand(a_want(2, read_priority::entry_demand), at(10));
  const auto wide = s.next(at(10));
  REQUIRE(wide);
  CHECK(wide->target.is_account());
  SECTION("which serves whoever comes next, if it is new enough for him") {
    CHECK(s.demand(a_want(3, read_priority::exit_demand), at(20)) == want_outcome::joined);
    CHECK_FALSE(s.next(at(20)));
  }
  SECTION("and does not hold up who needs a newer truth") {
    auto w = a_want(3, read_priority::exit_demand);
    w.newer_than = at(15);
    s.demand(w, at(20));
    const auto own = s.next(at(20));
    REQUIRE(own);
    CHECK(own->target == read_target::of(3));
  }
}

TEST_CASE("a repeated demand for the same symbol is no reason for a wider read") {
  read_scheduler s{read_limits{}};
  s.demand(a_want(1, read_priority::entry_demand), at(0));
  CHECK(s.demand(a_want(1, read_priority::exit_demand), at(0)) == want_outcome::merged);
  const auto job = s.next(at(0));
  REQUIRE(job);
  CHECK(job->target == read_target::of(1));
  CHECK(s.demand(a_want(1, read_priority::exit_demand), at(5)) == want_outcome::joined);
  CHECK(s.in_flight() == 1);
}

TEST_CASE("a routine account-wide read under way serves a demand, and is hurried") {
  read_scheduler s{read_limits{}};
  s.want({read_target::account(), read_priority::rest, at(0)}, at(0));
  REQUIRE(s.next(at(0)));
  auto w = a_want(1, read_priority::exit_demand, 100);
  CHECK(s.demand(w, at(100)) == want_outcome::joined);
  CHECK(s.next_wakeup(at(100)) == at(900));
}

TEST_CASE("few demands go past an account-wide read that is slow, many wait for the next one") {
  read_limits l;
  l.account_timeout = milliseconds{5'000};
  read_scheduler s{l};
  s.want({read_target::account(), read_priority::rest, at(0)}, at(0));
  REQUIRE(s.next(at(0)));
  for (symbol_index i = 0; i < 20; ++i)
    s.demand(a_want(i, read_priority::exit_demand, 400), at(400));
  std::size_t singles = 0;
  while (s.next(at(400)))
    ++singles;
  CHECK(singles == 8);
  // The others joined it, which gives it up sooner.
  CHECK(s.expire(at(1'200)).size() == 9);
}

TEST_CASE("an exit goes past account-wide reads that hang one after the other, however young") {
  read_limits l;
  l.account_timeout = milliseconds{850};
  read_scheduler s{l};
  const auto round = [&](std::int64_t ms) {
    s.want({read_target::account(), read_priority::rest, at(ms), at(ms)}, at(ms));
    return s.next(at(ms));
  };
  REQUIRE(round(0));
  REQUIRE(s.expire(at(850)).size() == 1);
  const auto next = round(850);
  REQUIRE(next);
  SECTION("with a read of its own beside the one under way") {
    CHECK(s.demand(a_want(1, read_priority::exit_demand, 950), at(950)) == want_outcome::queued);
    CHECK(s.demand(a_want(2, read_priority::exit_demand, 950), at(950)) == want_outcome::queued);
    CHECK(start_all(s, 950) == std::vector<symbol_index>{1, 2});
  }
  SECTION("and so do two that come together when none is under way") {
    REQUIRE(s.expire(at(1'700)).size() == 1);
    s.demand(a_want(1, read_priority::exit_demand, 1'710), at(1'710));
    s.demand(a_want(2, read_priority::exit_demand, 1'710), at(1'710));
    CHECK(start_all(s, 1'710) == std::vector<symbol_index>{1, 2});
  }
  SECTION("also where they are answered at once and say nothing") {
    REQUIRE(s.finished(*next, read_end::says_nothing));
    s.demand(a_want(1, read_priority::exit_demand, 960), at(960));
    s.demand(a_want(2, read_priority::exit_demand, 960), at(960));
    CHECK(start_all(s, 960) == std::vector<symbol_index>{1, 2});
  }
  SECTION("until one of them ends otherwise") {
    REQUIRE(s.finished(*next, read_end::answered));
    REQUIRE(round(1'700));
    CHECK(s.demand(a_want(1, read_priority::exit_demand, 1'750), at(1'750)) ==
          want_outcome::joined);
  }
  SECTION("only so many at once, for each costs as much as one of the account") {
    for (symbol_index i = 0; i < 500; ++i)
      s.demand(a_want(i, read_priority::exit_demand, 950), at(950));
    CHECK(start_all(s, 950).size() == 8);
  }
}

TEST_CASE("a check of an event is done when it was due, whatever read went out before") {
  read_scheduler s{read_limits{}};
  const auto check = [&](std::int64_t due_ms) {
    return read_want{read_target::of(1), read_priority::verification, at(due_ms), at(due_ms)};
  };
  const auto ends = [&](std::int64_t ms) {
    const auto job = s.next(at(ms));
    REQUIRE(job);
    REQUIRE(s.finished(*job, read_end::answered));
    return job->target;
  };
  s.want(check(500), at(0));
  SECTION("one that a plan waits for") {
    s.demand(a_want(1, read_priority::exit_demand, 50), at(50));
    CHECK(ends(50) == read_target::of(1));
  }
  SECTION("the one of an earlier event") {
    s.want(check(900), at(400));
    CHECK(ends(500) == read_target::of(1));
    CHECK_FALSE(s.next(at(899)));
    CHECK(ends(900) == read_target::of(1));
    CHECK(s.waiting() == 0);
    return;
  }
  SECTION("an account-wide one for several plans") {
    s.demand(a_want(1, read_priority::exit_demand, 50), at(50));
    s.demand(a_want(2, read_priority::exit_demand, 50), at(50));
    CHECK(ends(50).is_account());
  }
  CHECK_FALSE(s.next(at(499)));
  CHECK(ends(500) == read_target::of(1));
  CHECK(s.waiting() == 0);
}

TEST_CASE("a routine read that a demand brings forward is not done a second time") {
  read_scheduler s{read_limits{}};
  s.want({read_target::of(1), read_priority::rest, at(500), at(500)}, at(0));
  s.demand(a_want(1, read_priority::exit_demand, 50), at(50));
  const auto job = s.next(at(50));
  REQUIRE(job);
  REQUIRE(s.finished(*job, read_end::answered));
  CHECK(s.waiting() == 0);
}

TEST_CASE("what a plan may believe no earlier is not read earlier for an answer") {
  read_scheduler s{read_limits{}};
  const auto account = read_target::account();
  s.want({account, read_priority::rest, at(0)}, at(0));
  const auto first = s.next(at(0));
  REQUIRE(first);
  s.want({account, read_priority::exit_demand, at(3'000), at(3'000)}, at(10));
  REQUIRE(s.finished(*first, read_end::answered));
  CHECK_FALSE(s.next(at(2'999)));
  CHECK(s.next(at(3'000)));
}

TEST_CASE("a check for later that was gathered into a plan's read does not put it off") {
  read_scheduler s{read_limits{}};
  const auto account = read_target::account();
  s.want({account, read_priority::rest, at(0)}, at(0));
  const auto first = s.next(at(0));
  REQUIRE(first);
  s.want({account, read_priority::exit_demand, at(600), at(50)}, at(50));
  s.want({account, read_priority::verification, at(550), at(550)}, at(50));
  REQUIRE(s.finished(*first, read_end::answered));
  const auto now = s.next(at(100));
  REQUIRE(now);
  CHECK(now->left_as == read_priority::exit_demand);
  REQUIRE(s.finished(*now, read_end::answered));
  CHECK_FALSE(s.next(at(549)));
  CHECK(s.next(at(550)));
}
