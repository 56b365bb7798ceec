// One flatten against a small exchange of the test's own: what it asks for, and when it is done.
#include "flatten_scene.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

TEST_CASE("a position is closed by reduce plans of the flatten's own, one after the other") {
  scene s(btc);
  s.hold(btc_both, "-0.5");
  s.run(1s);
  REQUIRE(s.plans.size() == 1);
  const auto& p = s.plans.front();
  CHECK(p.id == plan_id{"flatten:7:BTCUSDT:both:1"});
  CHECK(p.source.str() == flatten_source);
  CHECK(is_own_plan_id(p.id));
  CHECK(is_own_source(p.source));
  CHECK(std::get<reduce_plan>(p.body).target.is_zero());
  CHECK(s.line(btc_both).state == closing_state::closing);
  s.judge(p.id, verdict_kind::deny,
          {{refusal_code::exchange_unreachable, std::string{"reset"}, {}}});
  s.step();
  CHECK(s.line(btc_both).state == closing_state::blocked);
  CHECK(s.line(btc_both).reason == "exchange_unreachable reset");
  s.run(1'900ms);
  CHECK(s.plans.size() == 1);
  s.run(500ms);
  REQUIRE(s.plans.size() == 2);
  CHECK(s.plans.back().id == plan_id{"flatten:7:BTCUSDT:both:2"});
}

TEST_CASE("flat counts only by a truth newer than the last order, and the end by newer reads") {
  scene s(btc);
  s.hold(btc_both, "0.5");
  s.run(5s);
  s.plan_ends(s.plans.front().id, btc_both);
  const auto filled_at = s.now.steady;
  s.table[btc_both].content = position_flat{};  // The stream says so; as_of is from before.
  CHECK_FALSE(s.run(2s));
  CHECK(s.line(btc_both).state != closing_state::flat);
  s.prove();
  CHECK(s.table[btc_both].as_of > filled_at);
  // Orders are read after that, and the truth once more after the orders.
  CHECK_FALSE(s.run(2s));
  CHECK(s.line(btc_both).state == closing_state::flat);
  s.prove();
  const auto ended = s.run(1s);
  REQUIRE(ended);
  CHECK(ended->why == flatten_end::done);
  CHECK(ended->left.empty());
  CHECK(s.plans.size() == 1);
}

TEST_CASE("the truths that are missing are asked for, once a second") {
  scene s(btc);
  s.hold(btc_both, "0.5");
  s.run(3s);
  s.plan_ends(s.plans.front().id, btc_both);
  s.pass(10ms);
  const auto asked = s.step();
  REQUIRE(asked.reads.size() == 1);
  CHECK(asked.newer_than == s.ours.last_end(btc_both));
  s.pass(500ms);
  CHECK(s.step().reads.empty());
  s.pass(500ms);
  CHECK(s.step().reads.size() == 1);
}

TEST_CASE("what may still leave by a permit of before keeps a flat position from being proven") {
  scene s(btc);
  s.flat(btc_both);
  CHECK_FALSE(s.run(1s));
  s.prove();
  CHECK_FALSE(s.run(900ms));  // Proven, but an order permitted before could leave until 2 s.
  s.pass(200ms);
  s.prove();
  s.run(200ms);
  s.prove();
  CHECK(s.run(1s));
}

TEST_CASE("an order of ours under way keeps the flatten open") {
  scene s(btc);
  s.flat(btc_both);
  s.ours.begun(client_order_id{"entry"}, btc_both);
  for (int i = 0; i < 5; ++i) {
    s.prove();
    CHECK_FALSE(s.run(1s));
  }
  s.ours.ended(client_order_id{"entry"}, s.now.steady);
  s.hold(btc_both, "0.1");
  s.pass(100ms);
  s.prove();
  s.run(200ms);
  CHECK(s.plans.size() == 1);
}

TEST_CASE("an order whose fate is not known is named as what keeps a position open") {
  scene s(btc);
  s.hold(btc_both, "0.5");
  s.ours.begun(client_order_id{"lost"}, btc_both);
  s.run(1s);
  CHECK(s.plans.empty());
  CHECK(s.line(btc_both).state == closing_state::blocked);
  CHECK(s.line(btc_both).reason == "an order of ours is not resolved yet");
}

TEST_CASE("an unknown position is never taken for flat") {
  scene s;
  s.flat(btc_both);
  s.table[eth_both] = {};
  for (int i = 0; i < 5; ++i) {
    s.prove();
    CHECK_FALSE(s.run(1s));
  }
  CHECK(s.core.progress().unproven == 1);
  s.flat(eth_both);
  s.run(200ms);
  s.prove();
  s.run(200ms);
  s.prove();
  CHECK(s.run(1s));
}

TEST_CASE("a position that somebody opens in the middle is closed too, and its orders go") {
  scene s;
  s.flat(btc_both);
  s.hold(eth_both, "1");
  s.run(3s);
  s.plan_ends(s.plans.front().id, eth_both);
  s.pass(100ms);
  s.flat(eth_both);
  s.prove();
  s.hold(btc_both, "0.2");
  conditional_report stop;
  stop.instrument = btc;
  stop.client_id = client_order_id{"web_stop"};
  stop.close_position = true;
  s.conditional = {stop};
  s.run(1s);
  REQUIRE(s.plans.size() == 2);
  CHECK(s.plans.back().instrument == btc);
  CHECK(s.cancelled.empty());
  s.plan_ends(s.plans.back().id, btc_both);
  s.pass(100ms);
  s.closes(btc_both);
  s.prove();
  CHECK_FALSE(s.run(500ms));
  CHECK(s.cancelled.empty());
  s.prove_twice();
  REQUIRE(s.cancelled.size() == 1);
  CHECK(s.cancelled.front().kind == cancel_kind::all_conditional);
  s.prove();
  s.run(500ms);
  s.prove();
  CHECK(s.run(1s)->why == flatten_end::done);
}

TEST_CASE("regular orders are cancelled before the close, and a failing look closes nothing up") {
  scene s(btc);
  s.hold(btc_both, "0.5");
  s.answers_orders = false;
  s.run(1s);
  CHECK(s.plans.empty());
  SECTION("orders rest") {
    order_report r;
    r.instrument = btc;
    s.answers_orders = true;
    s.core.orders_read({s.now.steady, {r}, {}, {}}, s.now.steady);
    CHECK(s.step().cancels.size() == 1);
    CHECK(s.plans.empty());
    s.step();
    CHECK(s.plans.size() == 1);
  }
  SECTION("the look fails") {
    s.core.orders_read({{}, {}, {}, "timed_out"}, s.now.steady);
    s.step();
    CHECK(s.plans.size() == 1);
    CHECK(s.core.progress().orders_fault == "timed_out");
  }
}

TEST_CASE("it gives up at its limit and says what stands and why") {
  scene s({}, 20s);
  s.hold(btc_both, "0.5");
  s.table[eth_both] = {};
  std::optional<flatten_ended> ended;
  for (int i = 0; i < 300 && !ended; ++i) {
    ended = s.run(100ms);
    if (!s.plans.empty())
      s.judge(s.plans.back().id, verdict_kind::deny,
              {{refusal_code::symbol_not_trading, std::string{"BTCUSDT"}, {}}});
  }
  REQUIRE(ended);
  CHECK(ended->why == flatten_end::given_up);
  CHECK(ended->left == "BTCUSDT both 0.5: symbol_not_trading BTCUSDT; ETHUSDT both is not known");
  CHECK(s.now.steady - start.steady >= 20s);
  CHECK(s.plans.size() > 3);
  for (const auto& p : s.plans)
    CHECK(p.deadline <= start.steady + 20s);
}

TEST_CASE("nothing is sent while trading is halted, and everything afterwards") {
  scene s(btc);
  s.hold(btc_both, "0.5");
  order_report r;
  r.instrument = btc;
  s.regular = {r};
  s.stopped = "halted";
  s.run(5s);
  CHECK(s.plans.empty());
  CHECK(s.cancelled.empty());
  CHECK(s.line(btc_both).reason == "halted");
  CHECK(s.line(btc_both).state == closing_state::blocked);
  s.stopped.clear();
  s.run(1s);
  CHECK(s.cancelled.size() == 1);
  CHECK(s.plans.size() == 1);
}

TEST_CASE("plans that an earlier run has used are passed over") {
  scene s(btc);
  s.hold(btc_both, "0.5");
  s.run(300ms);
  REQUIRE(s.plans.size() == 1);
  s.core.plan_repeated(s.plans.back().id);
  s.step();
  REQUIRE(s.plans.size() == 2);
  CHECK(s.plans.back().id == plan_id{"flatten:7:BTCUSDT:both:2"});
}

TEST_CASE("what ends a plan tells what the position shows") {
  struct row {
    const char* name;
    void (*end)(scene&, const plan_id&);
    closing_state state;
    const char* reason;
  };
  const row rows[]{
      {"nothing to reduce",
       [](scene& s, const plan_id& id) {
         s.judge(id, verdict_kind::deny, {{refusal_code::no_position, {}, {}}});
       },
       closing_state::waiting, ""},
      {"expired",
       [](scene& s, const plan_id& id) {
         s.judge(id, verdict_kind::expire, {{refusal_code::plan_expired, 30'000ms, 30'000ms}});
       },
       closing_state::blocked, "plan_expired 30000ms (limit 30000ms)"},
      {"the plan has failed",
       [](scene& s, const plan_id& id) { s.plan_ends(id, btc_both, plan_end::failed); },
       closing_state::blocked, "the plan ended failed: words"},
      {"not taken",
       [](scene& s, const plan_id& id) { s.core.plan_not_taken(id, "draining", s.now.steady); },
       closing_state::blocked, "draining"}};
  for (const auto& r : rows) {
    INFO(r.name);
    scene s(btc);
    s.hold(btc_both, "0.5");
    s.run(300ms);
    REQUIRE(s.plans.size() == 1);
    r.end(s, s.plans.front().id);
    CHECK(s.line(btc_both).state == r.state);
    CHECK(s.line(btc_both).reason == r.reason);
  }
}

TEST_CASE("both legs of a symbol are closed, each by plans of its own") {
  scene s(btc);
  s.hold({btc, position_side::long_}, "0.5");
  s.hold({btc, position_side::short_}, "-0.2");
  s.flat(btc_both);
  s.run(300ms);
  REQUIRE(s.plans.size() == 2);
  CHECK(s.plans[0].id == plan_id{"flatten:7:BTCUSDT:long:1"});
  CHECK(s.plans[0].leg == position_side::long_);
  CHECK(s.plans[1].id == plan_id{"flatten:7:BTCUSDT:short:1"});
}

TEST_CASE("every symbol the venue could have gives a plan id") {
  for (const auto* name : {"BTCUSDT", "币安人生USDT", "AN_EXTREMELY_LONG_SYMBOL_NAME_32"}) {
    const auto id = flatten_plan_id(9'999'999'999, {symbol{name}, position_side::short_}, 99'999);
    INFO(id.str());
    CHECK(parse_plan_id(id.str()));
    CHECK(is_own_plan_id(id));
  }
}
