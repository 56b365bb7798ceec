// An exit over several orders: slices, partial executions, refusals and their cures, until it has
// reached its target or its deadline has come.
#include "sluice/execution/client_id.hpp"
#include "support/catch.hpp"
#include "support/exit_under_way.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE("an exit above the largest market order is carried out in slices, one after another") {
  pipeline_world world;
  world.market_max = q("0.2");
  exit_under_way s(world);
  CHECK(s.venue.placed[0].amount == q("0.2"));
  s.run.fill_order(q("0.3"), at_50k);
  s.live(100ms, "0.3");
  REQUIRE(s.venue.placed.size() == 2);
  CHECK(s.venue.placed[1].amount == q("0.2"));
  CHECK(s.venue.placed[1].id != s.venue.placed[0].id);
  CHECK(s.venue.placed[1].reduce_only);
  CHECK_FALSE(s.run.ended("x"));
  s.run.fill_order(q("0.1"), at_50k);
  s.live(100ms, "0.1");
  REQUIRE(s.venue.placed.size() == 3);
  CHECK(s.venue.placed[2].amount == q("0.1"));
  s.run.fill_order({}, at_50k);
  s.live(100ms, "0");
  CHECK(s.run.ended("x") == plan_end::done);
  CHECK(s.venue.placed.size() == 3);
  CHECK(s.run.records_of("plan_judged") == 1);
  CHECK(s.run.records_of("plan_continued") == 2);
  CHECK(s.run.records_of("plan_finished") == 1);
  CHECK(s.run.notices_of("exit_blocked") == 0);
}

TEST_CASE(
    "what the venue could not say of a slice of a whole is sent again, of a part asked after") {
  const auto whole = GENERATE(true, false);
  pipeline_world world;
  world.market_max = q("0.2");
  pipeline_run run(world);
  auto& venue = *world.exchange;
  run.make_ready(holding("0.5"));
  auto x = run.a_reduce("x", "BTCUSDT");
  x.body = reduce_plan{whole ? quantity{} : q("0.1")};
  run.offer({x});
  REQUIRE(venue.placed.size() == 1);
  REQUIRE(venue.placed[0].amount == q("0.2"));
  auto order = std::move(venue.orders.front());
  venue.orders.pop_front();
  order.answer(
      order_refused{503, -1001, "Internal error", true, std::nullopt, refusal_cure::query_order});
  run.live(1s, holding("0.5"));
  CHECK(venue.placed.size() == (whole ? 2 : 1));
  CHECK(venue.queries.empty() == whole);
}

TEST_CASE("what an order left open is sent as another one") {
  pipeline_world world;
  exit_under_way s(world);
  s.run.end_order(q("0.2"), order_status::expired, q("0.3"), at_50k);
  s.live(100ms, "0.3");
  REQUIRE(s.venue.placed.size() == 2);
  CHECK(s.venue.placed[1].amount == q("0.3"));
}

TEST_CASE("a slice is sized by the truth after the one before, not by what is thought to be left") {
  pipeline_world world;
  world.market_max = q("0.2");
  exit_under_way s(world);
  s.run.fill_order(q("0.3"), at_50k);
  // A person closed some of it in between.
  s.run.tell(account_update{"ORDER",
                            {s.run.given.time.at(s.run.now()).wall.ms + 1},
                            {{{symbol("BTCUSDT"), position_side::both}, q("0.05"), at_50k}}});
  s.live(200ms, "0.05");
  const auto& last = s.venue.placed.back();
  REQUIRE(s.venue.placed.size() >= 2);
  CHECK(last.amount <= q("0.2"));
  quantity after_it;
  for (std::size_t i = 2; i < s.venue.placed.size(); ++i)
    after_it += s.venue.placed[i].amount;
  CHECK(after_it <= q("0.05"));
}

