// A part of a position is reckoned from what is held once nothing of ours is under way, and from
// nothing else; and the stream passes the door like everybody.
#include "support/catch.hpp"
#include "upstream_scene.hpp"

using namespace sluice;
using namespace sluice::upstream;

namespace {

const position_key btc{symbol{"BTCUSDT"}, position_side::both};
const client_order_id entry_order{"sl-1"};

void hold_nothing(scene& s) {
  s.held = {position_flat{}, s.now().steady, {}, truth_source::bulk, s.held.version + 1};
}

plan an_accepted_open() {
  plan p;
  p.id = plan_id{"http-1"};
  p.instrument = btc.instrument;
  p.body = open_plan{};
  return p;
}

}  // namespace

TEST_CASE("a part waits while an order of ours is under way, and for a truth that has seen it") {
  for (const auto* action : {"PARTIAL_50", "CLOSE"}) {
    scene s;
    hold_nothing(s);
    s.passed = milliseconds{2'000};
    s.ours.begun(entry_order, btc);
    s.deliver(with(a_close("c-1", action), "qty", "0.5"));
    CHECK(nothing(s.step()));
    s.passed = milliseconds{3'000};
    s.ours.ended(entry_order, s.now().steady);
    const auto asked = s.step();
    CHECK(asked.plans.empty());
    CHECK(asked.refused.empty());
    CHECK(asked.reads == std::vector{btc});
    s.passed = milliseconds{3'100};
    s.hold("1.0");
    const auto offered = s.step();
    REQUIRE(offered.plans.size() == 1);
    CHECK(target_of(offered.plans[0]) == *quantity::parse("0.5"));
  }
}

TEST_CASE("a part waits for the end of an open plan whose order has not left yet") {
  scene s;
  s.hold("1.0");
  s.ours.accepted(an_accepted_open());
  s.deliver(a_close("c-1", "PARTIAL_50"));
  CHECK(nothing(s.step()));
  s.ours.ended(plan_id{"http-1"});
  CHECK(s.step().plans.size() == 1);
}

TEST_CASE("orders and plans of another symbol, and a cancel of its own, hold up no part") {
  scene s;
  s.hold("1.0");
  s.ours.begun(entry_order, {symbol{"ETHUSDT"}, position_side::both});
  auto other = an_accepted_open();
  other.instrument = symbol{"ETHUSDT"};
  s.ours.accepted(other);
  auto cancel = an_accepted_open();
  cancel.id = plan_id{"http-2"};
  cancel.body = cancel_plan{plan_id{"http-1"}};
  s.ours.accepted(cancel);
  s.deliver(a_close("c-1", "PARTIAL_50"));
  CHECK(s.step().plans.size() == 1);
}

TEST_CASE("a part waits for the end of another plan that closes, whoever sent it") {
  scene s;
  s.hold("1.0");
  auto closing = an_accepted_open();
  closing.body = reduce_plan{};
  s.ours.accepted(closing);
  s.deliver(a_close("c-1", "PARTIAL_50"));
  CHECK(nothing(s.step()));
  s.ours.ended(closing.id);
  CHECK(s.step().plans.size() == 1);
}

TEST_CASE("two parts of one burst close both amounts: the second is reckoned after the first") {
  scene s;
  s.hold("10");
  s.deliver(with(a_close("c-1", "CLOSE"), "qty", "3"));
  s.deliver(with(a_close("c-2", "CLOSE"), "qty", "3"));
  const auto first = s.step();
  REQUIRE(first.plans.size() == 1);
  CHECK(target_of(first.plans[0]) == *quantity::parse("7"));
  CHECK(nothing(s.step()));  // At the planner.
  s.ours.accepted(first.plans[0]);
  s.taken("c-1", plan_identity::fresh);
  CHECK(nothing(s.step()));  // Before the gate.
  s.desk.judged(plan_id{"c-1"});
  CHECK(nothing(s.step()));  // Allowed, and its order has not left.
  s.ours.begun(entry_order, btc);
  s.passed = milliseconds{500};
  s.ours.ended(entry_order, s.now().steady);
  s.ours.ended(plan_id{"c-1"});
  const auto asked = s.step();
  CHECK(asked.plans.empty());
  CHECK(asked.reads == std::vector{btc});  // What is held was proven before the order's end.
  s.passed = milliseconds{600};
  s.hold("7");
  const auto second = s.step();
  REQUIRE(second.plans.size() == 1);
  CHECK(second.plans[0].id == plan_id{"c-2"});
  CHECK(target_of(second.plans[0]) == *quantity::parse("4"));
}

TEST_CASE("a part that waits too long for another one is refused and told so") {
  scene s;
  s.hold("10");
  s.deliver(with(a_close("c-1", "CLOSE"), "qty", "3"));
  s.deliver(with(a_close("c-2", "CLOSE"), "qty", "3"));
  CHECK(s.step().plans.size() == 1);
  s.passed = milliseconds{59'001};
  const auto out = s.step();
  REQUIRE(out.refused.size() == 1);
  CHECK(out.refused[0].why.id == plan_id{"c-2"});
  CHECK(out.refused[0].why.fault == upstream_fault::plan_too_old);
  CHECK(out.refused[0].answers);
}

TEST_CASE("parts of different positions do not wait for each other, and whole closes for nothing") {
  scene s;
  s.hold("10");
  s.deliver(a_close("c-1", "PARTIAL_50"));
  s.deliver(with(a_close("c-2", "PARTIAL_50"), "symbol", "ETHUSDT"));
  s.deliver(a_close("c-3"));
  CHECK(s.step().plans.size() == 3);
}

TEST_CASE("a plan for a part says of which position it is one, and on which side") {
  for (const auto* held : {"1.0", "-1.0"})
    for (const auto* action : {"PARTIAL_50", "CLOSE"}) {
      scene s;
      s.hold(held);
      s.deliver(with(a_close("c-1", action), "qty", "0.5"));
      const auto out = s.step();
      REQUIRE(out.plans.size() == 1);
      CHECK(target_of(out.plans[0]) == *quantity::parse("0.5"));
      CHECK(std::get<reduce_plan>(out.plans[0].body).part_of == *quantity::parse(held));
    }
  scene s;
  s.hold("1.0");
  s.deliver(with(a_close(), "side", "SELL"));
  const auto all = s.step();
  REQUIRE(all.plans.size() == 1);
  CHECK(std::get<reduce_plan>(all.plans[0].body).part_of.is_zero());
  CHECK(std::get<reduce_plan>(all.plans[0].body).of_side == 1);
  s.deliver(a_close("c-2"));
  const auto either = s.step();
  REQUIRE(either.plans.size() == 1);
  CHECK(std::get<reduce_plan>(either.plans[0].body).of_side == 0);
}

TEST_CASE("a part that meets an open plan at the planner waits and is reckoned anew") {
  scene s;
  s.hold("10");
  const auto entry = an_entry(a_close("c-1", "PARTIAL_50"), 1);
  s.deliver(entry);
  CHECK(s.step().plans.size() == 1);
  upstream_actions busy;
  CHECK(s.desk.symbol_busy(plan_id{"c-1"}, plan_id{"http-1"}, busy));
  CHECK(nothing(busy));
  CHECK(s.desk.open(lane::exit) == 0);
  CHECK(s.desk.waiting(lane::exit) == 1);
  CHECK(nothing(s.deliver(entry)));  // It is in hand.
  s.ours.accepted(an_accepted_open());
  CHECK(nothing(s.step()));
  s.ours.ended(plan_id{"http-1"});
  s.hold("15");
  const auto out = s.step();
  REQUIRE(out.plans.size() == 1);
  CHECK(target_of(out.plans[0]) == *quantity::parse("7.5"));
  s.passed = milliseconds{59'001};
  s.desk.symbol_busy(plan_id{"c-1"}, plan_id{"http-1"}, busy);
  CHECK(s.step().refused.size() == 1);
}

TEST_CASE("a part that was refused is refused again when it is delivered again, whatever is held") {
  scene s;
  hold_nothing(s);
  const auto entry = an_entry(a_close("c-1", "PARTIAL_50"), 1);
  s.deliver(entry);
  CHECK(s.step().reads == std::vector{btc});
  s.passed = milliseconds{100};
  hold_nothing(s);
  const auto first = s.step();
  REQUIRE(first.refused.size() == 1);
  s.passed = milliseconds{20'000};
  s.hold("0.5");
  const auto again = s.deliver(entry);
  REQUIRE(again.refused.size() == 1);
  CHECK(again.refused[0].entry.id == entry.id);
  CHECK(again.refused[0].why.fault == upstream_fault::no_position);
  CHECK(again.refused[0].why.reason == first.refused[0].why.reason);
  CHECK(again.refused[0].answers);
  CHECK(s.step().plans.empty());
  // The same plan in another entry is another request.
  s.deliver(an_entry(a_close("c-1", "PARTIAL_50"), 2));
  CHECK(s.step().plans.size() == 1);
  // The answer under its name is that one's from now on.
  const auto once_more = s.deliver(entry);
  REQUIRE(once_more.refused.size() == 1);
  CHECK_FALSE(once_more.refused[0].answers);
}

TEST_CASE("what the planner refused is refused again when it is delivered again") {
  scene s;
  const auto entry = an_entry(an_open(), 1);
  s.deliver(entry);
  s.step();
  upstream_actions out;
  CHECK_FALSE(s.desk.symbol_busy(plan_id{"p-1"}, plan_id{"e-1"}, out));
  const auto again = s.deliver(entry);
  REQUIRE(again.refused.size() == 1);
  CHECK(again.refused[0].why.fault == upstream_fault::symbol_busy);
  CHECK(nothing(s.step()));
}

TEST_CASE("a part of nothing is refused and never becomes a target of zero") {
  scene s;
  hold_nothing(s);
  s.deliver(a_close("c-1", "PARTIAL_50"));
  SECTION("two reads say so") {
    const auto asked = s.step();
    CHECK(asked.refused.empty());
    CHECK(asked.reads == std::vector{btc});
    CHECK(nothing(s.step()));  // It is asked for once a second.
    s.passed = milliseconds{100};
    hold_nothing(s);
  }
  SECTION("the stream says so") {
    s.held.source = truth_source::stream;
  }
  const auto out = s.step();
  CHECK(out.plans.empty());
  REQUIRE(out.refused.size() == 1);
  CHECK(out.refused[0].why.fault == upstream_fault::no_position);
  CHECK(to_string(out.refused[0].why.fault) == "no_position");
  CHECK(out.refused[0].answers);
}

TEST_CASE("what nobody lists or has told of is refused where a read would be spent on it") {
  for (const auto& fields : {a_close("c-1", "PARTIAL_50"), with(a_close(), "side", "SELL")}) {
    scene s;
    s.may_be_held = false;
    s.deliver(fields);
    const auto out = s.step();
    CHECK(out.reads.empty());
    REQUIRE(out.refused.size() == 1);
    CHECK(to_string(out.refused[0].why.fault) == "symbol_not_in_universe");
    CHECK(out.refused[0].why.reason == "nobody lists BTCUSDT, and nothing of it is held");
    CHECK(out.refused[0].answers);
  }
  scene s;
  s.may_be_held = false;
  s.deliver(a_close());
  CHECK(s.step().plans.size() == 1);  // The gate denies it without a read, on record.
}

TEST_CASE("a part is not refused because one read does not show the position") {
  scene s;
  hold_nothing(s);
  s.deliver(a_close("c-1", "PARTIAL_50"));
  CHECK(s.step().refused.empty());
  s.passed = milliseconds{100};
  s.hold("1.0");
  const auto out = s.step();
  REQUIRE(out.plans.size() == 1);
  CHECK(target_of(out.plans[0]) == *quantity::parse("0.5"));
}

TEST_CASE("a part of what the stream is about to open waits for it") {
  scene s;
  hold_nothing(s);
  s.may_open = false;
  s.deliver(an_open());
  s.deliver(a_close("c-1", "PARTIAL_50"));
  CHECK(nothing(s.step()));
  s.may_open = true;
  CHECK(s.step().plans.size() == 1);
  CHECK(nothing(s.step()));  // At the planner.
  s.taken("p-1", plan_identity::fresh);
  s.desk.judged(plan_id{"p-1"});
  s.hold("0.01");
  const auto offered = s.step();
  REQUIRE(offered.plans.size() == 1);
  CHECK(target_of(offered.plans[0]) == *quantity::parse("0.005"));
}

TEST_CASE("closing everything waits for no order and for no truth") {
  scene s;
  s.ours.begun(entry_order, btc);
  s.deliver(a_close());
  CHECK(s.step().plans.size() == 1);
}

TEST_CASE("a part that is on record is a repetition, whatever is held and whatever is under way") {
  scene s;
  hold_nothing(s);
  s.ours.begun(entry_order, btc);
  s.journal[plan_id{"c-1"}] = {source_id{"apply_layer"}, symbol{"BTCUSDT"}, "reduce",
                               "upstream close 50 %"};
  const auto again = s.deliver(a_close("c-1", "PARTIAL_50"));
  CHECK(again.done.size() == 1);
  CHECK(again.repeated == std::vector{plan_id{"c-1"}});
  CHECK(s.desk.waiting(lane::exit) == 0);
}

TEST_CASE("the lanes of a source's table bind what it writes into the stream") {
  scene s;
  s.intake.sources["intent_bridge"].lanes = {lane::exit};
  s.intake.sources["apply_layer"].lanes = {lane::entry};
  s.desk = s.make();
  const auto open = s.deliver(an_open());
  REQUIRE(open.refused.size() == 1);
  CHECK(open.refused[0].why.fault == upstream_fault::source_not_allowed);
  CHECK(open.refused[0].why.reason == "source intent_bridge may send no entry plans");
  const auto close = s.deliver(a_close());
  REQUIRE(close.refused.size() == 1);
  CHECK(close.refused[0].why.reason == "source apply_layer may send no exit plans");
  CHECK(nothing(s.deliver(with(a_close("c-2"), "source", "intent_bridge"))));
  CHECK(s.step().plans.size() == 1);
}

TEST_CASE("where sources without a table are refused, the stream may close for them and not open") {
  scene s;
  s.intake.sources["desk"] = {};
  s.intake.unlisted_source = unlisted_intake::refuse;
  s.desk = s.make();
  const auto open = s.deliver(an_open());
  REQUIRE(open.refused.size() == 1);
  CHECK(open.refused[0].why.reason == "source intent_bridge has no table in intake.sources");
  CHECK(nothing(s.deliver(a_close())));
  CHECK(s.step().plans.size() == 1);
  s.intake.unlisted_source = unlisted_intake::take;
  s.desk = s.make();
  CHECK(nothing(s.deliver(an_open())));
}
