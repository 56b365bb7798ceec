// The gate's smaller parts on their own: settings, parking places, the view on the boards.
#include <algorithm>

#include "gate_builders.hpp"
#include "sluice/gate/board_view.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

parked_plan waiting(plan p, int until_ms) {
  return {.what = shared(std::move(p)),
          .ticket = 0,
          .until = start + milliseconds{until_ms},
          .times_judged = 1};
}

std::vector<std::string> ids_of(const std::vector<parked_plan>& plans) {
  std::vector<std::string> ids;
  for (const auto& p : plans)
    ids.push_back(p.what->id.str());
  return ids;
}

}  // namespace

TEST_CASE("the gate's default settings are valid, and each fault is named") {
  CHECK(gate_settings{}.validate().empty());
  gate_settings s;
  s.limits.stale_after_exit = milliseconds{0};
  s.limits.cooldown = milliseconds{-1};
  s.permit_ttl = milliseconds{0};
  s.read_retry = milliseconds{6'000};
  s.parked_exit_max = 0;
  const auto faults = s.validate();
  REQUIRE(faults.size() == 5);
  CHECK(faults[0].key == "stale_after_exit");
  CHECK(faults[4].key == "parked_exit_max");
}

TEST_CASE("parked plans leave exits first, each lane in order of arrival") {
  parking_lot lot(10, 10);
  REQUIRE(lot.park(waiting(an_open("o1"), 5)));
  REQUIRE(lot.park(waiting(a_reduce("r1"), 9)));
  REQUIRE(lot.park(waiting(an_open("o2"), 1)));
  REQUIRE(lot.park(waiting(a_reduce("r2"), 7)));
  CHECK(lot.next_due() == start + milliseconds{1});
  SECTION("by position") {
    CHECK(ids_of(lot.take(btc())) == std::vector<std::string>{"r1", "r2", "o1", "o2"});
    CHECK_FALSE(lot.waits(btc()));
  }
  SECTION("all") {
    CHECK(ids_of(lot.take_all()) == std::vector<std::string>{"r1", "r2", "o1", "o2"});
  }
  SECTION("by time") {
    CHECK(ids_of(lot.take_due(start + milliseconds{7})) ==
          std::vector<std::string>{"r2", "o1", "o2"});
    CHECK(lot.size(lane::exit) == 1);
    CHECK(lot.size(lane::entry) == 0);
  }
  SECTION("one that is put back keeps its place") {
    auto all = lot.take(btc());
    std::reverse(all.begin(), all.end());
    for (auto& p : all)
      REQUIRE(lot.park(std::move(p)));
    CHECK(ids_of(lot.take(btc())) == std::vector<std::string>{"r1", "r2", "o1", "o2"});
  }
}

TEST_CASE("a lane has room for so many and no more") {
  parking_lot lot(1, 1);
  CHECK(lot.park(waiting(an_open("o1"), 5)));
  CHECK_FALSE(lot.park(waiting(an_open("o2"), 5)));
  CHECK(lot.park(waiting(a_reduce("r1"), 5)));
  REQUIRE(lot.take(plan_id{"o1"}));
  CHECK(lot.park(waiting(an_open("o2"), 5)));
}

TEST_CASE("the view reads truth, filters and marks from the boards") {
  const auto directory = std::make_shared<symbol_directory>();
  const auto index = *directory->intern(symbol{"BTCUSDT"});
  const auto table = std::make_shared<state_table>(directory, tracked_legs::one_way);
  const auto symbols = std::make_shared<universe_board>();
  const auto marks = std::make_shared<mark_board>(directory);
  const board_view view(table, symbols, marks);
  CHECK_FALSE(is_known(view.position(btc()).content));
  CHECK_FALSE(view.instrument(symbol{"BTCUSDT"}));
  CHECK_FALSE(view.mark(symbol{"BTCUSDT"}));

  auto all = std::make_shared<universe>();
  instrument_rules rules;
  rules.instrument = symbol{"BTCUSDT"};
  rules.tradable = true;
  rules.lot = {qty("0.001"), qty("1000"), qty("0.001")};
  rules.market_lot = {{}, qty("120"), {}};
  rules.min_notional = value_of("100");
  all->instruments.push_back(rules);
  all->index.emplace(rules.instrument, 0);
  symbols->set(all);
  REQUIRE(marks->set(index, px("50000"), start));

  const auto facts_seen = view.instrument(symbol{"BTCUSDT"});
  REQUIRE(facts_seen);
  CHECK(facts_seen->step == qty("0.001"));
  CHECK(facts_seen->max_quantity == qty("120"));
  CHECK(facts_seen->min_notional == value_of("100"));
  CHECK(view.mark(symbol{"BTCUSDT"})->mark == px("50000"));
  CHECK(view.mark(symbol{"BTCUSDT"})->at == start);
}
