// Exits of positions that are held open in a symbol that the last list lacks, or shows as closed.
#include "gate_fixture.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

gate_fixture holding() {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  return g;
}

}  // namespace

TEST_CASE("an exit of what is held waits for a list that has its symbol, and asks for one") {
  auto g = holding();
  const auto rules = std::exchange(g.boards->rules, std::nullopt);
  g.submit(a_reduce("x"), 1);
  CHECK_FALSE(g.ended("x"));
  CHECK(g.out.symbols);
  CHECK(g.out.reads.empty());
  g.out.clear();
  SECTION("and is carried out once it has") {
    g.boards->rules = rules;
    g.read_finished(std::nullopt, "", 2'000);
    CHECK(g.allowed("x"));
    CHECK_FALSE(g.out.symbols);
  }
  SECTION("or is refused in time, with that reason") {
    g.read_finished(std::nullopt, "", 2'000);
    CHECK_FALSE(g.ended("x"));
    CHECK(g.out.symbols);
    g.truth_is(position_open{qty("0.5"), px("50000")}, 29'900);
    g.tick(29'950);
    CHECK(g.reason("x") == refusal_code::symbol_not_in_universe);
  }
  SECTION("or ends with the position") {
    g.truth_is(position_flat{}, 2'000);
    g.read_finished(std::nullopt, "", 2'000);
    g.truth_is(position_flat{}, 3'000);
    g.read_finished(std::nullopt, "", 3'000);
    CHECK(g.ended("x"));
  }
}

TEST_CASE("an exit of what truth missed once waits for a list too, as the books still have it") {
  auto g = holding();
  g.core.ledger_moved(btc(), qty("0.5"), at(1ms), g.out);
  g.truth_is(position_flat{}, 100);
  g.core.truth_moved(btc(), at(101ms), g.out);
  const auto rules = std::exchange(g.boards->rules, std::nullopt);
  g.submit(a_reduce("x"), 102);
  CHECK_FALSE(g.ended("x"));
  CHECK(g.out.symbols);
  g.boards->rules = rules;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 200);
  g.read_finished(btc(), "", 201);
  CHECK(g.allowed("x"));
}

TEST_CASE("where nothing is held, or an entry asks, a list that lacks the symbol is not doubted") {
  gate_fixture g;
  g.boards->rules.reset();
  SECTION("flat") {
    g.truth_is(position_flat{}, 0, {});
  }
  SECTION("unknown") {}
  g.submit(a_reduce("x"), 1);
  CHECK(g.reason("x") == refusal_code::symbol_not_in_universe);
  g.truth_is(position_open{qty("0.5"), px("50000")}, 2);
  g.submit(an_open("e"), 3);
  CHECK(g.reason("e") == refusal_code::symbol_not_in_universe);
  CHECK_FALSE(g.out.symbols);
}

TEST_CASE(
    "an exit in a symbol that takes no order is refused at once, and a newer list asked for") {
  auto g = holding();
  g.boards->rules->closed = true;
  g.submit(a_reduce("x"), 1);
  CHECK(g.reason("x") == refusal_code::symbol_not_trading);
  CHECK(g.out.symbols);
}

TEST_CASE("an exit that came before any list is judged once there is one, and a cancel finds it") {
  auto g = holding();
  const auto rules = std::exchange(g.boards->rules, std::nullopt);
  g.core.put_off(std::make_shared<const plan>(a_reduce("x")));
  g.core.put_off(std::make_shared<const plan>(a_reduce("y")));
  CHECK(g.core.left() == 2);
  g.submit(a_cancel("c", "y"), 1);
  CHECK(g.reason("y") == refusal_code::plan_withdrawn);
  g.boards->rules = rules;
  g.core.take_up([](const plan&) { return true; }, at(2ms), g.out);
  CHECK(g.allowed("x"));
  CHECK(g.core.left() == 0);
}
