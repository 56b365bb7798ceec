// How a read that brought nothing is told to the gate.
#include "read_task.hpp"

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::actors;

TEST_CASE("what our own budget kept out of another share than that of exits is not for exits") {
  symbol_directory names;
  const auto bitcoin = *names.intern(symbol("BTCUSDT"));
  const read_failure no_budget{failure_kind::rate_limited, 0, 0, "none left", std::nullopt};
  const read_failure turned_away{failure_kind::rate_limited, 429, -1003, "too many", std::nullopt};
  const read_failure away{failure_kind::venue_error, 503, 0, "away", std::nullopt};
  read_job job;
  job.target = GENERATE_COPY(read_target::account(), read_target::of(bitcoin));
  for (const auto left_as : {read_priority::open_position, read_priority::rest,
                             read_priority::verification, read_priority::entry_demand}) {
    job.left_as = left_as;
    job.priority = read_priority::exit_demand;  // An exit joined it.
    CHECK(failed_read(job, no_budget, names).not_for_exits);
    CHECK_FALSE(failed_read(job, turned_away, names).not_for_exits);
    CHECK_FALSE(failed_read(job, away, names).not_for_exits);
  }
  job.left_as = read_priority::exit_demand;
  CHECK_FALSE(failed_read(job, no_budget, names).not_for_exits);

  const auto told = failed_read(job, no_budget, names);
  CHECK(told.failure == "rate_limited: none left");
  CHECK(told.position.has_value() == !job.target.is_account());
  if (told.position)
    CHECK(told.position->instrument == symbol("BTCUSDT"));
}
