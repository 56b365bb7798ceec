// What the exit engine keeps over the end of a process, and over hours in which nothing is sent.
#include "support/catch.hpp"
#include "support/exit_under_way.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

/// Its stop is nearer than the settings'.
plan with_a_stop(const pipeline_run& run) {
  auto p = run.an_open("p", "BTCUSDT", "0.01");
  std::get<open_plan>(p.body).stop = price::whole(49'500);
  return p;
}

bool has_what_its_plan_says(pipeline_run& run) {
  const auto state = run.last_record_of("exit_changed");
  INFO(state);
  const auto holds = [&](std::string_view part) { return state.find(part) != std::string::npos; };
  return holds(R"("stop":"49500")") && holds(R"("origin":"p")") && holds(R"("source":"test")");
}

}  // namespace

TEST_CASE("a position that is first seen by the next process has the stop of its plan") {
  pipeline_world world;
  SECTION("whose order was open") {
    pipeline_run run(world);
    run.make_ready();
    run.offer({with_a_stop(run)});
    REQUIRE(world.exchange->placed.size() == 1);
    CHECK(run.end() == 0);
    CHECK_FALSE(run.ended("p"));
  }
  SECTION("whose end was on record") {
    pipeline_run run(world);
    run.make_ready();
    run.offer({with_a_stop(run)});
    REQUIRE(world.exchange->orders.size() == 1);
    const auto order = world.exchange->orders.front();
    const auto& r = order.request;
    const venue_time when{run.given.time.at(run.now()).wall.ms};
    const order_report filled{
        r.id,     9,        r.instrument, r.leg,  r.direction, order_status::filled,
        "FILLED", r.amount, r.amount,     at_50k, false,       when};
    run.tell(order_update{filled, "TRADE",
                          fill{r.instrument, r.leg, 101, 9, r.id, r.direction, r.amount, at_50k,
                               notional{}, "USDT", notional{}, when}});
    order.answer(order_done{filled});
    run.settle();
    REQUIRE(run.ended("p") == plan_end::done);
    CHECK(run.end() == 0);
  }
  world.exchange->orders.clear();
  world.wall_ms += 3'600'000;
  pipeline_run run(world);
  CHECK(run.records_of("exit_changed") == 0);
  run.make_ready(holding("0.01"));
  run.live(200ms, holding("0.01"));
  REQUIRE(run.records_of("exit_changed") > 0);
  CHECK(has_what_its_plan_says(run));
}

TEST_CASE("a position that was seen and closed leaves nothing to the next process") {
  pipeline_world world;
  {
    pipeline_run run(world);
    run.make_ready();
    run.offer({with_a_stop(run)});
    run.fill_order(q("0.01"), at_50k);
    run.give_marks({{"BTCUSDT", "49400"}});
    REQUIRE(world.exchange->placed.size() == 2);
    run.fill_order({}, price::whole(49'400));
    run.live(100ms, {});
    CHECK(run.end() == 0);
  }
  pipeline_run run(world);
  run.make_ready(holding("0.01"));
  run.live(200ms, holding("0.01"));
  CHECK_FALSE(has_what_its_plan_says(run));
}

TEST_CASE("an exit is asked for a few times in an hour of halt, and soon after it") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready(holding("0.5"));
  caf::anon_send(run.all->gate, actors::change_state{trading_state::halted, "test", "drill"});
  run.settle();
  const auto stay = [&](milliseconds span, milliseconds step) {
    for (milliseconds passed{0}; passed < span; passed += step) {
      run.pass_at_once(step);
      while (run.answer_read({}, holding("0.5"))) {
      }
      run.give_marks({{"BTCUSDT", "48000"}});
      if (run.world.exchange->universe_answer)  // The same rules, read anew each minute.
        run.give_universe();
    }
  };
  stay(1h, 5s);
  const auto asked = run.records_of("plan_accepted");
  CHECK(asked >= 10);
  CHECK(asked <= 25);
  CHECK(world.exchange->placed.empty());
  caf::anon_send(run.all->gate, actors::change_state{trading_state::active, "test", "over"});
  run.settle();
  stay(2s, 500ms);
  REQUIRE(world.exchange->placed.size() == 1);
  CHECK(world.exchange->placed.front().reduce_only);
}
