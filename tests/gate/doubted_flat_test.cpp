// Exits against truth that says flat while the books have a position.
#include "gate_fixture.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

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
