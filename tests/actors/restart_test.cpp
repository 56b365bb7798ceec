// What a restart finds: the journal's state, and nothing that happened twice.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE(
    "an order that was open at the end of a run is resolved by the next one, not sent again") {
  pipeline_world world;
  {
    pipeline_run run(world);
    run.make_ready();
    run.offer({run.an_open("p", "BTCUSDT", "0.01")});
    REQUIRE(world.exchange->placed.size() == 1);
    CHECK(run.end() == 0);
  }
  const auto request = world.exchange->placed.front();
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.01", "50000")});
  CHECK(run.given.vitals->orders_under_way == 1);
  run.offer({run.a_reduce("x", "BTCUSDT")});
  CHECK_FALSE(run.verdict_of("x") == verdict_kind::allow);
  run.pass(300ms);
  REQUIRE_FALSE(world.exchange->queries.empty());
  world.exchange->fills = {fill{request.instrument,
                                request.leg,
                                55,
                                9,
                                {},
                                side::buy,
                                request.amount,
                                price::whole(50'000),
                                notional{},
                                "USDT",
                                notional{},
                                {1}}};
  world.exchange->queries.front().answer(order_report{request.id,
                                                      9,
                                                      request.instrument,
                                                      request.leg,
                                                      side::buy,
                                                      order_status::filled,
                                                      "FILLED",
                                                      request.amount,
                                                      request.amount,
                                                      price::whole(50'000),
                                                      false,
                                                      {1}});
  run.pass(2s);
  CHECK(world.exchange->placed.size() == 1);
  CHECK(run.given.vitals->orders_under_way == 0);
  CHECK(run.records_of("fill_recorded") == 1);
}

TEST_CASE(
    "the truth of an order left open is looked for where its symbol is not offered any more") {
  pipeline_world world;
  {
    pipeline_run run(world);
    run.make_ready();
    run.offer({run.an_open("p", "BTCUSDT", "0.01")});
    REQUIRE(world.exchange->placed.size() == 1);
    CHECK(run.end() == 0);
  }
  world.chosen.universe.allow = {"ETHUSDT"};
  pipeline_run run(world);
  run.make_ready();
  run.live(3s, {});
  CHECK(std::holds_alternative<position_flat>(run.truth_of("BTCUSDT").content));
}

TEST_CASE("an exit without a verdict at the end of a run is judged by the next one") {
  pipeline_world world;
  world.chosen.gate.limits.stale_after_exit = 1'000ms;
  world.chosen.gate.limits.stale_after_entry = 1'000ms;
  {
    pipeline_run run(world);
    run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
    run.pass(3s);
    run.offer({run.a_reduce("x", "BTCUSDT"), run.an_open("o", "ETHUSDT", "1")});
    CHECK_FALSE(run.verdict_of("x").has_value());
    CHECK_FALSE(run.verdict_of("o").has_value());
    CHECK(run.end() == 0);
  }
  SECTION("and carried out once, while its deadline is yet to come") {
    world.wall_ms += 5'000;
    pipeline_run run(world);
    run.pass(1s);
    CHECK_FALSE(run.verdict_of("x").has_value());
    CHECK(run.reason_of("o") == refusal_code::interrupted);  // An entry is not taken up.
    run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
    run.live(500ms, {a_row("BTCUSDT", "0.5", "50000")});
    REQUIRE(world.exchange->placed.size() == 1);
    CHECK(world.exchange->placed.front().reduce_only);
    CHECK(run.verdict_of("x") == verdict_kind::allow);
    run.offer({run.a_reduce("x", "BTCUSDT")});
    run.fill_order({}, price::whole(50'000));
    CHECK(run.ended("x") == plan_end::done);
    CHECK(world.exchange->placed.size() == 1);
    CHECK(run.records_of("plan_judged") == 2);
    CHECK(run.notices_of("exit_blocked") == 0);
  }
  SECTION("with its verdict in time, also when nothing can be read and the symbols are too old") {
    world.chosen.universe.last_good_max_age = 1s;
    world.wall_ms += 5'000;
    pipeline_run run(world);
    run.pass(50s);
    CAPTURE(run.last_record_of("plan_judged"));
    CHECK_FALSE(run.verdict_of("x").has_value());
    run.pass(10s);
    CHECK(run.verdict_of("x") == verdict_kind::deny);
    CHECK(run.reason_of("x") != refusal_code::plan_expired);
    CHECK(run.notices_of("exit_blocked") == 1);
  }
  SECTION("and gets one when its deadline comes while the process starts") {
    world.wall_ms += 62'000;  // A second is left.
    world.opening_takes = 2s;
    pipeline_run run(world);
    run.pass(1s);
    CHECK(run.verdict_of("x") == verdict_kind::expire);
    CHECK(run.notices_of("exit_blocked") == 1);
    CHECK(run.records_of("plan_judged") == 2);
  }
  SECTION("and expires after its deadline, which is told") {
    world.wall_ms += 64'000;
    pipeline_run run(world);
    CHECK(run.verdict_of("x") == verdict_kind::expire);
    CHECK(run.reason_of("x") == refusal_code::interrupted);
    CHECK(run.notices_of("exit_blocked") == 1);
    run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
    run.offer({run.a_reduce("x", "BTCUSDT")});
    CHECK(world.exchange->placed.empty());
    CHECK(run.records_of("plan_accepted") == 2);
  }
}

TEST_CASE("a plan sized by value is recognised after a restart by what was asked for") {
  pipeline_world world;
  const auto by_value = [](pipeline_run& run) {
    auto p = run.an_open("v", "BTCUSDT", "1");
    std::get<open_plan>(p.body).amount.reset();
    std::get<open_plan>(p.body).value = notional::whole(500);
    return p;
  };
  {
    pipeline_run run(world);
    run.make_ready();
    run.offer({by_value(run)});
    REQUIRE(world.exchange->placed.size() == 1);
    CHECK(world.exchange->placed.front().amount == quantity::parse("0.01").value());
    run.fill_order(quantity::parse("0.01").value(), price::whole(50'000));
  }
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.01", "50000")});
  run.offer({by_value(run)});
  CHECK(world.exchange->placed.size() == 1);
  CHECK(run.records_of("plan_accepted") == 1);
}

TEST_CASE("after a restart the gate knows the books before anything moves in them") {
  pipeline_world world;
  world.chosen.gate.limits.allow_add = true;
  world.chosen.gate.park_entry = 0ms;
  {
    pipeline_run run(world);
    run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
    run.live(1s, {a_row("BTCUSDT", "0.5", "50000")});
  }
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.9", "50000")});
  run.offer({run.an_open("more", "BTCUSDT", "0.1"), run.an_open("other", "ETHUSDT", "1")});
  CHECK(run.reason_of("more") == refusal_code::reconcile_required_qty_mismatch);
  CHECK(world.exchange->placed.size() == 1);
}

TEST_CASE("what the reconciler tolerates does not stop an entry either") {
  const auto tolerated = GENERATE(1, 10);
  pipeline_world world;
  world.chosen.gate.limits.allow_add = true;
  world.chosen.gate.park_entry = 0ms;
  world.chosen.reconcile.tolerance_percent = tolerated;
  {
    pipeline_run run(world);
    run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
    run.live(1s, {a_row("BTCUSDT", "0.5", "50000")});
  }
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.525", "50000")});
  run.offer({run.an_open("more", "BTCUSDT", "0.1")});
  CHECK(world.exchange->placed.size() == (tolerated == 10 ? 1 : 0));
}

TEST_CASE("the ledger and the exit state survive a restart") {
  pipeline_world world;
  {
    pipeline_run run(world);
    run.make_ready();
    run.offer({run.an_open("p", "BTCUSDT", "0.01")});
    run.fill_order(quantity::parse("0.01").value(), price::whole(50'000));
  }
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.01", "50000")});
  run.live(6s, {a_row("BTCUSDT", "0.01", "50000")});
  CHECK(run.records_of("ledger_adjusted") == 0);
  CHECK(run.records_of("hold_placed") == 0);
  run.give_marks({{"BTCUSDT", "48000"}});
  REQUIRE(world.exchange->placed.size() == 2);
  CHECK(world.exchange->placed.back().reduce_only);
}

TEST_CASE("a cooldown goes on over a restart, by the wall clock") {
  pipeline_world world;
  world.chosen.gate.limits.cooldown = 15s;
  {
    pipeline_run run(world);
    run.make_ready();
    run.offer({run.an_open("in", "BTCUSDT", "0.01")});
    run.fill_order(quantity::parse("0.01").value(), price::whole(50'000));
    run.offer({run.a_reduce("out", "BTCUSDT")});
    run.settle();
    run.fill_order(quantity{}, price::whole(50'000));
    REQUIRE(run.records_of("fill_recorded") == 2);
    REQUIRE(run.end() == 0);
  }
  const bool over = GENERATE(false, true);
  world.wall_ms += over ? 40'000 : 10'000;  // The first run took some seconds.
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("again", "BTCUSDT", "0.01")});
  run.settle();
  if (over) {
    CHECK(run.verdict_of("again") == verdict_kind::allow);
  } else {
    CHECK(run.verdict_of("again") == verdict_kind::deny);
    CHECK(run.reason_of("again") == refusal_code::cooldown_in_flight);
  }
}
