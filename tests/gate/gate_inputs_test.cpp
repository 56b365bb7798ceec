// What else the gate is told: holds, reach, trading state, fills, cancels, restarts, full lanes.
#include <vector>

#include "gate_fixture.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

hold a_hold(std::int64_t id = 1) {
  return {.id = id, .position = btc(), .evidence = "0.1 missing"};
}
stamp ms(int n) {
  return at(milliseconds{n});
}

}  // namespace

TEST_CASE("a hold binds entries until the last one is cleared, and exits never by default") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.core.hold_set(a_hold(1), ms(0), g.out);
  g.core.hold_set(a_hold(2), ms(0), g.out);
  g.core.hold_cleared(a_hold(1), ms(0), g.out);
  g.submit(an_open("o1"), 1);
  CHECK(g.reason("o1") == refusal_code::reconcile_hold_active);
  g.submit(a_reduce("r1"), 2);
  CHECK(g.allowed("r1"));
  g.moved("r1", flight_step::resolved, 3);
  g.truth_is(position_flat{}, 4);
  g.core.hold_cleared(a_hold(2), ms(5), g.out);
  g.submit(an_open("o2"), 6);
  CHECK(g.allowed("o2"));
}

TEST_CASE("an unreachable exchange parks plans, and its return has them judged") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.core.reach_changed({false, "connection reset", std::nullopt}, ms(1), g.out);
  g.submit(a_reduce("r1"), 2);
  CHECK_FALSE(g.ended("r1"));
  CHECK(g.out.reads.size() == 1);
  g.core.reach_changed({true, "", std::nullopt}, ms(900), g.out);
  CHECK(g.allowed("r1"));
}