TEST_CASE("an exit that the venue refuses because the position is gone has reached its target") {
  pipeline_world world;
  exit_under_way s(world);
  s.run.refuse_order(-2022, refusal_cure::reread_position, "ReduceOnly Order is rejected.");
  CHECK(s.venue.placed.size() == 1);
  s.live(1'500ms, "0");  // Two reads have to agree.
  CHECK(s.run.ended("x") == plan_end::done);
  CHECK(s.venue.placed.size() == 1);
  CHECK(s.run.notices_of("exit_blocked") == 0);
}

TEST_CASE("after a refusal for the position nothing is sent before a truth that is newer") {
  pipeline_world world;
  exit_under_way s(world);
  s.run.refuse_order(-2022, refusal_cure::reread_position);
  s.run.pass(500ms);  // Nothing is read.
  CHECK(s.venue.placed.size() == 1);
  s.live(500ms, "0.4");
  REQUIRE(s.venue.placed.size() == 2);
  CHECK(s.venue.placed[1].amount == q("0.4"));
}

TEST_CASE("resting orders of ours that only reduce are cancelled, then the exit goes on") {
  pipeline_world world;
  exit_under_way s(world);
  order_report ours;
  ours.client_id = make_client_order_id(world.chosen.account, plan_id{"old"}, 1);
  ours.id = 70;
  ours.instrument = symbol("BTCUSDT");
  ours.status = order_status::new_;
  ours.reduce_only = true;
  auto increasing = ours;
  increasing.client_id = make_client_order_id(world.chosen.account, plan_id{"other"}, 1);
  increasing.reduce_only = false;
  auto foreign = ours;
  foreign.client_id = client_order_id{"web_1"};
  foreign.id = 71;
  s.venue.open_orders = {ours, increasing, foreign};
  s.run.refuse_order(-4118, refusal_cure::free_orders);
  s.live(300ms, "0.5");
  CHECK(s.venue.placed.size() == 1);  // The cancel has no answer yet.
  REQUIRE(s.venue.cancels.size() == 1);
  CHECK(s.venue.cancels[0].id == ours.client_id);
  CHECK(s.run.notices_of("exit_obstructed") == 1);
  s.venue.cancels.front().answer(order_done{ours});
  s.live(300ms, "0.5");
  REQUIRE(s.venue.placed.size() == 2);
  s.run.fill_order({}, at_50k);
  CHECK(s.run.ended("x") == plan_end::done);
}

TEST_CASE("an exit that does not fit the filters is judged again by filters read anew") {
  pipeline_world world;
  exit_under_way s(world);
  REQUIRE_FALSE(s.venue.universe_answer);
  s.run.refuse_order(-1111, refusal_cure::fit_to_filters);
  s.run.pass(50ms);
  CHECK(s.venue.universe_answer);
  world.market_max = q("0.2");
  s.run.give_universe();
  s.live(300ms, "0.5");
  REQUIRE(s.venue.placed.size() == 2);
  CHECK(s.venue.placed[1].amount == q("0.2"));
}

TEST_CASE("an exit refused again and again is tried until its deadline, and told of at its end") {
  pipeline_world world;
  exit_under_way s(world);
  std::size_t refused = 0;
  for (int i = 0; i < 700; ++i) {
    while (!s.venue.orders.empty()) {
      s.run.refuse_order(-2019, refusal_cure::none, "Margin is insufficient.");
      ++refused;
    }
    s.live(100ms, "0.5");
  }
  CHECK(refused >= 10);
  CHECK(refused <= 20);
  CHECK(s.run.ended("x") == plan_end::failed);
  CHECK(s.run.notices_of("exit_refused") == 1);
  CHECK(s.run.notices_of("exit_blocked") == 1);
  CHECK(s.run.records_of("plan_judged") == 1);
  const auto sent = s.venue.placed.size();
  s.live(10s, "0.5");
  CHECK(s.venue.placed.size() == sent);
}

TEST_CASE("an order proven never to have arrived is sent again under the same id") {
  pipeline_world world;
  exit_under_way s(world);
  s.venue.orders.front().answer(order_uncertain{"reset"});
  s.venue.orders.clear();
  for (int i = 0; i < 200 && s.venue.placed.size() == 1; ++i) {
    s.live(100ms, "0.5");
    while (!s.venue.queries.empty()) {
      auto ask = std::move(s.venue.queries.front());
      s.venue.queries.pop_front();
      ask.answer(read_failure{failure_kind::not_found, 400, -2013, "no such order", {}});
    }
  }
  REQUIRE(s.venue.placed.size() == 2);
  CHECK(s.venue.placed[1].id == s.venue.placed[0].id);
  s.run.fill_order({}, at_50k);
  CHECK(s.run.ended("x") == plan_end::done);
  CHECK(s.run.records_of("fill_recorded") == 1);
}

TEST_CASE("a person is told at the deadline of an exit whose order is still open") {
  pipeline_world world;
  exit_under_way s(world);
  s.venue.orders.front().answer(order_uncertain{"reset"});
  s.live(59s, "0.5");
  CHECK(s.run.notices_of("exit_blocked") == 0);
  s.live(2s, "0.5");
  CHECK(s.run.notices_of("exit_blocked") == 1);
  s.live(5s, "0.5");
  CHECK(s.run.notices_of("exit_blocked") == 1);
  CHECK_FALSE(s.run.ended("x"));
}

TEST_CASE("an order to stop holds up an exit between two orders, which stays a target") {
  pipeline_world world;
  exit_under_way s(world);
  caf::anon_send(s.run.all->gate, actors::change_state{trading_state::halted, "ops", "drill"});
  s.run.settle();
  s.run.end_order(q("0.2"), order_status::expired, q("0.3"), at_50k);
  s.live(5s, "0.3");
  REQUIRE(s.venue.placed.size() == 1);
  CHECK_FALSE(s.run.ended("x"));
  SECTION("and goes on when the order is taken back") {
    caf::anon_send(s.run.all->gate, actors::change_state{trading_state::active, "ops", "over"});
    s.live(500ms, "0.3");
    REQUIRE(s.venue.placed.size() == 2);
    CHECK(s.venue.placed[1].amount == q("0.3"));
    s.run.fill_order({}, at_50k);
    CHECK(s.run.ended("x") == plan_end::done);
    CHECK(s.run.notices_of("exit_blocked") == 0);
  }
  SECTION("until its deadline, when a person is told") {
    s.live(60s, "0.3");
    CHECK(s.venue.placed.size() == 1);
    CHECK(s.run.ended("x") == plan_end::partly);
    CHECK(s.run.notices_of("exit_blocked") == 1);
  }
}

TEST_CASE("an exit that waits between two orders can be withdrawn") {
  pipeline_world world;
  exit_under_way s(world);
  s.run.refuse_order(-2022, refusal_cure::reread_position);
  s.run.pass(300ms);  // It waits for a read in the gate.
  auto cancel = s.run.a_reduce("c", "BTCUSDT");
  cancel.body = cancel_plan{plan_id{"x"}};
  s.run.offer({cancel});
  CHECK(s.run.verdict_of("c") == verdict_kind::allow);
  CHECK(s.run.ended("x") == plan_end::withdrawn);
  CHECK(s.run.verdict_of("x") == verdict_kind::allow);
  s.live(1s, "0.5");
  CHECK(s.venue.placed.size() == 1);
}

TEST_CASE("the first order of an exit keeps the collar, and what it leaves is sent as MARKET") {
  pipeline_world world;
  world.chosen.executor.exit_collar_bp = 100;
  exit_under_way s(world);
  CHECK(s.venue.placed[0].type == order_type::limit);
  CHECK(s.venue.placed[0].lasts == time_in_force::ioc);
  CHECK(s.venue.placed[0].limit == price::whole(49'500));
  s.run.end_order(q("0.1"), order_status::expired, q("0.4"), at_50k);
  s.live(100ms, "0.4");
  REQUIRE(s.venue.placed.size() == 2);
  CHECK(s.venue.placed[1].type == order_type::market);
  CHECK(s.venue.placed[1].amount == q("0.4"));
}

TEST_CASE("where the book is too thin for MARKET an exit takes what there is within a collar") {
  pipeline_world world;
  exit_under_way s(world);
  CHECK(s.venue.placed[0].type == order_type::market);
  s.run.refuse_order(-4131, refusal_cure::fit_to_filters);
  s.live(400ms, "0.5");
  REQUIRE(s.venue.placed.size() == 2);
  CHECK(s.venue.placed[1].type == order_type::limit);
  CHECK(s.venue.placed[1].lasts == time_in_force::ioc);
  CHECK(s.venue.placed[1].limit == price::whole(48'500));
  s.run.end_order(q("0.1"), order_status::expired, q("0.4"), at_50k);
  s.live(100ms, "0.4");
  REQUIRE(s.venue.placed.size() == 3);
  CHECK(s.venue.placed[2].type == order_type::market);
}

TEST_CASE("an old mark makes no collar") {
  pipeline_world world;
  world.chosen.executor.exit_collar_bp = 100;
  pipeline_run run(world);
  run.make_ready(holding("0.5"));
  run.live(6s, holding("0.5"));
  run.offer({run.a_reduce("x", "BTCUSDT")});
  REQUIRE(world.exchange->placed.size() == 1);
  CHECK(world.exchange->placed[0].type == order_type::market);
}

TEST_CASE("a later process goes on with an exit while its plan lives") {
  pipeline_world world;
  {
    exit_under_way s(world);
    s.run.refuse_order(-2022, refusal_cure::reread_position);
    s.run.pass(300ms);
    CHECK(s.run.end() == 0);
  }
  SECTION("with the next number") {
    world.wall_ms += 5'000;
    pipeline_run run(world);
    run.make_ready(holding("0.5"));
    run.live(500ms, holding("0.5"));
    REQUIRE(world.exchange->placed.size() == 2);
    CHECK(world.exchange->placed[1].id ==
          make_client_order_id(world.chosen.account, plan_id{"x"}, 2));
    run.fill_order({}, at_50k);
    CHECK(run.ended("x") == plan_end::done);
    CHECK(run.records_of("plan_judged") == 1);
  }
  SECTION("and ends it when its deadline has passed") {
    world.wall_ms += 61'000;
    pipeline_run run(world);
    run.make_ready(holding("0.5"));
    run.live(500ms, holding("0.5"));
    CHECK(world.exchange->placed.size() == 1);
    CHECK(run.ended("x") == plan_end::interrupted);
    CHECK(run.notices_of("exit_blocked") == 1);
  }
}

TEST_CASE("an exit whose order was open at the end of a run goes on when that is resolved") {
  pipeline_world world;
  {
    exit_under_way s(world);
    s.run.end();
  }
  const auto first = world.exchange->placed.front();
  world.exchange->orders.clear();
  world.exchange->queries.clear();
  world.wall_ms += 20'000;
  pipeline_run run(world);
  run.make_ready(holding("0.3"));
  run.live(200ms, holding("0.3"));
  CHECK(world.exchange->placed.size() == 1);
  REQUIRE_FALSE(world.exchange->queries.empty());
  world.exchange->fills = {fill{first.instrument,
                                first.leg,
                                500,
                                9,
                                {},
                                side::sell,
                                q("0.2"),
                                at_50k,
                                notional{},
                                "USDT",
                                notional{},
                                {1}}};
  world.exchange->queries.front().answer(order_report{first.id,
                                                      9,
                                                      first.instrument,
                                                      first.leg,
                                                      side::sell,
                                                      order_status::expired,
                                                      "EXPIRED",
                                                      first.amount,
                                                      q("0.2"),
                                                      at_50k,
                                                      true,
                                                      {1}});
  run.live(500ms, holding("0.3"));
  CHECK(world.exchange->placed.size() == 1);  // What is read may be from before its trade.
  run.live(3s, holding("0.3"));
  REQUIRE(world.exchange->placed.size() == 2);
  CHECK(world.exchange->placed[1].amount == q("0.3"));
  CHECK(world.exchange->placed[1].id ==
        make_client_order_id(world.chosen.account, plan_id{"x"}, 2));
}

TEST_CASE("the exit engine asks for no second plan while the first goes on") {
  pipeline_world world;
  world.market_max = q("0.2");
  pipeline_run run(world);
  run.make_ready(holding("0.5"));
  run.give_marks({{"BTCUSDT", "40000"}});  // Below the default stop.
  REQUIRE(world.exchange->placed.size() == 1);
  run.fill_order(q("0.3"), at_50k);
  for (int i = 0; i < 40; ++i) {
    run.live(100ms, holding("0.3"));
    run.answer_read(symbol("BTCUSDT"), holding("0.3"));
  }
  CHECK(world.exchange->placed.size() == 2);
  CHECK(run.records_of("plan_accepted") == 1);
}
