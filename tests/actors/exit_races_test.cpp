// What may come between two orders of an exit: other plans, cancels, halves of a truth, restarts.
#include "sluice/execution/client_id.hpp"
#include "support/catch.hpp"
#include "support/exit_under_way.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE("an exit is not judged by a truth that has only a part of its last order") {
  pipeline_world world;
  pipeline_run run(world);
  auto& venue = *world.exchange;
  run.make_ready(holding("1"));
  auto p = run.a_reduce("x", "BTCUSDT");
  p.body = reduce_plan{q("0.4"), ""};
  run.offer({p});
  REQUIRE(venue.placed.size() == 1);
  REQUIRE(venue.placed[0].amount == q("0.6"));
  // Two trades of one instant: the position after the first is told, the order's end has both.
  const auto order = venue.orders.front();
  venue.orders.clear();
  const venue_time when{run.given.time.at(run.now()).wall.ms};
  const auto& r = order.request;
  const order_report ended{
      r.id,      9,        r.instrument, r.leg,  r.direction,   order_status::expired,
      "EXPIRED", r.amount, q("0.3"),     at_50k, r.reduce_only, when};
  const auto trade = [&](trade_id id, const std::string& amount) {
    return fill{r.instrument, r.leg,  id,         9,      r.id,       r.direction,
                q(amount),    at_50k, notional{}, "USDT", notional{}, when};
  };
  run.tell(account_update{"ORDER", when, {{{r.instrument, r.leg}, q("0.9"), at_50k}}});
  run.tell(order_update{ended, "TRADE", trade(1, "0.1")});
  run.tell(order_update{ended, "EXPIRED", trade(2, "0.2")});
  order.answer(order_done{ended});
  run.pass(300ms);
  CHECK(venue.placed.size() == 1);
  for (int i = 0; i < 400 && venue.placed.size() == 1; ++i) {
    run.pass(20ms);
    run.answer_read({}, {a_row("BTCUSDT", "0.7", "50000", when.ms)});
    run.answer_read(symbol("BTCUSDT"), {a_row("BTCUSDT", "0.7", "50000", when.ms)});
  }
  REQUIRE(venue.placed.size() == 2);
  CHECK(venue.placed[1].amount == q("0.3"));
}

TEST_CASE("a cancel that comes in the pause between two orders ends the exit") {
  pipeline_world world;
  exit_under_way s(world);
  s.run.refuse_order(-1112, refusal_cure::wait);
  s.run.pass(50ms);
  auto cancel = s.run.a_reduce("c", "BTCUSDT");
  cancel.body = cancel_plan{plan_id{"x"}};
  s.run.offer({cancel});
  CHECK(s.run.verdict_of("c") == verdict_kind::allow);
  s.live(2s, "0.5");
  CHECK(s.venue.placed.size() == 1);
  CHECK(s.run.ended("x") == plan_end::withdrawn);
  CHECK(s.run.notices_of("exit_blocked") == 0);
}

TEST_CASE("a cancel in the pause between two orders ends the exit over a restart, too") {
  pipeline_world world;
  {
    exit_under_way s(world);
    s.run.refuse_order(-1112, refusal_cure::wait);
    s.run.pass(50ms);
    auto cancel = s.run.a_reduce("c", "BTCUSDT");
    cancel.body = cancel_plan{plan_id{"x"}};
    s.run.offer({cancel});
    REQUIRE(s.run.verdict_of("c") == verdict_kind::allow);
    REQUIRE_FALSE(s.run.ended("x"));
  }  // As if killed.
  world.exchange->orders.clear();
  world.exchange->reads.clear();
  world.exchange->placed.clear();
  world.wall_ms += 2'000;
  pipeline_run run(world);
  run.make_ready({a_row("BTCUSDT", "0.5", "50000")});
  run.live(3s, {a_row("BTCUSDT", "0.5", "50000")});
  CHECK(world.exchange->placed.empty());
  CHECK(run.ended("x") == plan_end::withdrawn);
}

