// The way of an entry: acknowledged when its plan is durable or refused for good, never before, and
// carried out once.
#include "support/catch.hpp"
#include "upstream_scene.hpp"

using namespace sluice;
using namespace sluice::upstream;

TEST_CASE("an upstream entry is acknowledged after its plan is durable, not before") {
  scene s;
  CHECK(nothing(s.deliver(an_open())));
  const auto offered = s.step();
  REQUIRE(offered.plans.size() == 1);
  CHECK(offered.done.empty());
  CHECK(nothing(s.step()));
  const auto after = s.taken("p-1", plan_identity::fresh);
  REQUIRE(after.done.size() == 1);
  CHECK(after.done[0] == an_entry({}, 1).id);
  CHECK(s.desk.open(lane::entry) == 1);
  CHECK(s.desk.judged(plan_id{"p-1"}));
  CHECK(s.desk.open(lane::entry) == 0);
  CHECK_FALSE(s.desk.judged(plan_id{"p-1"}));
}

TEST_CASE("a verdict may become known before the planner's answer") {
  scene s;
  s.deliver(an_open());
  s.step();
  CHECK(s.desk.judged(plan_id{"p-1"}));
  CHECK(s.taken("p-1", plan_identity::fresh).done.size() == 1);
  CHECK(s.desk.open(lane::entry) == 0);
}

TEST_CASE("what the planner does not take is delivered again, and then taken") {
  scene s;
  const auto entry = an_entry(an_open(), 1);
  s.deliver(entry);
  s.step();
  s.desk.not_taken(plan_id{"p-1"});
  CHECK(s.desk.open(lane::entry) == 0);
  CHECK(nothing(s.step()));
  s.deliver(entry);
  CHECK(s.step().plans.size() == 1);
}

TEST_CASE(
    "what the planner refuses for good is refused with its reason, and gives its place free") {
  scene s;
  s.deliver(an_open());
  s.step();
  upstream_actions out;
  s.desk.symbol_busy(plan_id{"p-1"}, plan_id{"e-1"}, out);
  REQUIRE(out.refused.size() == 1);
  CHECK(out.refused[0].why.fault == upstream_fault::symbol_busy);
  CHECK(out.refused[0].why.reason == "e-1 has not ended");
  CHECK(out.refused[0].answers);
  CHECK(out.done.empty());
  CHECK(s.desk.open(lane::entry) == 0);
}

TEST_CASE("an entry that is in hand is not taken in a second time") {
  scene s;
  const auto entry = an_entry(a_close("c-1", "PARTIAL_50"), 1);
  s.deliver(entry);
  CHECK(nothing(s.deliver(entry)));
  CHECK(s.desk.waiting(lane::exit) == 1);
  s.hold("0.5");
  CHECK(s.step().plans.size() == 1);
  CHECK(nothing(s.deliver(entry)));
  CHECK(nothing(s.step()));
}

