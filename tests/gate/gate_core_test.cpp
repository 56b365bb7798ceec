// The gate's core over time: parking, reads, orders in flight, by hand-made clock and boards.
#include "gate_fixture.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

TEST_CASE("a plan on fresh truth is allowed at once, with one permit") {
  gate_fixture g;
  g.truth_is(position_flat{}, 0);
  g.submit(an_open(), 10);
  REQUIRE(g.allowed("o1"));
  REQUIRE(g.out.permits.size() == 1);
  CHECK(g.out.permits[0].covers(an_open()));
  CHECK(g.out.reads.empty());
  CHECK(g.core.stats().in_flight == 1);
  CHECK_FALSE(g.core.next_deadline());
}

TEST_CASE("a stale exit waits for one urgent read and is then allowed") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, -99'000);
  g.submit(a_reduce("r1", "0"), 0);
  g.submit(a_reduce("r2", "0.1"), 1);
  CHECK(g.out.verdicts.empty());
  REQUIRE(g.out.reads.size() == 1);
  CHECK(g.out.reads[0].position == btc());
  CHECK(g.out.reads[0].traffic == lane::exit);
  CHECK(g.core.stats().parked_exit == 2);

  g.truth_is(position_open{qty("0.5"), px("50000")}, 20);
  g.read_finished(btc(), "", 320);
  REQUIRE(g.allowed("r1"));
  CHECK(g.verdict_of("r1").times_judged == 2);
  // The second waits for the first one's order, which no read can hurry.
  CHECK_FALSE(g.ended("r2"));
  CHECK(g.out.reads.size() == 1);
}

