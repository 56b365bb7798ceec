// A flatten that goes on after a restart: what it has not seen yet is not flat, and what it has not
// heard of for too long has ended.
#include "flatten_scene.hpp"

using namespace sluice;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

conditional_report a_foreign_stop() {
  conditional_report stop;
  stop.instrument = btc;
  stop.client_id = client_order_id{"web_stop"};
  stop.close_position = true;
  return stop;
}

struct row {
  const char* name;
  void (*begin)(scene&);
};
/// None of them says anything of BTCUSDT.
const row beginnings[]{{"nothing is tracked yet", [](scene&) {}},
                       {"others are tracked, and flat",
                        [](scene& s) {
                          s.pass(3s);
                          s.flat(eth_both);
                        }},
                       {"the account was read while a permit of before was good", [](scene& s) {
                          s.pass(1s);
                          s.prove();
                          s.pass(2s);
                          s.flat(eth_both);
                        }}};

}  // namespace

TEST_CASE("a position that was not seen yet keeps its stop, and the account is asked for") {
  for (const auto& r : beginnings) {
    INFO(r.name);
    scene s;
    s.conditional = {a_foreign_stop()};
    r.begin(s);
    CHECK_FALSE(s.run(35s));
    s.pass(1s);
    const auto asked = s.step();
    REQUIRE_FALSE(asked.reads.empty());
    CHECK(asked.reads.front().instrument.empty());
    s.hold(btc_both, "0.5");
    s.prove();
    CHECK_FALSE(s.run(35s));
    CHECK(s.cancelled.empty());
    REQUIRE_FALSE(s.plans.empty());
    CHECK(s.plans.front().instrument == btc);
  }
}

TEST_CASE("a read of the whole account says that what is not tracked is flat") {
  for (const auto& r : beginnings) {
    INFO(r.name);
    scene s;
    s.conditional = {a_foreign_stop()};
    r.begin(s);
    CHECK_FALSE(s.run(35s));
    CHECK(s.cancelled.empty());
    s.flat(eth_both);
    s.prove();
    s.run(100ms);
    s.prove();
    s.run(35s);
    s.prove_twice();
    REQUIRE(s.cancelled.size() == 1);
    CHECK(s.cancelled.front().kind == cancel_kind::all_conditional);
    s.run(200ms);
    s.prove();
    const auto ended = s.run(1s);
    REQUIRE(ended);
    CHECK(ended->why == flatten_end::done);
  }
}

TEST_CASE("the whole account is flat only once all of it was read, also when no order rests") {
  scene s;
  s.flat(eth_both);
  for (int i = 0; i < 5; ++i) {
    s.pass(1s);
    s.flat(eth_both);
    CHECK_FALSE(s.run(1s));
  }
  s.prove();
  CHECK_FALSE(s.run(1s));
  s.prove();
  const auto ended = s.run(1s);
  REQUIRE(ended);
  CHECK(ended->why == flatten_end::done);
}

TEST_CASE("a plan whose end was lost does not keep a flat position unproven for ever") {
  scene s(btc);
  s.hold(btc_both, "0.5");
  s.run(300ms);
  REQUIRE(s.plans.size() == 1);
  s.judge(s.plans.front().id, verdict_kind::allow);
  const auto until = s.plans.front().deadline;
  s.flat(btc_both);
  std::optional<flatten_ended> ended;
  for (int i = 0; i < 120 && !ended; ++i) {
    s.prove();
    ended = s.run(500ms);
  }
  REQUIRE(ended);
  CHECK(ended->why == flatten_end::done);
  CHECK(s.now.steady > until + 10s);
  CHECK(s.plans.size() == 1);
  CHECK(s.line(btc_both).reason.empty());
}

TEST_CASE("an order of ours on a symbol that is not tracked keeps the stops there") {
  scene s;
  s.ours.begun(client_order_id{"entry"}, btc_both);
  s.conditional = {a_foreign_stop()};
  s.pass(3s);
  s.prove();
  s.run(35s);
  CHECK(s.cancelled.empty());
  s.ours.ended(client_order_id{"entry"}, s.now.steady);
  s.run(35s);
  CHECK(s.cancelled.empty());
  s.prove();
  s.run(35s);
  CHECK(s.cancelled.empty());  // The look at the orders is younger than the read.
  s.pass(1s);
  REQUIRE_FALSE(s.step().reads.empty());
  s.prove_twice();
  CHECK(s.cancelled.size() == 1);
}

TEST_CASE(
    "one read that shows no position cancels no stop; a second, or one after an event, does") {
  const bool event = GENERATE(false, true);
  scene s(btc);
  s.conditional = {a_foreign_stop()};
  s.hold(btc_both, "0.5");
  s.run(3s);
  s.plan_ends(s.plans.front().id, btc_both);
  s.pass(100ms);
  event ? s.closes(btc_both) : s.flat(btc_both);
  CHECK_FALSE(s.run(40s));
  CHECK(s.cancelled.empty());
  if (!event) {
    s.pass(1s);
    const auto asked = s.step();
    CHECK(asked.reads == std::vector{btc_both});
    s.hold(btc_both, "0.5");  // The read was false.
    CHECK_FALSE(s.run(40s));
    CHECK(s.cancelled.empty());
    s.flat(btc_both);
    CHECK_FALSE(s.run(40s));
    CHECK(s.cancelled.empty());
  }
  s.pass(1s);
  CHECK(s.step().reads == std::vector{btc_both});
  s.prove_twice();
  if (!event)
    s.prove_twice();
  CHECK(s.cancelled.size() == 1);
  s.run(200ms);
  s.prove();
  const auto ended = s.run(1s);
  REQUIRE(ended);
  CHECK(ended->why == flatten_end::done);
}

TEST_CASE("one read of the whole account that shows nothing is not the end of a flatten") {
  scene s;
  s.conditional = {a_foreign_stop()};
  s.pass(3s);
  s.flat(eth_both);
  s.prove();
  CHECK_FALSE(s.run(40s));
  CHECK(s.cancelled.empty());
  s.pass(1s);
  const auto asked = s.step();
  REQUIRE_FALSE(asked.reads.empty());
  CHECK(asked.reads.front().instrument.empty());
  s.prove();
  CHECK_FALSE(s.run(1s));
  s.prove_twice();
  CHECK(s.cancelled.size() == 1);
  s.run(200ms);
  s.prove();
  const auto ended = s.run(1s);
  REQUIRE(ended);
  CHECK(ended->why == flatten_end::done);
}

TEST_CASE("what the stream once said of a position that was never seen open is no proof") {
  scene s(btc);
  s.conditional = {a_foreign_stop()};
  s.pass(3s);
  s.closes(btc_both);
  CHECK_FALSE(s.run(40s));
  CHECK(s.cancelled.empty());
  s.prove();
  CHECK_FALSE(s.run(40s));
  CHECK(s.cancelled.empty());
  s.prove_twice();
  CHECK(s.cancelled.size() == 1);
}

TEST_CASE("two truths that show nothing do not agree when there was something between them") {
  scene s(btc);
  s.conditional = {a_foreign_stop()};
  s.pass(3s);
  s.flat(btc_both);
  CHECK_FALSE(s.run(1s));
  s.prove();
  s.table[btc_both].version += 2;
  CHECK_FALSE(s.run(40s));
  CHECK(s.cancelled.empty());
  s.prove();
  CHECK_FALSE(s.run(40s));
  CHECK(s.cancelled.empty());
  s.prove_twice();
  CHECK(s.cancelled.size() == 1);
}
