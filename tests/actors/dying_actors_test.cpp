// What dies by a defect of its own: a stage ends the process in order, a fetch worker is made up
// for.
#include <stdexcept>

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

struct stage_row {
  const char* name;
  caf::strong_actor_ptr (*of)(const actors::peers&);
};

template <auto Member>
caf::strong_actor_ptr stage_of(const actors::peers& all) {
  return caf::actor_cast<caf::strong_actor_ptr>(all.*Member);
}

/// All but the journal and those that only some configurations have.
constexpr std::array stages{
    stage_row{"executor", stage_of<&actors::peers::executor>},
    stage_row{"snapshot_manager", stage_of<&actors::peers::snapshot_manager>},
    stage_row{"gate", stage_of<&actors::peers::gate>},
    stage_row{"planner", stage_of<&actors::peers::planner>},
    stage_row{"intake", stage_of<&actors::peers::intake>},
    stage_row{"exit_engine", stage_of<&actors::peers::exit_engine>},
    stage_row{"reconciler", stage_of<&actors::peers::reconciler>},
    stage_row{"stop_guard", stage_of<&actors::peers::stop_guard>},
    stage_row{"dead_man", stage_of<&actors::peers::dead_man>},
    stage_row{"flattener", stage_of<&actors::peers::flattener>},
    stage_row{"user_stream", stage_of<&actors::peers::user_stream>},
    stage_row{"market_stream", stage_of<&actors::peers::market_stream>},
    stage_row{"universe_keeper", stage_of<&actors::peers::universe_keeper>},
    stage_row{"status", stage_of<&actors::peers::status>},
    stage_row{"watchdog", stage_of<&actors::peers::watchdog>},
    stage_row{"settings_keeper", stage_of<&actors::peers::settings_keeper>},
};

void old_after_a_second(pipeline_world& world) {
  world.chosen.gate.limits.stale_after_exit = 1'000ms;
  world.chosen.gate.limits.stale_after_entry = 1'000ms;
}

void kill(const caf::strong_actor_ptr& stage) {
  caf::anon_send_exit(caf::actor_cast<caf::actor>(stage), caf::exit_reason::kill);
}

}  // namespace

TEST_CASE("a stage that dies ends the process, which says which one it was") {
  const auto row = GENERATE(from_range(stages.begin(), stages.end()));
  CAPTURE(row.name);
  pipeline_world world;
  {
    pipeline_run run(world);
    run.make_ready();
    kill(row.of(*run.all));
    run.settle();
    const auto said = run.last_record_of("notice");
    CHECK(said.find("process_ended") != std::string::npos);
    CHECK(said.find(std::string("stage ") + row.name + " ended") != std::string::npos);
    run.pass(9s);
    CHECK(run.ended_with() == 1);
  }
  pipeline_run next(world);
  next.make_ready();
  next.offer({next.an_open("after", "BTCUSDT", "0.01")});
  next.settle();
  CHECK(next.verdict_of("after") == verdict_kind::allow);
}

TEST_CASE(
    "an exit that waits when a stage dies is neither sent nor denied, and the next run takes it") {
  pipeline_world world;
  old_after_a_second(world);
  const std::vector rows{a_row("BTCUSDT", "0.5", "50000")};
  {
    pipeline_run run(world);
    run.make_ready(rows);
    run.pass(3s);  // Truth is too old, and nobody answers the reads that are asked for.
    run.offer({run.a_reduce("waiting", "BTCUSDT"), run.an_open("entry", "ETHUSDT", "1")});
    run.settle();
    REQUIRE_FALSE(run.verdict_of("waiting").has_value());
    REQUIRE_FALSE(run.verdict_of("entry").has_value());
    kill(caf::actor_cast<caf::strong_actor_ptr>(run.all->reconciler));
    run.settle();
    while (run.answer_read(symbol{}, rows) || run.answer_read(symbol("BTCUSDT"), rows)) {
    }
    run.pass(9s);
    CHECK(run.ended_with() == 1);
    CHECK_FALSE(run.verdict_of("waiting").has_value());
    CHECK(run.notices_of("exit_blocked") == 0);
    CHECK(world.exchange->placed.empty());
  }
  world.wall_ms += 30'000;
  pipeline_run next(world);
  next.make_ready(rows);
  next.live(500ms, rows);
  CHECK(next.verdict_of("waiting") == verdict_kind::allow);
  CHECK(next.verdict_of("entry") == verdict_kind::expire);
  REQUIRE(world.exchange->placed.size() == 1);
  CHECK(world.exchange->placed.front().reduce_only);
}