TEST_CASE("a ban denies at once what waits, with the time it still lasts") {
  gate_fixture g;
  g.submit(a_reduce("r1"), 0);
  g.core.reach_changed({true, "", start + milliseconds{60'000}}, ms(10), g.out);
  REQUIRE(g.ended("r1"));
  const auto& refusals = g.verdict_of("r1").outcome.refusals;
  CHECK(refusals.back().code == refusal_code::exchange_banned);
  CHECK(refusals.back().observed == measure{milliseconds{59'990}});
}

TEST_CASE("halting ends what waits") {
  gate_fixture g;
  g.submit(a_reduce("r1"), 0);
  g.core.trading_state_changed(trading_state::halted, ms(10), g.out);
  REQUIRE(g.ended("r1"));
  CHECK(g.reason("r1") == refusal_code::halted);
  CHECK(g.core.state() == trading_state::halted);
}

TEST_CASE("entries cool down after a fill, exits do not") {
  gate_fixture g;
  g.truth_is(position_flat{}, 0);
  g.core.fill_seen(btc(), start);
  g.core.fill_seen(btc(), start - milliseconds{5'000});
  g.submit(an_open("o1"), 9'000);
  CHECK(g.reason("o1") == refusal_code::cooldown_in_flight);
  g.truth_is(position_flat{}, 15'000);
  g.submit(an_open("o2"), 15'000);
  CHECK(g.allowed("o2"));
}

TEST_CASE("a cancel withdraws a waiting plan, once") {
  gate_fixture g;
  g.submit(an_open("o1"), 0);
  g.submit(a_cancel("c1", "o1"), 1);
  CHECK(g.reason("o1") == refusal_code::plan_withdrawn);
  REQUIRE(g.allowed("c1"));
  CHECK_FALSE(g.verdict_of("c1").outcome.terms);
  CHECK(g.out.permits.empty());
  g.submit(a_cancel("c2", "o1"), 2);
  CHECK(g.reason("c2") == refusal_code::nothing_to_withdraw);
  CHECK(g.core.stats().parked_entry == 0);
}

TEST_CASE("a cancel of a plan whose order has yet to leave holds when nothing comes of that") {
  const bool left = GENERATE(false, true);
  CAPTURE(left);
  gate_fixture g;
  g.truth_is(position_flat{}, 0);
  g.submit(an_open("o1"), 1);
  REQUIRE(g.allowed("o1"));
  if (left)
    g.moved("o1", flight_step::sent, 2);
  g.submit(a_cancel("c1", "o1"), 3);
  CHECK(g.reason("c1") == refusal_code::nothing_to_withdraw);
  g.out = {};
  // Its permit ran out, or the venue was busy: it comes once more.
  order_moved nothing{btc(), plan_id{"o1"}, flight_step::resolved, start + milliseconds{4}};
  nothing.comes_again = true;
  g.core.moved(nothing, ms(4), g.out);
  g.core.submit(shared(an_open("o1")), ms(5), g.out, true);
  if (left)
    CHECK(g.allowed("o1"));
  else
    CHECK(g.reason("o1") == refusal_code::plan_withdrawn);
}

TEST_CASE("what a successor could not replace goes on") {
  gate_fixture g;
  g.truth_is(position_flat{}, 0);
  g.submit(an_open("o1"), 1);
  auto replaced = a_cancel("c1", "o1");
  replaced.source = source_id{std::string{planner_source}};
  g.submit(replaced, 2);
  CHECK(g.reason("c1") == refusal_code::nothing_to_withdraw);
  g.out = {};
  order_moved nothing{btc(), plan_id{"o1"}, flight_step::resolved, start + milliseconds{3}};
  nothing.comes_again = true;
  g.core.moved(nothing, ms(3), g.out);
  g.core.submit(shared(an_open("o1")), ms(4), g.out, true);
  CHECK(g.allowed("o1"));
}

TEST_CASE("a cancel of a plan that ended without an order is forgotten with it") {
  gate_fixture g;
  g.truth_is(position_flat{}, 0);
  g.submit(an_open("o1"), 1);
  g.submit(a_cancel("c1", "o1"), 2);
  g.moved("o1", flight_step::resolved, 3);
  g.out = {};
  g.core.submit(shared(an_open("o1")), ms(4), g.out, true);
  CHECK(g.allowed("o1"));
}

TEST_CASE("sources are listed per lane") {
  gate_settings settings;
  settings.exit_sources = {source_id{"risk_desk"}};
  SECTION("an unlisted one is denied") {
    gate_fixture g(settings);
    g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
    g.submit(a_reduce("r1"), 1);
    CHECK(g.reason("r1") == refusal_code::source_not_allowed);
    auto listed = a_reduce("r2");
    listed.source = source_id{"risk_desk"};
    g.submit(listed, 2);
    CHECK(g.allowed("r2"));
  }
  SECTION("our own sources need no list") {
    gate_fixture g(settings);
    g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
    auto own = a_reduce("r1");
    own.source = source_id{GENERATE("exit_engine", "reconciler")};
    g.submit(own, 1);
    CHECK(g.allowed("r1"));
  }
  SECTION("an empty list admits anybody") {
    gate_fixture g(settings);
    g.truth_is(position_flat{}, 0);
    g.submit(an_open("o1"), 1);
    CHECK(g.allowed("o1"));
  }
  SECTION("the other rules alone decide when so configured") {
    settings.unlisted_source = unlisted_policy::permit_decides;
    gate_fixture g(settings);
    g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
    g.submit(a_reduce("r1"), 1);
    CHECK(g.allowed("r1"));
  }
}

TEST_CASE("a full lane denies with what stood, and leaves the other lane alone") {
  gate_settings settings;
  settings.parked_entry_max = 1;
  gate_fixture g(settings);
  g.submit(an_open("o1"), 0);
  g.submit(an_open("o2"), 1);
  CHECK_FALSE(g.ended("o1"));
  CHECK(g.reason("o2") == refusal_code::no_exchange_snapshot);
  CHECK(g.core.stats().parking_full == 1);
  g.submit(a_reduce("r1"), 2);
  CHECK_FALSE(g.ended("r1"));
}

TEST_CASE("a flatten waits also where the lane is full of a producer's exits") {
  gate_settings settings;
  settings.parked_exit_max = 1;
  gate_fixture g(settings);
  g.submit(a_reduce("x"), 1);
  auto ours = a_reduce("flatten:1");
  ours.source = source_id{std::string{flatten_source}};
  g.submit(ours, 2);
  CHECK_FALSE(g.ended("flatten:1"));
  CHECK(g.core.stats().parked_exit == 2);
  g.submit(a_reduce("late"), 3);
  CHECK(g.ended("late"));
  CHECK(g.core.stats().parking_full == 1);
  // An entry of ours, which nothing makes today, would be a producer's like any other.
  auto entry = an_open("o");
  entry.source = ours.source;
  gate_settings none;
  none.parked_entry_max = 1;
  gate_fixture h(none);
  h.submit(an_open("o1"), 1);
  h.submit(entry, 2);
  CHECK(h.core.stats().parking_full == 1);
}

TEST_CASE("an exit between two of its orders waits also where the lane is full of other exits") {
  gate_settings settings;
  settings.parked_exit_max = 1;
  gate_fixture g(settings);
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.submit(a_reduce("x"), 1);
  REQUIRE(g.allowed("x"));
  auto other = a_reduce("other");
  other.instrument = symbol{"ETHUSDT"};
  g.submit(other, 2);
  g.moved("x", flight_step::resolved, 3, venue_time{500}, true);
  g.core.submit(shared(a_reduce("x")), ms(4), g.out, true);
  CHECK(g.verdicts_of("x") == 1);
  CHECK(g.core.stats().parked_exit == 2);
  // What waited before does not lose its place to it.
  g.core.truth_moved({other.instrument, other.leg}, ms(5), g.out);
  CHECK_FALSE(g.ended("other"));
  g.submit(a_reduce("late"), 6);
  CHECK(g.ended("late"));
  CHECK(g.core.stats().parking_full == 1);
  g.truth_is(position_open{qty("0.2"), px("50000")}, 10, venue_time{600});
  g.core.truth_moved(btc(), ms(11), g.out);
  CHECK(g.verdicts_of("x") == 2);
  CHECK(g.out.verdicts.back().outcome.kind == verdict_kind::allow);
  CHECK(g.core.stats().parked_exit == 1);
}

TEST_CASE("after a restart unresolved orders and holds bind as before") {
  gate_fixture g;
  const std::vector<recovered_order> orders{
      {btc(), {plan_id{"before"}, flight_phase::unknown, start}}};
  const std::vector<hold> holds{a_hold()};
  g.core.recover(orders, holds, {});
  g.truth_is(position_flat{}, 1);
  g.submit(an_open("o1"), 2);
  REQUIRE(g.ended("o1"));
  const auto& refusals = g.verdict_of("o1").outcome.refusals;
  REQUIRE(refusals.size() == 2);
  CHECK(refusals[0].code == refusal_code::reconcile_hold_active);
  CHECK(refusals[1].code == refusal_code::order_unknown);
  g.moved("before", flight_step::resolved, 3, venue_time{500}, true);
  g.core.hold_cleared(a_hold(), ms(4), g.out);
  // Nobody knows what truth was at before it: only what no longer lags shows what it did.
  g.truth_is(position_flat{}, 10);
  g.submit(an_open("o2"), 11);
  CHECK_FALSE(g.ended("o2"));
  g.truth_is(position_flat{}, 1'004);
  g.tick(1'005);
  g.read_finished(btc(), "", 1'006);
  CHECK(g.allowed("o2"));
}

TEST_CASE("a recovered permit that came to nothing frees its position") {
  gate_fixture g;
  const std::vector<recovered_order> orders{
      {btc(), {plan_id{"before"}, flight_phase::permitted, start}}};
  g.core.recover(orders, {}, {});
  CHECK(g.core.stats().in_flight == 1);
  g.moved("before", flight_step::resolved, 3);
  CHECK(g.core.stats().in_flight == 0);
}
