// The dead man's switch in the whole pipeline: signs while an order is open and all is well.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

std::vector<std::int64_t> signs(const pipeline_world& world) {
  std::vector<std::int64_t> found;
  for (const auto& [instrument, after] : world.exchange->countdowns)
    found.push_back(after.count());
  return found;
}

}  // namespace

TEST_CASE("signs are given while an order is open, and taken back when it is done") {
  pipeline_world world;
  world.chosen.dead_man.enabled = true;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  REQUIRE(world.exchange->placed.size() == 1);
  run.pass(1'100ms);
  CHECK(signs(world) == std::vector<std::int64_t>{60'000});
  CHECK(run.given.vitals->dead_man().armed == std::vector{symbol("BTCUSDT")});
  run.fill_order(quantity::parse("0.01").value(), price::whole(50'000));
  run.live(25s, {a_row("BTCUSDT", "0.01", "50000")});
  CHECK(signs(world) == std::vector<std::int64_t>{60'000, 0});
  CHECK(run.given.vitals->dead_man().armed.empty());
  CHECK(run.notices_of("dead_man_armed") == 1);
  CHECK(run.notices_of("dead_man_disarmed") == 1);
}

TEST_CASE("no sign is given while the watchdog names a stuck executor") {
  pipeline_world world;
  world.chosen.dead_man.enabled = true;
  world.chosen.dead_man.after = 5s;
  world.chosen.dead_man.refresh = 2s;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  run.pass(3'500ms);
  CHECK(signs(world).size() == 2);
  actors::stall stuck;
  stuck.cause = actors::stall_cause::executor_stuck;
  for (int i = 0; i < 700; ++i) {
    run.given.vitals->stalls({stuck});
    run.pass(10ms);
  }
  CHECK(signs(world).size() == 2);
  CHECK_FALSE(run.given.vitals->dead_man().healthy);
  CHECK(run.notices_of("dead_man_lapsed") == 1);
}

TEST_CASE("an end in order leaves no countdown armed but for orders that are open") {
  for (const bool filled : {true, false}) {
    INFO(filled);
    pipeline_world world;
    world.chosen.dead_man.enabled = true;
    pipeline_run run(world);
    run.make_ready();
    run.offer({run.an_open("p", "BTCUSDT", "0.01")});
    run.pass(1'100ms);
    REQUIRE(signs(world) == std::vector<std::int64_t>{60'000});
    if (filled)
      run.fill_order(quantity::parse("0.01").value(), price::whole(50'000));
    CHECK(run.end() == 0);
    CHECK(signs(world).size() == (filled ? 2 : 1));
    CHECK(signs(world).back() == (filled ? 0 : 60'000));
    CHECK(run.notices_of("dead_man_disarmed") == (filled ? 1 : 0));
  }
}

TEST_CASE("switched off, or in mode shadow, no sign is ever given") {
  for (const bool shadow : {false, true}) {
    pipeline_world world;
    world.chosen.dead_man.enabled = shadow;
    if (shadow)
      world.chosen.mode = run_mode::shadow;
    pipeline_run run(world);
    run.make_ready();
    run.offer({run.an_open("p", "BTCUSDT", "0.01")});
    run.pass(5s);
    CHECK(signs(world).empty());
  }
}
