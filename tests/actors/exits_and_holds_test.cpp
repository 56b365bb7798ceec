// Exits that arise by themselves, drift that becomes a hold, and the trading state.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE("a position that crosses its stop is closed once, reduce-only") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000"), a_row("ETHUSDT", "-2", "2000")});
  run.give_marks({{"BTCUSDT", "49100"}});
  CHECK(world.exchange->placed.empty());
  run.give_marks({{"BTCUSDT", "48900"}});
  run.give_marks({{"BTCUSDT", "48800"}});
  REQUIRE(world.exchange->placed.size() == 1);
  const auto& order = world.exchange->placed.front();
  CHECK(order.reduce_only);
  CHECK(order.direction == side::sell);
  CHECK(order.amount == quantity::parse("0.5").value());
  run.fill_order({}, price::whole(48'800));
  run.give_marks({{"BTCUSDT", "48700"}, {"ETHUSDT", "2050"}});
  REQUIRE(world.exchange->placed.size() == 2);
  CHECK(world.exchange->placed.back().direction == side::buy);
}

TEST_CASE("a stop of the plan's own holds instead of the default") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  auto p = run.an_open("p", "BTCUSDT", "0.01");
  std::get<open_plan>(p.body).stop = price::whole(49'900);
  run.offer({p});
  run.fill_order(quantity::parse("0.01").value(), price::whole(50'000));
  run.give_marks({{"BTCUSDT", "49950"}});
  CHECK(world.exchange->placed.size() == 1);
  run.give_marks({{"BTCUSDT", "49899"}});
  CHECK(world.exchange->placed.size() == 2);
}

TEST_CASE(
    "a plan that comes later and is refused does not take the stop of the one that was sent") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  auto first = run.an_open("first", "BTCUSDT", "0.01");
  std::get<open_plan>(first.body).stop = price::whole(49'900);
  auto second = run.an_open("second", "BTCUSDT", "0.02");
  std::get<open_plan>(second.body).stop = price::whole(10'000);
  second.deadline = run.now() + 1s;
  run.offer({first});
  run.offer({second});
  run.pass(1'100ms);
  CHECK_FALSE(run.verdict_of("second"));
  run.fill_order(quantity::parse("0.01").value(), price::whole(50'000));
  run.give_marks({{"BTCUSDT", "49899"}});
  REQUIRE(world.exchange->placed.size() == 2);
  CHECK(world.exchange->placed.back().reduce_only);
}

TEST_CASE("drift that nothing explains becomes a hold that stops entries but not exits") {
  pipeline_world world;
  world.chosen.gate.limits.allow_add = true;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000", 1)});
  run.live(1s, {a_row("BTCUSDT", "0.5", "50000", 1)});
  run.live(20s, {a_row("BTCUSDT", "0.9", "50000", 2)});
  CHECK(run.records_of("hold_placed") == 1);
  run.give_marks({{"BTCUSDT", "50000"}});
  run.offer({run.an_open("e", "BTCUSDT", "0.1")});
  CHECK(run.reason_of("e") == refusal_code::reconcile_hold_active);
  run.offer({run.a_reduce("x", "BTCUSDT")});
  REQUIRE(world.exchange->placed.size() == 1);
  CHECK(world.exchange->placed.front().amount == quantity::parse("0.9").value());
  SECTION("and an operator's release accepts the truth, so that it does not come back") {
    const auto release = [&] {
      caf::anon_send(run.all->reconciler,
                     actors::release_holds{symbol("BTCUSDT"), "ops", "counted by hand"});
      run.settle();
    };
    run.fill_order(quantity::parse("0.9").value(), price::whole(50'000));
    release();  // Too early: no truth newer than our own fill was read.
    CHECK(run.records_of("hold_released") == 0);
    run.live(1s, {a_row("BTCUSDT", "0.9", "50000", 2)});
    release();
    CHECK(run.records_of("hold_released") == 1);
    run.live(20s, {a_row("BTCUSDT", "0.9", "50000", 2)});
    CHECK(run.records_of("hold_placed") == 1);
  }
  SECTION("and the hold is there again after a restart") {
    run.fill_order(quantity::parse("0.9").value(), price::whole(50'000));
    run.end();
    pipeline_run again(world);
    again.make_ready({a_row("BTCUSDT", "0.9", "50000", 2)});
    again.offer({again.an_open("f", "BTCUSDT", "0.1")});
    CHECK(again.verdict_of("f") != verdict_kind::allow);
  }
}

TEST_CASE("a manual trade reported by the stream is adopted without a hold") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  const position_key eth{symbol("ETHUSDT"), position_side::both};
  const auto when = run.given.time.at(run.now()).wall.ms;
  run.tell(account_update{"ORDER", {when}, {{eth, quantity::whole(2), price::whole(2'000)}}});
  order_update u;
  u.report.client_id = client_order_id("web_abc");
  u.report.instrument = eth.instrument;
  u.report.status = order_status::filled;
  u.execution = "TRADE";
  u.trade = fill{eth.instrument,
                 eth.leg,
                 77,
                 5,
                 client_order_id("web_abc"),
                 side::buy,
                 quantity::whole(2),
                 price::whole(2'000),
                 notional{},
                 "USDT",
                 notional{},
                 {when}};
  run.tell(u);
  run.live(12s, {a_row("ETHUSDT", "2", "2000", when)});
  CHECK(run.records_of("hold_placed") == 0);
  CHECK(run.records_of("ledger_adjusted") == 1);
}

TEST_CASE("halted means nothing, reduce_only means exits alone") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  caf::anon_send(run.all->gate, actors::change_state{trading_state::halted, "test", "drill"});
  run.settle();
  run.offer({run.a_reduce("x", "BTCUSDT"), run.an_open("e", "ETHUSDT", "1")});
  CHECK(run.reason_of("x") == refusal_code::halted);
  CHECK(run.reason_of("e") == refusal_code::halted);
  caf::anon_send(run.all->gate, actors::change_state{trading_state::reduce_only, "test", "drill"});
  run.settle();
  run.offer({run.a_reduce("y", "BTCUSDT"), run.an_open("f", "ETHUSDT", "1")});
  CHECK(run.verdict_of("y") == verdict_kind::allow);
  CHECK(run.reason_of("f") == refusal_code::reduce_only_state);
  SECTION("and it survives a restart") {
    run.end();
    pipeline_run again(world);
    CHECK(again.given.vitals->trading().state == trading_state::reduce_only);
  }
}
