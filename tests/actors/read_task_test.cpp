// How a read that brought nothing is told to the gate.
#include "read_task.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;

TEST_CASE("only a read that nobody asked for, and that never left, was held back") {
  symbol_directory names;
  const auto bitcoin = *names.intern(symbol("BTCUSDT"));
  const read_failure no_budget{failure_kind::rate_limited, 0, 0, "none left", std::nullopt};
  const read_failure turned_away{failure_kind::rate_limited, 429, -1003, "too many", std::nullopt};
  read_job routine;
  routine.target = read_target::account();
  routine.priority = read_priority::open_position;
  auto joined = routine;
  joined.priority = read_priority::exit_demand;
  auto single = joined;
  single.target = read_target::of(bitcoin);

  CHECK(failed_read(routine, no_budget, names).held_back);
  CHECK_FALSE(failed_read(routine, turned_away, names).held_back);
  CHECK_FALSE(failed_read(joined, no_budget, names).held_back);
  CHECK_FALSE(failed_read(single, no_budget, names).held_back);
  CHECK(failed_read(single, no_budget, names).position->instrument == symbol("BTCUSDT"));
  CHECK(failed_read(routine, no_budget, names).failure == "rate_limited: none left");
}