TEST_CASE("an exit is not given up because stale truth says flat") {
  gate_fixture g;
  g.truth_is(position_flat{}, -99'000);
  g.submit(a_reduce(), 0);
  CHECK_FALSE(g.ended("r1"));
  REQUIRE(g.out.reads.size() == 1);
  CHECK(g.out.reads[0].traffic == lane::exit);

  g.truth_is(position_open{qty("0.5"), px("50000")}, 20);
  g.read_finished(btc(), "", 320);
  CHECK(g.allowed("r1"));
}

TEST_CASE("what is refused because of the position is refused on fresh truth only") {
  struct row {
    const char* name;
    plan what;
    truth content;
    refusal_code reason;
  };
  const row rows[] = {
      {"nothing to reduce", a_reduce("p"), position_flat{}, refusal_code::no_position},
      {"nothing left to reduce", a_reduce("p", "0.5"), position_open{qty("0.5"), px("50000")},
       refusal_code::already_at_target},
      {"an opening that flips", an_open("p", "0.6"), position_open{qty("-0.5"), px("50000")},
       refusal_code::would_flip},
      {"an opening that would be an exit", an_open("p"), position_open{qty("-0.5"), px("50000")},
       refusal_code::position_exists},
      {"an opening that adds", an_open("p"), position_open{qty("0.5"), px("50000")},
       refusal_code::would_increase},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    gate_fixture g;
    g.truth_is(r.content, -99'000);
    g.submit(r.what, 0);
    CHECK_FALSE(g.ended("p"));
    CHECK(g.out.reads.size() == 1);
    g.truth_is(r.content, 20);
    g.read_finished(btc(), "", 320);
    REQUIRE(g.ended("p"));
    CHECK(g.reason("p") == r.reason);
    CHECK(g.verdict_of("p").times_judged == 2);
  }
}

TEST_CASE("no read is spent on a plan that fresh truth could not save") {
  gate_fixture g;
  g.truth_is(position_flat{}, -99'000);
  g.core.trading_state_changed(trading_state::halted, at(milliseconds{0}), g.out);
  g.submit(a_reduce(), 1);
  REQUIRE(g.ended("r1"));
  CHECK(g.out.reads.empty());
}

TEST_CASE("an account-wide read cures as well, exits before entries") {
  gate_fixture g;
  g.submit(an_open("o1"), 0);
  g.submit(a_reduce("r1"), 1);
  REQUIRE(g.out.reads.size() == 2);  // Asked once more, now for an exit.
  CHECK(g.out.reads[1].traffic == lane::exit);
  g.truth_is(position_open{qty("0.5"), px("50000")}, 20);
  g.read_finished(std::nullopt, "", 320);
  REQUIRE(g.out.verdicts.size() == 2);
  CHECK(g.out.verdicts[0].what->id == plan_id{"r1"});
  CHECK(g.allowed("r1"));
  // Judged after the exit: its own reason, not only the order in flight.
  CHECK(g.out.verdicts[1].outcome.refusals.size() == 2);
}

TEST_CASE(
    "a failed read is asked for again after the pause; an entry is denied at its park limit") {
  gate_fixture g;
  g.submit(an_open(), 0);
  REQUIRE(g.out.reads.size() == 1);
  g.read_finished(btc(), "timed out", 300);
  CHECK(g.out.reads.size() == 1);
  CHECK(g.core.next_deadline() == start + milliseconds{1'300});
  g.tick(1'299);
  CHECK(g.out.reads.size() == 1);
  g.tick(1'300);
  CHECK(g.out.reads.size() == 2);
  g.tick(4'999);
  CHECK_FALSE(g.ended("o1"));
  g.tick(5'000);
  REQUIRE(g.ended("o1"));
  CHECK(g.verdict_of("o1").outcome.kind == verdict_kind::deny);
  CHECK(g.verdict_of("o1").outcome.reason() == refusal_code::no_exchange_snapshot);
  CHECK(g.verdict_of("o1").seen.exchange.why == "timed out");
  CHECK(g.core.stats().parked_entry == 0);
}

TEST_CASE("an exit waits until its deadline and then expires with the refusals that stood") {
  gate_fixture g;
  g.submit(a_reduce(), 0);
  for (int ms = 300; ms < 30'000; ms += 300) {
    g.read_finished(btc(), "reset", ms);
    g.tick(ms);
  }
  CHECK_FALSE(g.ended("r1"));
  // One at the start and then one after each pause of a second: never a storm.
  CHECK(g.out.reads.size() <= 30);
  CHECK(g.out.reads.size() >= 20);
  g.tick(30'000);
  REQUIRE(g.ended("r1"));
  const auto& outcome = g.verdict_of("r1").outcome;
  CHECK(outcome.kind == verdict_kind::expire);
  REQUIRE(outcome.refusals.size() == 2);
  CHECK(outcome.refusals[0].code == refusal_code::plan_expired);
  CHECK(outcome.refusals[1].code == refusal_code::no_exchange_snapshot);
  g.tick(40'000);
  CHECK_FALSE(g.core.next_deadline());
}

TEST_CASE("a read that is never answered counts as lost") {
  gate_fixture g;
  g.submit(a_reduce(), 0);
  g.tick(4'999);
  CHECK(g.out.reads.size() == 1);
  g.tick(5'000);
  CHECK(g.out.reads.size() == 2);
}

TEST_CASE("a permit blocks its position until its order came to nothing") {
  gate_fixture g;
  g.truth_is(position_flat{}, 0);
  g.submit(an_open("o1"), 1);
  g.submit(an_open("o2"), 2);
  CHECK(g.allowed("o1"));
  CHECK_FALSE(g.ended("o2"));
  CHECK(g.out.reads.empty());
  g.moved("o1", flight_step::sent, 5);
  CHECK_FALSE(g.ended("o2"));
  g.moved("o1", flight_step::resolved, 10);
  CHECK(g.allowed("o2"));
}

TEST_CASE("an executed order blocks until a truth shows it") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.submit(a_reduce("r1", "0.2"), 1);
  g.submit(a_reduce("r2", "0"), 2);
  g.moved("r1", flight_step::resolved, 400, venue_time{1'000}, true);
  REQUIRE(g.out.reads.size() == 1);
  CHECK(g.out.reads[0].newer_than == start + milliseconds{400});
  SECTION("a read that was sent before does not") {
    g.truth_is(position_open{qty("0.5"), px("50000")}, 390);
    g.read_finished(btc(), "", 690);
    CHECK_FALSE(g.ended("r2"));
  }
  SECTION("a read that was sent after does") {
    g.truth_is(position_open{qty("0.2"), px("50000")}, 401);
    g.read_finished(btc(), "", 701);
    REQUIRE(g.allowed("r2"));
    CHECK(g.verdict_of("r2").outcome.terms->amount == qty("0.2"));
  }
  SECTION("a stream event of the venue's time or later does") {
    g.truth_is(position_open{qty("0.2"), px("50000")}, 0, venue_time{1'000});
    g.core.truth_moved(btc(), at(milliseconds{410}), g.out);
    CHECK(g.allowed("r2"));
  }
  SECTION("an older stream event does not") {
    g.truth_is(position_open{qty("0.2"), px("50000")}, 0, venue_time{999});
    g.core.truth_moved(btc(), at(milliseconds{410}), g.out);
    CHECK_FALSE(g.ended("r2"));
  }
}

TEST_CASE("a read asked for before the order ended does not count as the one after it") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.submit(a_reduce("r1", "0.2"), 1);
  g.submit(a_reduce("r2", "0"), 11'000);  // Stale by now: a read is asked for.
  REQUIRE(g.out.reads.size() == 1);
  g.moved("r1", flight_step::resolved, 11'100, venue_time{1'000}, true);
  CHECK(g.out.reads.size() == 1);
  g.truth_is(position_open{qty("0.5"), px("50000")}, 11'010);
  g.read_finished(btc(), "", 11'310);
  CHECK_FALSE(g.ended("r2"));
  REQUIRE(g.out.reads.size() == 2);
  CHECK(g.out.reads[1].newer_than == start + milliseconds{11'100});
}

TEST_CASE("an unknown order denies at once, until it is resolved") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.submit(a_reduce("r1", "0.2"), 1);
  g.moved("r1", flight_step::unknown, 50);
  g.submit(a_reduce("r2", "0"), 60);
  REQUIRE(g.ended("r2"));
  CHECK(g.verdict_of("r2").outcome.reason() == refusal_code::order_unknown);
  g.moved("r1", flight_step::resolved, 70);
  g.submit(a_reduce("r3", "0"), 80);
  CHECK(g.allowed("r3"));
}

TEST_CASE("a report on another plan's order clears nothing") {
  gate_fixture g;
  g.truth_is(position_flat{}, 0);
  g.submit(an_open("o1"), 1);
  g.moved("old", flight_step::resolved, 2);
  CHECK(g.core.stats().in_flight == 1);
}
