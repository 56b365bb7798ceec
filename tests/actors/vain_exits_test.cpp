// An exit whose orders all come to nothing is noticed, named within a minute, and left alone when
// one of them trades.
#include "vain_exits.hpp"

#include "support/catch.hpp"
#include "support/exit_under_way.hpp"

using namespace sluice;
using namespace sluice::actors;
using namespace sluice::testing;
using namespace std::chrono_literals;

namespace {

const plan_id first{"first"};
const plan_id second{"second"};
const symbol btc("BTCUSDT");
const symbol eth("ETHUSDT");

instant at_s(std::int64_t s) {
  return instant{} + std::chrono::seconds{s};
}

void note(vain_exits& exits, const plan_id& plan, const symbol& on,
          const std::vector<std::int64_t>& at) {
  for (const auto s : at)
    exits.note(plan, on, "refused at " + std::to_string(s), at_s(s));
}

/// An exit that may be tried for ten minutes.
struct patient_exit {
  explicit patient_exit(pipeline_world& w) : run(w), venue(*w.exchange) {
    run.make_ready(holding("0.5"));
    auto x = run.a_reduce("x", "BTCUSDT");
    x.deadline = run.now() + 10min;
    x.deadline_wall = run.given.time.at(x.deadline).wall;
    run.offer({x});
    REQUIRE(venue.placed.size() == 1);
    offered = run.now();
  }

  /// What the watchdog names of it; none while it names nothing.
  [[nodiscard]] std::optional<stall> named() const {
    for (const auto& s : run.given.vitals->stalls())
      if (s.cause == stall_cause::exits_failing)
        return s;
    return std::nullopt;
  }

  /// Every order is answered like this; gives how long it took until the exit was named.
  std::optional<duration> fail_for(milliseconds span, const order_outcome& answer) {
    std::optional<duration> took;
    const auto end = run.now() + span;
    while (run.now() < end) {
      while (!venue.orders.empty()) {
        auto order = std::move(venue.orders.front());
        venue.orders.pop_front();
        order.answer(answer);
        run.settle();
      }
      while (!venue.queries.empty()) {
        auto asked = std::move(venue.queries.front());
        venue.queries.pop_front();
        asked.answer(read_failure{failure_kind::not_found, 400, -2013, "no such order", {}});
        run.settle();
      }
      live(100ms, "0.5");
      if (!took && named())
        took = run.now() - offered;
    }
    return took;
  }

  void live(milliseconds span, const std::string& amount) {
    const auto rows = amount == "0" ? std::vector<position_row>{} : holding(amount);
    for (milliseconds passed{0}; passed < span; passed += 50ms) {
      run.pass(50ms);
      for (int i = 0; i < 5 && (run.answer_read({}, rows) || run.answer_read(btc, rows)); ++i) {
      }
    }
  }

  pipeline_run run;
  fake_exchange& venue;
  instant offered{};
};

const order_refused busy{503, -1008, "Server is busy", true, std::nullopt, refusal_cure::wait};

}  // namespace

TEST_CASE("an exit is told of from its third order in vain, since the end of the first") {
  vain_exits exits;
  note(exits, first, btc, {10, 12});
  CHECK_FALSE(exits.oldest());
  note(exits, first, btc, {15});
  const auto seen = exits.oldest();
  REQUIRE(seen);
  CHECK(seen->instrument == btc);
  CHECK(seen->tries == 3);
  CHECK(seen->since == at_s(10));
  CHECK(seen->words == "refused at 15");
}

TEST_CASE("of several exits in vain the one is told of that has tried for longest") {
  vain_exits exits;
  note(exits, second, eth, {5});
  note(exits, first, btc, {10, 12, 15});
  CHECK(exits.oldest()->instrument == btc);
  note(exits, second, eth, {20, 21});
  CHECK(exits.oldest()->instrument == eth);
  CHECK(exits.forget(second));
  CHECK(exits.oldest()->instrument == btc);
  CHECK(exits.forget(first));
  CHECK_FALSE(exits.oldest());
}

TEST_CASE("an exit that was forgotten counts from the beginning") {
  vain_exits exits;
  CHECK_FALSE(exits.forget(first));
  note(exits, first, btc, {10, 12, 15});
  CHECK(exits.forget(first));
  note(exits, first, btc, {30, 31});
  CHECK_FALSE(exits.oldest());
  note(exits, first, btc, {32});
  CHECK(exits.oldest()->since == at_s(30));
}

TEST_CASE("an exit that is refused again and again is named within a minute, until it trades") {
  pipeline_world world;
  patient_exit x(world);
  const auto took = x.fail_for(90s, busy);
  REQUIRE(took);
  CHECK(*took > 20s);
  CHECK(*took < 60s);
  const auto told = x.named();
  REQUIRE(told);
  CHECK_THAT(told->text, ContainsSubstring("an exit of BTCUSDT has executed nothing"));
  CHECK_THAT(told->text, ContainsSubstring("-1008"));
  CHECK_THAT(told->remedy, ContainsSubstring("close it by hand"));
  CHECK_THAT(told->effect, ContainsSubstring("1 positions are open"));
  CHECK(x.run.notices_of("stall_began") == 1);
  CHECK_FALSE(x.run.ended("x"));
  while (x.venue.orders.empty())
    x.live(100ms, "0.5");
  x.run.fill_order({}, at_50k);
  x.live(2s, "0");
  CHECK(x.run.ended("x") == plan_end::done);
  CHECK_FALSE(x.named());
  CHECK_FALSE(x.run.given.vitals->failing_exit());
  CHECK(x.run.notices_of("stall_ended") == 1);
}

TEST_CASE("an exit whose orders never arrive is named within a minute, until it is withdrawn") {
  pipeline_world world;
  patient_exit x(world);
  const auto took = x.fail_for(60s, order_uncertain{"reset"});
  REQUIRE(took);
  REQUIRE(x.named());
  CHECK_THAT(x.named()->text, ContainsSubstring("never reached the exchange"));
  // None of its orders may be in doubt, or it could not be withdrawn.
  for (int i = 0; i < 300 && x.run.given.vitals->orders_under_way > 0; ++i)
    x.fail_for(100ms, busy);
  auto cancel = x.run.a_reduce("c", "BTCUSDT");
  cancel.body = cancel_plan{plan_id{"x"}};
  x.run.offer({cancel});
  x.live(3s, "0.5");
  REQUIRE(x.run.ended("x") == plan_end::withdrawn);
  CHECK_FALSE(x.named());
}

TEST_CASE("an exit that is refused for a moment is not named") {
  pipeline_world world;
  patient_exit x(world);
  CHECK_FALSE(x.fail_for(15s, busy));
  while (x.venue.orders.empty())
    x.live(100ms, "0.5");
  x.run.end_order(q("0.2"), order_status::expired, q("0.3"), at_50k);
  x.live(20s, "0.3");
  CHECK_FALSE(x.named());
  CHECK_FALSE(x.run.given.vitals->failing_exit());
}
