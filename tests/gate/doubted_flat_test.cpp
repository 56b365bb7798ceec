// Exits against truth that says flat while the books have a position.
#include "gate_fixture.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

/// Truth, and the gate is told of it.
void tell(gate_fixture& g, truth content, int as_of_ms) {
  g.truth_is(std::move(content), as_of_ms);
  g.core.truth_moved(btc(), at(milliseconds{as_of_ms}), g.out);
}

const position_open half{qty("0.5"), px("50000")};

}  // namespace

TEST_CASE("an exit is not given up because one read shows nothing of what the books have") {
  gate_fixture g;
  g.core.ledger_moved(btc(), qty("0.5"), at(milliseconds{0}), g.out);
  g.truth_is(position_flat{}, 90);
  auto exit = a_reduce();
  exit.received = at(milliseconds{100});
  g.submit(std::move(exit), 100);
  CHECK_FALSE(g.ended("r1"));
  REQUIRE(g.out.reads.size() == 1);
  CHECK(g.out.reads[0].newer_than == start + milliseconds{100});
  SECTION("the read of after its arrival shows it") {
    g.truth_is(position_open{qty("0.5"), px("50000")}, 120);
    g.read_finished(btc(), "", 420);
    CHECK(g.allowed("r1"));
  }
  SECTION("that one shows nothing either") {
    g.truth_is(position_flat{}, 120);
    g.read_finished(btc(), "", 420);
    CHECK(g.verdict_of("r1").outcome.reason() == refusal_code::no_position);
  }
}

TEST_CASE("an exit from what books and truth call flat is answered at once") {
  gate_fixture g;
  g.core.ledger_moved(btc(), {}, at(milliseconds{0}), g.out);
  g.truth_is(position_flat{}, 90);
  g.submit(a_reduce(), 100);
  CHECK(g.verdict_of("r1").outcome.reason() == refusal_code::no_position);
}

TEST_CASE("an exit that is judged again is not done because one read shows nothing") {
  gate_fixture g;
  g.truth_is(half, 0);
  g.submit(a_reduce("x"), 1);
  REQUIRE(g.allowed("x"));
  g.moved("x", flight_step::resolved, 10);  // Refused: it comes again later.
  g.out.clear();
  tell(g, position_flat{}, 20);
  g.core.submit(shared(a_reduce("x")), at(milliseconds{30}), g.out, true);
  CHECK_FALSE(g.ended("x"));
  REQUIRE(g.out.reads.size() == 1);
  CHECK(g.out.reads[0].newer_than > start + milliseconds{20});
  SECTION("the next read shows it") {
    g.truth_is(half, 40);
    g.read_finished(btc(), "", 50);
    CHECK(g.allowed("x"));
  }
  SECTION("the next read agrees") {
    g.truth_is(position_flat{}, 40);
    g.read_finished(btc(), "", 50);
    CHECK(g.reason("x") == refusal_code::no_position);
  }
  SECTION("no other read comes before its end") {
    g.tick(29'960);
    CHECK(g.reason("x") == refusal_code::stale_exchange_state);
    CHECK(g.verdict_of("x").seen.missing_in == start + milliseconds{20});
  }
}

TEST_CASE("what was seen open is not gone by one read, whatever the books say") {
  gate_fixture g;
  tell(g, half, 0);
  if (GENERATE(true, false))
    g.core.ledger_moved(btc(), {}, at(milliseconds{1}), g.out);
  tell(g, position_flat{}, 90);
  g.submit(a_reduce("x"), 100);
  CHECK_FALSE(g.ended("x"));
  REQUIRE(g.out.reads.size() == 1);
  SECTION("it is there") {
    g.truth_is(half, 120);
    g.read_finished(btc(), "", 130);
    CHECK(g.allowed("x"));
  }
  SECTION("it is gone, and stays so for those who ask later") {
    g.truth_is(position_flat{}, 120);
    g.read_finished(btc(), "", 130);
    CHECK(g.reason("x") == refusal_code::no_position);
    g.submit(a_reduce("later"), 140);
    CHECK(g.reason("later") == refusal_code::no_position);
    CHECK(g.out.reads.size() == 1);
  }
}

TEST_CASE("an exit from what is surely flat is answered at once") {
  gate_fixture g;
  tell(g, half, 0);
  SECTION("the stream said so") {
    g.truth_is(position_flat{}, 50);
    g.boards->truths[btc()].source = truth_source::stream;
  }
  SECTION("two reads have agreed before it came") {
    tell(g, position_flat{}, 50);
    g.truth_is(position_flat{}, 80);
  }
  g.submit(a_reduce("x"), 100);
  CHECK(g.reason("x") == refusal_code::no_position);
  CHECK(g.out.reads.empty());
}

TEST_CASE("a position that was there again between two reads without it is doubted anew") {
  gate_fixture g;
  tell(g, half, 0);
  tell(g, position_flat{}, 50);
  g.truth_is(half, 60);
  g.truth_is(position_flat{}, 70);
  g.submit(a_reduce("x"), 100);
  CHECK_FALSE(g.ended("x"));
}
