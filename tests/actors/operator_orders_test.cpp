// Trading state and overrides in the whole pipeline: what plans get, and what a restart finds.
#include <fstream>

#include "halt_file.hpp"
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

void order(pipeline_run& run, trading_state to, std::optional<milliseconds> lasts = {}) {
  caf::anon_send(run.all->gate, change_state{to, "alice", "drill", lasts});
  run.settle();
}

void halt_file_is(pipeline_run& run, std::optional<std::string> found) {
  caf::anon_send(run.all->gate, halt_file_changed{std::move(found)});
  run.settle();
}

void set(pipeline_run& run, override_order wanted) {
  caf::anon_send(run.all->gate, set_override{std::move(wanted)});
  run.settle();
}

override_order stale_exit(std::string value = "20s", milliseconds lasts = 10min) {
  return {"gate.stale_after_exit", std::move(value), "alice", "venue is slow", lasts, {}};
}

trading_state state_of(const pipeline_run& run) {
  return run.given.vitals->trading().state;
}

std::size_t overrides_of(const pipeline_run& run) {
  return run.given.vitals->overrides().size();
}

}  // namespace

TEST_CASE("a state with a time lets plans through again when it is over") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  order(run, trading_state::reduce_only, 2s);
  run.offer({run.an_open("a", "BTCUSDT", "0.01")});
  CHECK(run.reason_of("a") == refusal_code::reduce_only_state);
  run.live(3s, {});
  CHECK(state_of(run) == trading_state::active);
  run.offer({run.an_open("b", "BTCUSDT", "0.01")});
  CHECK(run.verdict_of("b") == verdict_kind::allow);
  CHECK(run.records_of("state_changed") == 2);
}

TEST_CASE("a state with a time goes on over a restart, and ends in it") {
  pipeline_world world;
  {
    pipeline_run run(world);
    run.make_ready();
    run.pass_at_once(1h);
    order(run, trading_state::halted, 30min);
  }
  // Virtual time begins anew, an hour before the order: what is left is what was ordered.
  pipeline_run run(world);
  CHECK(state_of(run) == trading_state::halted);
  CHECK(run.given.vitals->trading().author == "alice");
  run.pass_at_once(2h);
  run.pass(1s);
  CHECK(state_of(run) == trading_state::active);
}

TEST_CASE("the halt file stops everything before anything can be allowed, and lets go") {
  pipeline_world world;
  std::filesystem::create_directories(world.chosen.journal.state_dir);
  const auto path = std::filesystem::path(world.chosen.journal.state_dir) / "halt";
  std::ofstream(path) << "fire in the rack\n";
  {
    pipeline_run run(world);
    CHECK(state_of(run) == trading_state::halted);
    CHECK(run.given.vitals->trading().reason == "fire in the rack");
    run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
    run.offer({run.a_reduce("x", "BTCUSDT")});
    CHECK(run.reason_of("x") == refusal_code::halted);
    order(run, trading_state::active);
    CHECK(state_of(run) == trading_state::halted);
    CHECK(run.records_of("state_changed") == 1);
    halt_file_is(run, {});
    CHECK(state_of(run) == trading_state::active);
    run.offer({run.a_reduce("y", "BTCUSDT")});
    CHECK(run.verdict_of("y") == verdict_kind::allow);
    halt_file_is(run, "again");
  }
  std::filesystem::remove(path);
  pipeline_run run(world);
  CHECK(state_of(run) == trading_state::active);
}

TEST_CASE("an exit that waits for a read is denied once the state forbids it") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.pass(11s);
  run.offer({run.a_reduce("x", "BTCUSDT")});
  CHECK_FALSE(run.verdict_of("x").has_value());
  caf::anon_send(run.all->gate, restrict_state{trading_state::halted, "SIGUSR1"});
  run.settle();
  CHECK(run.verdict_of("x") == verdict_kind::deny);
  CHECK(run.given.vitals->trading().author == signal_author);
}

TEST_CASE("a process that ends for a fault allows nothing, and the next one does again") {
  pipeline_world world;
  {
    pipeline_run run(world);
    run.make_ready();
    CHECK(run.end(1) == 1);
    CHECK(state_of(run) == trading_state::halted);
  }
  pipeline_run run(world);
  CHECK(state_of(run) == trading_state::active);
}

TEST_CASE("an override is what plans are judged by, until it ends") {
  pipeline_world world;
  world.chosen.gate.limits.stale_after_exit = 2s;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  set(run, stale_exit("8s", 5s));
  run.pass(2'500ms);
  run.offer({run.a_reduce("x", "BTCUSDT")});
  CHECK(run.verdict_of("x") == verdict_kind::allow);
  run.pass(3s);
  CHECK(overrides_of(run) == 0);
  CHECK(run.records_of("override_ended") == 1);
  run.offer({run.a_reduce("y", "BTCUSDT")});
  CHECK_FALSE(run.verdict_of("y") == verdict_kind::allow);
}

TEST_CASE("an override goes on over a restart, and one that is not allowed any more ends") {
  pipeline_world world;
  {
    pipeline_run run(world);
    run.make_ready();
    set(run, stale_exit());
    set(run, {"gate.allow_add", "true", "alice", "averaging", 10min, {}});
    CHECK(overrides_of(run) == 2);
  }
  pipeline_run run(world);
  CHECK(overrides_of(run) == 2);
  CHECK(run.records_of("override_ended") == 0);
  caf::anon_send(run.all->gate, revert_override{"gate.allow_add", "bob", "enough"});
  run.settle();
  CHECK(overrides_of(run) == 1);
  CHECK(run.records_of("override_ended") == 1);
}

TEST_CASE("our wall clock ends an override only where the machine has slept") {
  const bool slept = GENERATE(false, true);
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  set(run, stale_exit("20s", 10min));
  world.wall_set_by_ms = 3'600'000;
  world.exchange->clock_seen = clock_offset{.offset = -1h};
  if (slept)
    world.exchange->clock_seen->stood_still = run.now();
  run.pass(1s);
  CHECK(overrides_of(run) == (slept ? 0 : 1));
}

TEST_CASE("an override ends early once truth has kept the normal bound long enough") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.pass(11s);
  auto wanted = stale_exit("20s", 1h);
  wanted.fresh_for = 5s;
  set(run, wanted);
  run.pass(7s);
  CHECK(overrides_of(run) == 1);
  run.live(4s, {});
  CHECK(overrides_of(run) == 1);
  run.live(4s, {});
  CHECK(overrides_of(run) == 0);
  CHECK(run.records_of("override_ended") == 1);
}