TEST_CASE(
    "an exit that comes while a stage dies is carried out by the next run if it was taken in") {
  const auto seed = GENERATE(range(1u, 9u));
  CAPTURE(seed);
  pipeline_world world;
  old_after_a_second(world);
  const std::vector rows{a_row("BTCUSDT", "0.5", "50000")};
  std::size_t taken = 0;
  {
    pipeline_run run(world, seed);
    run.make_ready(rows);
    run.pass(3s);
    kill(caf::actor_cast<caf::strong_actor_ptr>(run.all->reconciler));
    run.offer({run.a_reduce("late", "BTCUSDT")});
    run.pass(9s);
    CHECK(run.ended_with() == 1);
    CHECK_FALSE(run.verdict_of("late").has_value());
    taken = run.records_of("plan_accepted");
  }
  world.wall_ms += 30'000;
  pipeline_run next(world);
  next.make_ready(rows);
  next.live(500ms, rows);
  CHECK(next.verdict_of("late").has_value() == (taken == 1));
  CHECK(world.exchange->placed.size() == taken);
}

TEST_CASE("nothing leaves once the gate is dead, neither for a permit given nor as a repetition") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  std::size_t sent = 0;
  SECTION("a permit whose intent is not durable yet") {
    run.stand_still(run.all->journal);
    run.offer({run.an_open("p", "BTCUSDT", "0.01")});
    REQUIRE(run.given.vitals->orders_under_way == 1);
  }
  SECTION("an order that the venue could not take for a moment") {
    sent = 1;
    run.offer({run.an_open("p", "BTCUSDT", "0.01")});
    REQUIRE(world.exchange->placed.size() == sent);
    world.exchange->orders.front().answer(
        order_refused{503, 0, "Service Unavailable.", true, std::nullopt});
    run.settle();
    run.stand_still(run.all->journal);  // Its last commit takes a while.
  }
  kill(stage_of<&actors::peers::gate>(*run.all));
  run.settle();
  CHECK(run.given.vitals->trading().state == trading_state::active);  // The last that it said.
  run.pass(1s);
  CHECK(world.exchange->placed.size() == sent);
  run.go_on();
  run.pass(9s);
  CHECK(world.exchange->placed.size() == sent);
  CHECK(run.ended_with() == 1);
}

TEST_CASE("a journal that dies ends the process, and nothing is permitted after it") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  kill(caf::actor_cast<caf::strong_actor_ptr>(run.all->journal));
  run.settle();
  run.offer({run.an_open("late", "BTCUSDT", "0.01")});
  run.settle();
  run.pass(9s);
  CHECK(world.exchange->placed.empty());
  CHECK(run.ended_with() == 1);
}

TEST_CASE("a fetch worker that dies is counted, and the read is made again") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  REQUIRE(run.given.vitals->workers_lost == 0);
  int deaths = 2;
  world.exchange->before_read = [&] {
    if (deaths-- > 0)
      throw std::runtime_error("a defect of the port");
  };
  run.live(10s, {a_row("BTCUSDT", "0.5", "100", 1'790'000'001'000)});
  CHECK(run.given.vitals->workers_lost == 2);
  CHECK(amount_of(run.truth_of("BTCUSDT").content) == quantity::parse("0.5").value());
  run.offer({run.a_reduce("exit", "BTCUSDT")});
  run.live(2s, {a_row("BTCUSDT", "0.5", "100", 1'790'000'001'000)});
  CHECK(run.verdict_of("exit") == verdict_kind::allow);
  CHECK(run.end() == 0);
}
