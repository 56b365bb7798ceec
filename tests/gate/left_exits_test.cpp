// Exits that the last run left, and exits between two orders: what ends them and what does not.
#include "gate_fixture.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

constexpr auto at_once = [](const plan&) { return true; };
constexpr auto not_yet = [](const plan&) { return false; };

gate_settings judged_again() {
  gate_settings s;
  s.limits.stale_after_exit = 1'000ms;
  s.limits.stale_after_entry = 1'000ms;
  return s;
}

void again(gate_fixture& g, plan p, int ms) {
  g.core.submit(shared(std::move(p)), at(milliseconds{ms}), g.out, true);
}

}  // namespace

TEST_CASE("what the last run left is judged once, when it is due") {
  gate_fixture g;
  g.core.left_by_last_run({shared(a_reduce("x"))});
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.core.take_up(not_yet, at(1ms), g.out);
  CHECK(g.core.has_left());
  CHECK_FALSE(g.ended("x"));
  g.core.take_up(at_once, at(2ms), g.out);
  CHECK(g.allowed("x"));
  g.core.take_up(at_once, at(3ms), g.out);
  CHECK(g.verdicts_of("x") == 1);
  CHECK_FALSE(g.core.has_left());
}

TEST_CASE("a cancel finds what the last run left, and nothing of it is judged any more") {
  gate_fixture g;
  g.core.left_by_last_run({shared(a_reduce("x")), shared(a_reduce("y"))});
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.submit(a_cancel("c", "x"), 1);
  CHECK(g.allowed("c"));
  CHECK(g.reason("x") == refusal_code::plan_withdrawn);
  g.core.take_up(at_once, at(2ms), g.out);
  CHECK(g.verdicts_of("x") == 1);
  CHECK(g.allowed("y"));
}

TEST_CASE("an exit between two orders is not ended by a position that is not proven") {
  gate_fixture g{judged_again()};
  SECTION("of old truth") {
    g.truth_is(position_flat{}, 0);
    again(g, a_reduce("x"), 5'000);
    CHECK_FALSE(g.ended("x"));
    SECTION("and goes on where new truth shows one") {
      g.truth_is(position_open{qty("0.5"), px("50000")}, 5'100);
      g.core.truth_moved(btc(), at(5'100ms), g.out);
      CHECK(g.allowed("x"));
    }
    SECTION("and ends where new truth shows none") {
      g.truth_is(position_flat{}, 5'100);
      g.core.truth_moved(btc(), at(5'100ms), g.out);
      CHECK(g.reason("x") == refusal_code::no_position);
    }
  }
  SECTION("but by one that is") {
    g.truth_is(position_flat{}, 5'000);
    again(g, a_reduce("x"), 5'001);
    CHECK_FALSE(g.ended("x"));  // One read says so.
    g.truth_is(position_flat{}, 5'002);
    g.read_finished(btc(), "", 5'003);
    CHECK(g.reason("x") == refusal_code::no_position);
  }
}

TEST_CASE("an order to stop holds up an exit between two orders, and ends a new one") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.core.trading_state_changed(trading_state::halted, at(1ms), g.out);
  again(g, a_reduce("x"), 2);
  g.submit(a_reduce("new"), 3);
  CHECK_FALSE(g.ended("x"));
  CHECK(g.reason("new") == refusal_code::halted);
  g.core.trading_state_changed(trading_state::active, at(4ms), g.out);
  CHECK(g.allowed("x"));
}

TEST_CASE("a close that goes on after its position was turned around trades nothing") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  const auto stop = a_close_of("stop", 1);
  g.submit(stop, 1);
  REQUIRE(g.allowed("stop"));
  // Refused by a venue that is overloaded; before the next try it was closed there, and somebody
  // opened the other side.
  g.moved("stop", flight_step::resolved, 10);
  g.truth_is(position_open{qty("-0.2"), px("50000")}, 20);
  g.out = {};
  again(g, stop, 30);
  REQUIRE(g.ended("stop"));
  CHECK(g.reason("stop") == refusal_code::position_changed);
  CHECK(g.out.permits.empty());
}

TEST_CASE("a close of one side takes all of it, also what it has grown by") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.7"), px("50000")}, 0);
  g.submit(a_close_of("stop", 1), 1);
  REQUIRE(g.allowed("stop"));
  CHECK(g.verdict_of("stop").outcome.terms->amount == qty("0.7"));
}