TEST_CASE("a person is told once of foreign orders that stand in an exit's way") {
  pipeline_world world;
  exit_under_way s(world);
  order_report foreign;
  foreign.client_id = client_order_id{"web_1"};
  foreign.instrument = symbol("BTCUSDT");
  foreign.status = order_status::new_;
  foreign.reduce_only = true;
  s.venue.open_orders = {foreign};
  for (int i = 0; i < 100; ++i) {
    while (!s.venue.orders.empty())
      s.run.refuse_order(-4118, refusal_cure::free_orders);
    s.live(100ms, "0.5");
  }
  CHECK(s.venue.placed.size() > 3);
  CHECK(s.run.notices_of("exit_obstructed") == 1);
}

TEST_CASE("an exit that was left needs no new symbols, and waits as long as its plan lives") {
  pipeline_world world;
  world.chosen.universe.last_good_max_age = 1s;
  {
    exit_under_way s(world);
    s.run.refuse_order(-2022, refusal_cure::reread_position);
    s.run.pass(300ms);
    CHECK(s.run.end() == 0);
  }
  world.wall_ms += 5'000;
  SECTION("and is carried out by the rules of then, once the account was read") {
    pipeline_run run(world);
    run.pass(2s);
    CHECK_FALSE(run.ended("x"));
    CHECK(world.exchange->placed.size() == 1);
    run.tell(stream_opened{});
    run.live(3s, holding("0.5"));
    REQUIRE(run.given.universe->rules_of(symbol("BTCUSDT")));
    CHECK_FALSE(run.given.universe->rules_of(symbol("BTCUSDT"))->offered);
    CHECK(world.exchange->placed.size() == 2);
  }
  SECTION("or is ended") {
    pipeline_run run(world);
    run.pass(61s);
    CHECK(run.ended("x") == plan_end::failed);
    CHECK(run.notices_of("exit_blocked") == 1);
  }
}

TEST_CASE("a plan that was carried out whole is done, also when only the next process says so") {
  pipeline_world world;
  const bool exit = GENERATE(true, false);
  {
    pipeline_run run(world);
    run.make_ready(exit ? holding("0.5") : std::vector<position_row>{});
    run.offer({exit ? run.a_reduce("x", "BTCUSDT") : run.an_open("x", "BTCUSDT", "0.5")});
    REQUIRE(world.exchange->orders.size() == 1);
    const auto order = world.exchange->orders.front();
    const auto& r = order.request;
    // The reply says so, the trades are not told yet.
    order.answer(order_done{order_report{r.id,
                                         9,
                                         r.instrument,
                                         r.leg,
                                         r.direction,
                                         order_status::filled,
                                         "FILLED",
                                         r.amount,
                                         r.amount,
                                         at_50k,
                                         r.reduce_only,
                                         {1}}});
    run.settle();
    CHECK_FALSE(run.ended("x"));
    run.end(1);
  }
  world.exchange->orders.clear();
  world.wall_ms += 61'000;
  pipeline_run run(world);
  const auto rows = exit ? std::vector<position_row>{} : holding("0.5");
  run.make_ready(rows);
  run.live(3s, rows);  // Two reads have to agree that it is gone.
  CHECK(run.ended("x") == plan_end::done);
  CHECK(run.notices_of("exit_blocked") == 0);
  CHECK(world.exchange->placed.size() == 1);
}

TEST_CASE("no entry is let in before an exit that was left has gone on") {
  pipeline_world world;
  world.chosen.gate.limits.allow_add = true;
  world.chosen.gate.limits.cooldown = 0ms;
  {
    exit_under_way s(world);
    s.run.refuse_order(-2022, refusal_cure::reread_position);
    s.run.pass(300ms);
    CHECK(s.run.end() == 0);
  }
  world.exchange->placed.clear();
  world.wall_ms += 5'000;
  pipeline_run run(world);
  run.make_ready(holding("0.5"));
  run.offer({run.an_open("e", "BTCUSDT", "0.1")});
  CHECK(world.exchange->placed.empty());
  run.pass(150ms);
  REQUIRE_FALSE(world.exchange->placed.empty());
  CHECK(world.exchange->placed[0].reduce_only);
  CHECK(run.verdict_of("e") != verdict_kind::allow);
}
