// The gate's core over time: parking, reads, orders in flight, by hand-made clock and boards.
#include "gate_fixture.hpp"
#include "sluice/gate/blocked_exit.hpp"
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
      {"a part of less than is held now", a_part("p", "0.2", "0.4"),
       position_open{qty("0.5"), px("50000")}, refusal_code::position_changed},
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
  REQUIRE(g.out.verdicts.size() == 1);
  CHECK(g.allowed("r1"));
  // The position that stands in the entry's way is about to be closed: it waits for that.
  CHECK_FALSE(g.ended("o1"));
  g.moved("r1", flight_step::resolved, 700, venue_time{1'000}, true);
  g.truth_is(position_flat{}, 800);
  g.read_finished(btc(), "", 1'100);
  CHECK(g.allowed("o1"));
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

TEST_CASE("an exit waits until its deadline and is then denied by what could not be reached") {
  gate_fixture g;
  g.submit(a_reduce(), 0);
  for (int ms = 300; ms < 29'950; ms += 300) {
    g.read_finished(btc(), "reset", ms);
    g.tick(ms);
  }
  CHECK_FALSE(g.ended("r1"));
  // One at the start and then one after each pause of a second: never a storm.
  CHECK(g.out.reads.size() <= 30);
  CHECK(g.out.reads.size() >= 20);
  g.tick(29'949);
  CHECK_FALSE(g.ended("r1"));
  g.tick(29'950);  // A little before the deadline: its verdict is not only that it is too late.
  REQUIRE(g.ended("r1"));
  const auto& outcome = g.verdict_of("r1").outcome;
  CHECK(outcome.kind == verdict_kind::deny);
  REQUIRE(outcome.refusals.size() == 2);
  CHECK(outcome.refusals[0].code == refusal_code::no_exchange_snapshot);
  CHECK(outcome.refusals[1].code == refusal_code::exchange_unreachable);
  CHECK(outcome.refusals[1].observed == measure{std::string{"reset"}});
  CHECK(blocked_exit(g.verdict_of("r1")));
  g.tick(40'000);
  CHECK_FALSE(g.core.next_deadline());
}

TEST_CASE("an exit looked at too late expires with the refusals that stood") {
  gate_fixture g;
  g.submit(a_reduce(), 0);
  g.tick(30'000);
  REQUIRE(g.ended("r1"));
  const auto& outcome = g.verdict_of("r1").outcome;
  CHECK(outcome.kind == verdict_kind::expire);
  REQUIRE(outcome.refusals.size() == 2);
  CHECK(outcome.refusals[0].code == refusal_code::plan_expired);
  CHECK(outcome.refusals[1].code == refusal_code::no_exchange_snapshot);
  CHECK(blocked_exit(g.verdict_of("r1")));
}

TEST_CASE("a plan that lives shortly still waits for a read") {
  gate_fixture g;
  auto hasty = a_reduce();
  hasty.deadline = start + milliseconds{100};
  g.submit(std::move(hasty), 0);
  CHECK_FALSE(g.ended("r1"));
  CHECK(g.core.next_deadline() == start + milliseconds{90});
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

TEST_CASE("an exit waits until the fate of an unknown order is known") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.submit(a_reduce("r1", "0.2"), 1);
  g.moved("r1", flight_step::unknown, 50);
  g.submit(a_reduce("r2", "0"), 60);
  CHECK_FALSE(g.ended("r2"));
  CHECK(g.out.reads.empty());  // None could help before it is resolved.
  g.moved("r1", flight_step::resolved, 9'000);
  CHECK(g.allowed("r2"));
}

TEST_CASE("an exit whose position hangs on an unknown order is denied by its name at the end") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.submit(a_reduce("r1", "0.2"), 1);
  g.moved("r1", flight_step::unknown, 50);
  g.truth_is(position_open{qty("0.5"), px("50000")}, 25'000);
  g.submit(a_reduce("r2", "0"), 60);
  g.tick(29'990);
  REQUIRE(g.ended("r2"));
  CHECK(g.reason("r2") == refusal_code::order_unknown);
  CHECK(g.verdict_of("r2").outcome.refusals.front().observed == measure{std::string{"r1"}});
  CHECK(blocked_exit(g.verdict_of("r2")));
}

TEST_CASE("an exit is not given up because the entry before it is still being filled") {
  gate_fixture g;
  g.truth_is(position_flat{}, 0);
  g.submit(an_open("o1"), 1);
  g.submit(a_reduce("r1"), 2);
  CHECK_FALSE(g.ended("r1"));
  g.moved("o1", flight_step::sent, 5);
  g.moved("o1", flight_step::resolved, 400, venue_time{1'000}, true);
  CHECK_FALSE(g.ended("r1"));  // Fresh truth says flat, but it has not seen the order yet.
  REQUIRE(g.out.reads.size() == 1);
  CHECK(g.out.reads[0].newer_than == start + milliseconds{400});
  g.truth_is(position_open{qty("0.010"), px("50000")}, 500, venue_time{1'000});
  g.read_finished(btc(), "", 800);
  CHECK(g.allowed("r1"));
}

TEST_CASE("a part that waits for an entry is denied once the position has grown by it") {
  gate_settings adding;
  adding.limits.allow_add = true;
  gate_fixture g{adding};
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.submit(an_open("o1", "0.2"), 1);
  REQUIRE(g.allowed("o1"));
  g.submit(a_part("half", "0.25", "0.5"), 2);
  CHECK_FALSE(g.ended("half"));
  g.moved("o1", flight_step::resolved, 10, {}, true);
  g.truth_is(position_open{qty("0.7"), px("50000")}, 20);
  g.read_finished(btc(), "", 21);
  REQUIRE(g.ended("half"));
  CHECK(g.reason("half") == refusal_code::position_changed);
  CHECK(g.out.permits.size() == 1);
  // What came to nothing has changed nothing.
  gate_fixture same{adding};
  same.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  same.submit(an_open("o1", "0.2"), 1);
  same.submit(a_part("half", "0.25", "0.5"), 2);
  same.moved("o1", flight_step::resolved, 10);
  CHECK(same.allowed("half"));
}

TEST_CASE("an exit waits for the end of a ban that ends in time, and not for any other") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.core.reach_changed({false, "418", start + milliseconds{60'000}}, at(milliseconds{1}), g.out);
  g.submit(a_reduce("r1"), 2);
  REQUIRE(g.ended("r1"));
  CHECK(g.reason("r1") == refusal_code::exchange_unreachable);
  g.core.reach_changed({false, "418", start + milliseconds{5'000}}, at(milliseconds{3}), g.out);
  g.submit(a_reduce("r2"), 4);
  CHECK_FALSE(g.ended("r2"));
  g.core.reach_changed({true, "", std::nullopt}, at(milliseconds{5'100}), g.out);
  CHECK(g.allowed("r2"));
}

TEST_CASE("an entry that the books object to waits for them, and is denied by them at the end") {
  gate_fixture g;
  g.truth_is(position_flat{}, 0);
  g.core.ledger_moved(btc(), qty("0.3"), at(milliseconds{1}), g.out);
  g.submit(an_open("o1"), 2);
  g.submit(an_open("o2"), 3);
  CHECK_FALSE(g.ended("o1"));
  SECTION("they agree in time") {
    g.core.ledger_moved(btc(), {}, at(milliseconds{300}), g.out);
    CHECK(g.allowed("o1"));
    CHECK(g.verdict_of("o1").seen.ledger == quantity{});
  }
  SECTION("they do not") {
    g.tick(5'003);
    REQUIRE(g.ended("o1"));
    CHECK(g.reason("o1") == refusal_code::reconcile_required_qty_mismatch);
    CHECK(g.verdict_of("o1").outcome.refusals.front().observed == measure{qty("0.3")});
  }
}

TEST_CASE("an exit is a person's matter only while its position is not where it should be") {
  gate_fixture g;
  g.truth_is(position_flat{}, 0);
  g.submit(a_reduce("flat"), 1);
  REQUIRE(g.ended("flat"));
  CHECK_FALSE(blocked_exit(g.verdict_of("flat")));
  g.truth_is(position_open{qty("0.5"), px("50000")}, 2);
  g.submit(a_reduce("there", "0.5"), 3);
  CHECK_FALSE(blocked_exit(g.verdict_of("there")));
  g.core.trading_state_changed(trading_state::halted, at(milliseconds{4}), g.out);
  g.submit(a_reduce("halted", "0.2"), 5);
  const auto told = blocked_exit(g.verdict_of("halted"));
  REQUIRE(told);
  CHECK(*told ==
        "plan halted wanted at most 0.2 BTCUSDT left and ends without an order: "
        "halted (halted)");
  g.submit(an_open("entry"), 6);
  CHECK_FALSE(blocked_exit(g.verdict_of("entry")));
}

TEST_CASE("a report on another plan's order clears nothing") {
  gate_fixture g;
  g.truth_is(position_flat{}, 0);
  g.submit(an_open("o1"), 1);
  g.moved("old", flight_step::resolved, 2);
  CHECK(g.core.stats().in_flight == 1);
}
