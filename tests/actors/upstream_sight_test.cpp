// What the desk of stream entries may count on, from a start to a list that became too old.
#include "upstream_sight.hpp"

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE("open plans wait for the list and their mark, closes for the account and a list") {
  pipeline_world world;
  pipeline_run run(world);
  const upstream_watch ours;
  const auto look = [&] {
    return actors::look_around(run.given, ours, run.given.time.at(run.now()), 10s);
  };
  const symbol bitcoin("BTCUSDT");
  CHECK_FALSE(look().judges);
  run.give_universe();
  CHECK_FALSE(look().judges);
  run.tell(stream_opened{});
  while (run.answer_read(symbol{}, {})) {
  }
  CHECK(look().judges);
  CHECK_FALSE(look().may_open(bitcoin));
  run.give_marks({{"ETHUSDT", "2000"}});
  CHECK_FALSE(look().may_open(bitcoin));  // Listed a moment ago, say.
  CHECK(look().may_open(symbol("ETHUSDT")));
  CHECK(look().may_open(symbol("NOSUCHUSDT")));  // To be denied at once.
  CHECK_FALSE(look().may_be_held(symbol("NOSUCHUSDT")));
  run.give_marks({{"BTCUSDT", "50000"}});
  CHECK(look().may_open(bitcoin));

  auto too_old = *run.given.universe->current();
  for (auto& r : too_old.instruments)
    r.offered = false;
  too_old.source = universe_source::last_good;
  run.given.universe->set(std::make_shared<const universe>(std::move(too_old)));
  CHECK(look().judges);
  CHECK_FALSE(look().may_open(bitcoin));
  CHECK(look().may_be_held(symbol("SINCEUSDT")));
}
