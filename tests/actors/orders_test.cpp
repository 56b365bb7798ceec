// From a plan to an order and its fills: what is durable when, and what happens when answers fail.
#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE("no order leaves before its intent is durable") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  std::size_t durable = 0;
  world.exchange->before_order = [&](const order_request&) {
    durable = run.records_of("order_intended");
  };
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  REQUIRE(world.exchange->placed.size() == 1);
  CHECK(durable == 1);
  CHECK(run.verdict_of("p") == verdict_kind::allow);
}

TEST_CASE("a filled order changes truth and ledger and ends in the journal") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  run.fill_order(quantity::parse("0.01").value(), price::whole(50'000));
  CHECK(amount_of(run.truth_of("BTCUSDT").content) == quantity::parse("0.01").value());
  CHECK(run.records_of("fill_recorded") == 1);
  CHECK(run.given.vitals->orders_under_way == 0);
  CHECK(run.records_of("plan_judged") == 1);
}

TEST_CASE("an exit on a symbol waits for the entry's order and its reflection") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("one", "BTCUSDT", "0.01")});
  run.offer({run.a_reduce("two", "BTCUSDT")});
  CHECK(world.exchange->placed.size() == 1);
  CHECK_FALSE(run.verdict_of("two").has_value());
  run.fill_order(quantity::parse("0.01").value(), price::whole(50'000));
  run.pass(20ms);
  for (int i = 0; i < 100 && world.exchange->placed.size() < 2; ++i) {
    run.answer_read(symbol("BTCUSDT"), {a_row("BTCUSDT", "0.01", "50000")});
    run.answer_read({}, {a_row("BTCUSDT", "0.01", "50000")});
    run.pass(10ms);
  }
  CHECK(world.exchange->placed.size() == 2);
  CHECK(run.verdict_of("two") == verdict_kind::allow);
}

TEST_CASE("a commit that takes longer than a permit lives keeps no exit back") {
  pipeline_world world;
  pipeline_run run(world);
  const std::vector held{a_row("BTCUSDT", "0.5", "50000")};
  run.make_ready(held);
  run.stand_still(run.all->journal);
  run.offer({run.a_reduce("x", "BTCUSDT")});
  run.live(2'500ms, held);
  CHECK(world.exchange->placed.empty());
  run.go_on();
  const auto& reads = world.exchange->reads;
  CHECK(std::ranges::any_of(reads, [](const auto& r) {
    return r.scope == symbol("BTCUSDT") && r.options.traffic == read_class::exit_demand;
  }));
  for (int i = 0; i < 100 && world.exchange->placed.empty(); ++i) {
    run.answer_read(symbol("BTCUSDT"), held);
    run.answer_read({}, held);
    run.pass(10ms);
  }
  CHECK(world.exchange->placed.size() == 1);
  CHECK(run.records_of("order_intended") == 1);
  CHECK(run.verdict_of("x") == verdict_kind::allow);
}

TEST_CASE("after the machine stood still an exit of a part waits for truth, one of all does not") {
  pipeline_world world;
  pipeline_run run(world);
  const std::vector held{a_row("BTCUSDT", "0.5", "50000")};
  run.make_ready({held.front(), a_row("ETHUSDT", "2", "2000")});
  world.exchange->clock_seen = clock_offset{.stood_still = run.now()};
  auto part = run.a_reduce("part", "BTCUSDT");
  part.body = reduce_plan{quantity::parse("0.4").value(), ""};
  run.offer({part, run.a_reduce("all", "ETHUSDT")});
  REQUIRE(world.exchange->placed.size() == 1);
  CHECK(world.exchange->placed.front().instrument == symbol("ETHUSDT"));
  run.pass(10ms);
  REQUIRE(run.answer_read(symbol("BTCUSDT"), held));
  run.pass(200ms);
  CHECK(world.exchange->placed.size() == 2);
}

TEST_CASE("a plan on stale truth is parked, read for, and then allowed") {
  pipeline_world world;
  world.chosen.gate.limits.stale_after_exit = 2'000ms;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  while (run.now() - run.truth_of("BTCUSDT").as_of < 3s) {
    run.pass(100ms);
    run.fail_read({}, failure_kind::timed_out);
  }
  run.offer({run.a_reduce("x", "BTCUSDT")});
  CHECK(world.exchange->placed.empty());
  REQUIRE(run.answer_read(symbol("BTCUSDT"), {a_row("BTCUSDT", "0.5", "50000")}));
  REQUIRE(world.exchange->placed.size() == 1);
  CHECK(world.exchange->placed.front().reduce_only);
  CHECK(world.exchange->placed.front().amount == quantity::parse("0.5").value());
}

TEST_CASE("an exit whose truth cannot be read is denied in time, told of, and nothing is sent") {
  pipeline_world world;
  world.chosen.gate.limits.stale_after_exit = 2'000ms;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.pass(3s);
  auto p = run.a_reduce("x", "BTCUSDT");
  p.deadline = run.now() + 5s;
  run.offer({p});
  for (int i = 0; i < 49; ++i) {
    run.pass(100ms);
    run.fail_read({}, failure_kind::unreachable);
    run.fail_read(symbol("BTCUSDT"), failure_kind::unreachable);
  }
  CHECK_FALSE(run.verdict_of("x"));
  run.pass(60ms);
  CHECK(run.now() < p.deadline);
  CHECK(run.verdict_of("x") == verdict_kind::deny);
  CHECK(run.reason_of("x") == refusal_code::stale_exchange_state);
  run.pass(1s);
  CHECK(run.records_of("plan_judged") == 1);
  CHECK(run.notices_of("exit_blocked") == 1);
  CHECK(world.exchange->placed.empty());
}

TEST_CASE("an order whose answer is lost is asked about and never sent again") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  REQUIRE(world.exchange->orders.size() == 1);
  const auto order = world.exchange->orders.front();
  order.answer(order_uncertain{"reset after the request"});
  run.settle();
  CHECK(run.given.vitals->orders_unknown == 1);
  run.pass(300ms);
  REQUIRE(world.exchange->queries.size() >= 1);
  order_report filled{order.request.id,
                      9,
                      order.request.instrument,
                      order.request.leg,
                      order.request.direction,
                      order_status::filled,
                      "FILLED",
                      order.request.amount,
                      order.request.amount,
                      price::whole(50'000),
                      false,
                      {1}};
  world.exchange->fills = {fill{order.request.instrument,
                                order.request.leg,
                                55,
                                9,
                                {},
                                side::buy,
                                order.request.amount,
                                price::whole(50'000),
                                notional{},
                                "USDT",
                                notional{},
                                {1}}};
  world.exchange->queries.front().answer(filled);
  run.pass(2s);
  CHECK(run.given.vitals->orders_under_way == 0);
  CHECK(run.records_of("fill_recorded") == 1);
  CHECK(world.exchange->placed.size() == 1);
}

TEST_CASE("an exit goes on while the trades of its last order are still missing") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.offer({run.a_reduce("x", "BTCUSDT")});
  REQUIRE(world.exchange->orders.size() == 1);
  const auto order = world.exchange->orders.front();
  order.answer(order_done{order_report{order.request.id,
                                       9,
                                       order.request.instrument,
                                       order.request.leg,
                                       side::sell,
                                       order_status::expired,
                                       "EXPIRED",
                                       order.request.amount,
                                       quantity::parse("0.2").value(),
                                       price::whole(50'000),
                                       true,
                                       {1}}});
  for (int i = 0; i < 300 && world.exchange->placed.size() < 2; ++i) {
    run.answer_read(symbol("BTCUSDT"), {a_row("BTCUSDT", "0.3", "50000")});
    run.answer_read({}, {a_row("BTCUSDT", "0.3", "50000")});
    run.pass(10ms);
  }
  REQUIRE(world.exchange->placed.size() == 2);
  CHECK(world.exchange->placed.back().amount == quantity::parse("0.3").value());
  CHECK(run.records_of("fill_recorded") == 0);
  CHECK(run.given.vitals->orders_under_way == 2);  // The books wait for the first one's trades.
}

TEST_CASE("an intent that fills a batch by itself is answered at once") {
  pipeline_world world;
  world.chosen.journal.commit_batch_max = 1;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  CHECK(world.exchange->placed.size() == 1);
}

TEST_CASE("trades of others that are read as evidence are never booked as ours") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  const auto order = world.exchange->orders.front();
  order.answer(order_uncertain{"reset after the request"});
  world.exchange->fills = {fill{order.request.instrument,
                                order.request.leg,
                                55,
                                99,
                                {},
                                side::sell,
                                quantity::whole(3),
                                price::whole(50'000),
                                notional{},
                                "USDT",
                                notional{},
                                {run.given.time.at(run.now()).wall.ms}}};
  for (int i = 0; i < 400 && run.given.vitals->orders_under_way > 0; ++i) {
    run.pass(50ms);
    while (!world.exchange->queries.empty()) {
      const auto query = std::move(world.exchange->queries.front());
      world.exchange->queries.pop_front();
      query.answer(read_failure{failure_kind::not_found, 400, -2013, "Order does not exist.", {}});
      run.settle();
    }
    run.answer_read(symbol("BTCUSDT"), {});
    run.answer_read({}, {});
  }
  CHECK(run.given.vitals->orders_under_way == 0);
  CHECK(run.records_of("fill_recorded") == 0);
  CHECK(world.exchange->placed.size() == 1);
}

TEST_CASE("an order's own fills are told from the symbol's trades, whichever read answers first") {
  pipeline_world world;
  world.exchange->keep_fills_reads = true;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  const auto order = world.exchange->orders.front();
  order.answer(order_uncertain{"reset after the request"});
  auto& reads = world.exchange->fills_reads;
  for (int i = 0; i < 400 && reads.empty(); ++i) {
    run.pass(50ms);
    while (!world.exchange->queries.empty()) {
      const auto query = std::move(world.exchange->queries.front());
      world.exchange->queries.pop_front();
      query.answer(read_failure{failure_kind::not_found, 400, -2013, "Order does not exist.", {}});
      run.settle();
    }
  }
  REQUIRE(reads.size() == 1);
  REQUIRE(reads.front().id == 0);
  order_update filled;
  filled.report = {order.request.id,
                   9,
                   order.request.instrument,
                   order.request.leg,
                   side::buy,
                   order_status::filled,
                   "FILLED",
                   order.request.amount,
                   order.request.amount,
                   price::whole(50'000),
                   false,
                   {1}};
  run.tell(filled);
  run.pass(2s);
  REQUIRE(reads.size() >= 2);
  REQUIRE(reads[1].id == 9);
  fill own{
      order.request.instrument, order.request.leg,    55,         9,      {},         side::buy,
      order.request.amount,     price::whole(50'000), notional{}, "USDT", notional{}, {1}};
  auto foreign = own;
  foreign.id = 56;
  foreign.order = 99;
  reads[1].answer(std::vector<fill>{own});
  run.settle();
  CHECK(run.records_of("fill_recorded") == 1);
  reads[0].answer(std::vector<fill>{foreign});
  run.settle();
  CHECK(run.records_of("fill_recorded") == 1);
}

TEST_CASE("while the process ends no new order is begun, and the plan expires at the next start") {
  pipeline_world world;
  {
    pipeline_run run(world);
    run.make_ready();
    caf::anon_send(run.all->executor, actors::drain{});
    run.settle();
    run.offer({run.an_open("p", "BTCUSDT", "0.01")});
    CHECK(world.exchange->placed.empty());
    CHECK_FALSE(run.verdict_of("p").has_value());
  }
  pipeline_run run(world);
  CHECK(run.reason_of("p") == refusal_code::interrupted);
}

TEST_CASE("a refused order leaves the symbol free for the next plan") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  world.exchange->orders.front().answer(
      order_refused{400, -2019, "Margin is insufficient.", false, std::nullopt});
  run.settle();
  CHECK(run.given.vitals->orders_under_way == 0);
  run.offer({run.an_open("q", "BTCUSDT", "0.01")});
  CHECK(world.exchange->placed.size() == 2);
}

TEST_CASE("nothing leaves after an order to stop, neither for a permit given nor as a repetition") {
  const auto [to, reduces, leaves] =
      GENERATE(table<trading_state, bool, bool>({{trading_state::active, false, true},
                                                 {trading_state::halted, false, false},
                                                 {trading_state::halted, true, false},
                                                 {trading_state::reduce_only, false, false},
                                                 {trading_state::reduce_only, true, true}}));
  INFO(to_string(to) << (reduces ? " exit" : " entry"));
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.offer({reduces ? run.a_reduce("p", "BTCUSDT") : run.an_open("p", "ETHUSDT", "1")});
  REQUIRE(world.exchange->placed.size() == 1);
  world.exchange->orders.front().answer(
      order_refused{503, 0, "Service Unavailable.", true, std::nullopt});
  run.settle();
  if (to != trading_state::active)
    caf::anon_send(run.all->gate, actors::change_state{to, "ops", "drill"});
  run.pass(1s);
  CHECK(world.exchange->placed.size() == (leaves ? 2 : 1));
  CHECK(run.records_of("plan_judged") == 1);
}

TEST_CASE("an exit goes before entries that came with it") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.offer({run.an_open("entry", "ETHUSDT", "1"), run.a_reduce("exit", "BTCUSDT")});
  REQUIRE(world.exchange->placed.size() == 2);
  CHECK(world.exchange->placed.front().reduce_only);
}

TEST_CASE("in mode shadow everything is judged and nothing is sent") {
  pipeline_world world;
  world.chosen.mode = run_mode::shadow;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("p", "BTCUSDT", "0.01")});
  CHECK(run.verdict_of("p") == verdict_kind::allow);
  CHECK(world.exchange->placed.empty());
  run.offer({run.an_open("q", "BTCUSDT", "0.01")});
  CHECK(run.verdict_of("q") == verdict_kind::allow);
}

TEST_CASE("an entry gets one order and ends with it") {
  pipeline_world world;
  pipeline_run run(world);
  run.make_ready();
  run.offer({run.an_open("p", "BTCUSDT", "0.5")});
  run.end_order(quantity::parse("0.2").value(), order_status::expired,
                quantity::parse("0.2").value(), price::whole(50'000));
  run.live(2s, {a_row("BTCUSDT", "0.2", "50000")});
  CHECK(run.ended("p") == plan_end::partly);
  CHECK(world.exchange->placed.size() == 1);
}