TEST_CASE("a part of an unknown position waits for a proven truth, which is asked for") {
  scene s;
  s.deliver(a_close("c-1", "PARTIAL_50"));
  const auto first = s.step();
  CHECK(first.plans.empty());
  CHECK(first.reads == std::vector{position_key{symbol{"BTCUSDT"}, position_side::both}});
  CHECK(nothing(s.step()));
  s.passed = milliseconds{1'000};
  CHECK(s.step().reads.size() == 1);
  s.hold("0.5");
  s.passed = milliseconds{11'001};
  CHECK(s.step().plans.empty());  // Known, and too old by now.
  s.hold("0.4");
  const auto offered = s.step();
  REQUIRE(offered.plans.size() == 1);
  CHECK(target_of(offered.plans[0]) == *quantity::parse("0.2"));
}

TEST_CASE("a close whose truth never comes is refused when it is too old, not guessed") {
  scene s;
  s.deliver(a_close("c-1", "PARTIAL_50"));
  s.passed = milliseconds{59'000};
  CHECK(s.step().refused.empty());
  s.passed = milliseconds{59'001};
  const auto out = s.step();
  REQUIRE(out.refused.size() == 1);
  CHECK(out.refused[0].why.fault == upstream_fault::plan_too_old);
  CHECK(out.refused[0].answers);
  CHECK(s.desk.waiting(lane::exit) == 0);
}

TEST_CASE("an entry whose id lies ahead of the server's clock waits no longer than others") {
  scene s;
  s.deliver(stream_entry{std::to_string(noon.ms + 3'600'000) + "-0", a_close("c-1", "PARTIAL_50")});
  CHECK(s.desk.waiting(lane::exit) == 1);
  s.passed = milliseconds{60'000};
  CHECK(s.step().refused.empty());
  s.passed = milliseconds{60'001};
  const auto out = s.step();
  REQUIRE(out.refused.size() == 1);
  CHECK(out.refused[0].why.fault == upstream_fault::plan_too_old);
}

TEST_CASE("an entry waits no longer than the older of its id and its timestamp allows") {
  scene s;
  s.may_open = false;
  s.deliver(with(an_open(), "timestamp", std::to_string(noon.ms / 1'000 - 40)));
  s.passed = milliseconds{20'000};
  CHECK(s.step().refused.empty());
  s.passed = milliseconds{20'001};
  const auto out = s.step();
  REQUIRE(out.refused.size() == 1);
  CHECK(out.refused[0].why.fault == upstream_fault::plan_too_old);
  CHECK(out.refused[0].answers);
}

TEST_CASE("nobody is told that a plan is refused while another entry of it waits") {
  scene s;
  s.may_open = false;
  s.deliver(an_open());
  s.passed = milliseconds{10'000};
  const auto twin = with(an_open(), "timestamp", std::to_string(noon.ms / 1'000 - 51));
  const auto out = s.deliver(twin);
  REQUIRE(out.refused.size() == 1);
  CHECK(out.refused[0].why.fault == upstream_fault::plan_too_old);
  CHECK_FALSE(out.refused[0].answers);
  // Neither when one of two that wait is too old.
  s.deliver(with(an_open(), "timestamp", std::to_string(noon.ms / 1'000 - 30)));
  s.passed = milliseconds{31'000};
  const auto later = s.step();
  REQUIRE(later.refused.size() == 1);
  CHECK_FALSE(later.refused[0].answers);
  s.may_open = true;
  CHECK(s.step().plans.size() == 1);
}

TEST_CASE("closes do not wait behind open plans, nor behind closes without a truth") {
  scene s;
  s.settings.entry_open_max = 2;
  s.desk = s.make();
  for (const auto* id : {"p-1", "p-2", "p-3", "p-4"})
    s.deliver(an_open(id));
  s.deliver(a_close("c-1", "PARTIAL_50"));
  s.deliver(with(a_close("c-2"), "symbol", "ETHUSDT"));
  const auto first = s.step();
  REQUIRE(first.plans.size() == 3);
  CHECK(first.plans[0].id == plan_id{"c-2"});
  CHECK(first.plans[1].id == plan_id{"p-1"});
  CHECK(first.plans[2].id == plan_id{"p-2"});
  CHECK(s.desk.waiting(lane::entry) == 2);
  s.taken("p-1", plan_identity::fresh);
  CHECK(s.step().plans.empty());
  s.desk.judged(plan_id{"p-1"});
  const auto next = s.step();
  REQUIRE(next.plans.size() == 1);
  CHECK(next.plans[0].id == plan_id{"p-3"});
}

TEST_CASE("entries beyond the bound are refused, closes not because of open plans") {
  scene s;
  s.settings.waiting_max = 2;
  s.desk = s.make();
  s.deliver(an_open("p-1"));
  s.deliver(an_open("p-2"));
  const auto out = s.deliver(an_open("p-3"));
  REQUIRE(out.refused.size() == 1);
  CHECK(out.refused[0].why.fault == upstream_fault::queue_full);
  CHECK(nothing(s.deliver(a_close())));
}

TEST_CASE("a plan that is published again while it is open is acknowledged with it") {
  scene s;
  s.deliver(an_open());
  s.step();
  s.deliver(with(an_open(), "timestamp", std::to_string(noon.ms / 1'000)));
  CHECK(s.step().done.empty());
  CHECK(s.taken("p-1", plan_identity::fresh).done.size() == 2);
  s.deliver(an_open());
  const auto again = s.step();
  CHECK(again.plans.empty());
  CHECK(again.done.size() == 1);
  CHECK(again.repeated == std::vector{plan_id{"p-1"}});
}

TEST_CASE("another plan under the id of an open one is refused without an answer") {
  scene s;
  s.deliver(an_open());
  s.step();
  s.deliver(with(an_open(), "qty", "5"));
  const auto out = s.step();
  REQUIRE(out.refused.size() == 1);
  CHECK(out.refused[0].why.fault == upstream_fault::duplicate_plan);
  // A denial under this id would be taken for the verdict of the first.
  CHECK_FALSE(out.refused[0].answers);
}

TEST_CASE("a part that was taken in before is a repetition, though its target would differ now") {
  scene s;
  s.hold("0.2");
  s.deliver(a_close("c-1", "PARTIAL_50"));
  REQUIRE(s.step().plans.size() == 1);
  s.journal[plan_id{"c-1"}] = {source_id{"apply_layer"}, symbol{"BTCUSDT"}, "reduce",
                               "upstream close 50 %"};
  const auto same = s.taken("c-1", plan_identity::conflict);
  CHECK(same.done.size() == 1);
  CHECK(same.repeated == std::vector{plan_id{"c-1"}});
  CHECK(same.refused.empty());

  s.deliver(a_close("c-1", "PARTIAL_75"));
  s.step();
  const auto other = s.taken("c-1", plan_identity::conflict);
  REQUIRE(other.refused.size() == 1);
  CHECK_FALSE(other.refused[0].answers);
  CHECK(s.desk.open(lane::exit) == 0);
}

TEST_CASE("an entry of a plan that was taken in before a crash is acknowledged, however old") {
  scene s;
  s.journal[plan_id{"p-1"}] = {source_id{"intent_bridge"}, symbol{"BTCUSDT"}, "open", {}};
  s.passed = milliseconds{600'000};
  const auto known = s.deliver(an_open("p-1"));
  CHECK(known.done.size() == 1);
  CHECK(known.refused.empty());
  const auto unknown = s.deliver(an_open("p-2"));
  REQUIRE(unknown.refused.size() == 1);
  CHECK(unknown.refused[0].why.fault == upstream_fault::plan_too_old);
  CHECK(unknown.refused[0].answers);
}

TEST_CASE("garbage, and what the pipeline decided against, come to an end at once") {
  scene s;
  const auto garbage = s.deliver(stream_fields{{"\xff\x01", "\n"}});
  REQUIRE(garbage.refused.size() == 1);
  CHECK_FALSE(garbage.refused[0].answers);
  const auto skipped = s.deliver(with(an_open(), "decision", "SKIP"));
  CHECK(skipped.skipped == 1);
  CHECK(skipped.done.size() == 1);
  CHECK(nothing(s.deliver(an_open())));
}

TEST_CASE("a close of the other side is refused with what is held") {
  scene s;
  s.hold("-0.5");
  s.deliver(with(a_close(), "side", "SELL"));
  const auto out = s.step();
  REQUIRE(out.refused.size() == 1);
  CHECK(out.refused[0].why.fault == upstream_fault::other_side);
  CHECK(out.refused[0].why.reason == "it closes the other side: held is -0.5");
}

TEST_CASE("the verdict of a plan of an earlier run is waited for once") {
  scene s;
  s.desk.expect(plan_id{"old"});
  CHECK(s.desk.judged(plan_id{"old"}));
  CHECK_FALSE(s.desk.judged(plan_id{"old"}));
}

TEST_CASE("before account and symbols were read nothing is offered, and nothing is lost") {
  scene s;
  s.judges = false;
  s.deliver(a_close());
  s.deliver(an_open());
  CHECK(nothing(s.step()));
  s.passed = milliseconds{30'000};
  s.judges = true;
  s.may_open = false;
  const auto closes = s.step().plans;
  REQUIRE(closes.size() == 1);
  CHECK(closes[0].id == plan_id{"c-1"});
  s.may_open = true;
  CHECK(s.step().plans.size() == 1);
}

TEST_CASE("what waits behind a full lane becomes too old all the same") {
  scene s;
  s.settings.entry_open_max = 1;
  s.desk = s.make();
  s.deliver(an_open("p-1"));
  s.deliver(an_open("p-2"));
  s.deliver(an_open("p-3"));
  CHECK(s.step().plans.size() == 1);
  s.passed = milliseconds{59'001};
  CHECK(s.step().refused.size() == 2);
  CHECK(s.desk.waiting(lane::entry) == 0);
}
