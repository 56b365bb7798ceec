// Whoever should come round has a read waiting after each roll call, whatever happened before.
#include "sluice/truth/muster.hpp"

#include "support/catch.hpp"
#include "truth/builders.hpp"

using namespace sluice;
using namespace sluice::test;
using namespace std::chrono_literals;

namespace {

struct world {
  explicit world(freshness_strategy strategy) {
    settings.strategy = strategy;
    settings.bound = 10'000ms;
    for (const char* name : {"AUSDT", "BUSDT", "CUSDT"}) {
      instrument_rules r;
      r.instrument = symbol(name);
      listed.instruments.push_back(r);
    }
    listed.rebuild_index();
    keeper.register_symbols(listed);
    all = rounds(settings);
    all.set_universe(3, 2'400);
    static_cast<void>(keeper.apply(a_read("", 0, {a_row("AUSDT", 1, venue_at(0))})));
  }
  std::size_t call(std::int64_t now_ms) {
    return muster(all, scheduler, keeper, listed, at(now_ms));
  }
  std::optional<instant> due(symbol_index i) const {
    return scheduler.waits_until(read_target::of(i));
  }

  snapshot_settings settings{};
  universe listed{};
  truth_keeper keeper{truth_keeper::options{}};
  rounds all{settings};
  read_scheduler scheduler{read_limits{}};
};

}  // namespace

TEST_CASE("every listed symbol waits for a read one period after its last proof") {
  world w(freshness_strategy::per_symbol);
  CHECK(w.call(1'000) == 3);
  const auto period = w.all.promise().plan.symbol_period;
  for (symbol_index i = 0; i < 3; ++i)
    CHECK(w.due(i) == at(0) + period);
}

TEST_CASE("demands that were gathered into an account-wide read leave nobody without rounds") {
  world w(freshness_strategy::per_symbol);
  w.call(0);
  const auto demand = [&](symbol_index i) {
    w.scheduler.demand({read_target::of(i), read_priority::exit_demand, at(10), at(10)}, at(10));
  };
  demand(0);
  demand(1);
  CHECK_FALSE(w.due(0));  // The account-wide read took its place.
  w.call(1'000);
  CHECK(w.due(0));
  CHECK(w.due(1));
}

TEST_CASE("a symbol that is listed again comes round again, one that is gone does not") {
  world w(freshness_strategy::per_symbol);
  w.scheduler.drop(read_target::of(2));
  auto fewer = w.listed;
  fewer.instruments.pop_back();
  fewer.rebuild_index();
  CHECK(muster(w.all, w.scheduler, w.keeper, fewer, at(0)) == 2);
  CHECK_FALSE(w.due(2));
  CHECK(w.call(1'000) == 3);
  CHECK(w.due(2));
}

TEST_CASE("a read that waits longer than the period of today is brought forward") {
  world w(freshness_strategy::per_symbol);
  w.scheduler.want({read_target::of(1), read_priority::rest, at(200'000), at(200'000)}, at(0));
  w.call(1'000);
  CHECK(w.due(1) == at(0) + w.all.promise().plan.symbol_period);
}

TEST_CASE("a read under way is not asked for twice") {
  world w(freshness_strategy::per_symbol);
  w.call(0);
  while (w.scheduler.next(at(20'000))) {
  }
  REQUIRE(w.scheduler.in_flight() == 3);
  w.call(21'000);
  CHECK(w.scheduler.waiting() == 0);
}

TEST_CASE("under open_positions the open ones and those plans asked for are counted, each once") {
  world w(freshness_strategy::open_positions);
  CHECK(w.call(0) == 1);
  w.all.of_interest(0, at(0));
  w.all.of_interest(1, at(0));
  CHECK(w.call(1'000) == 2);
  CHECK(w.call(60'001) == 1);
}

TEST_CASE("under adaptive nobody comes round singly, whoever was asked for") {
  world w(freshness_strategy::adaptive);
  w.all.of_interest(1, at(0));
  CHECK(w.call(0) == 0);
  CHECK(w.scheduler.waiting() == 0);
}
