// Whatever happens and in whatever order: every plan ends once and in time, no position has two
// permits, and an exit that ends without an order says why.
#include <rapidcheck.h>

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "gate_fixture.hpp"
#include "sluice/gate/blocked_exit.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr int life_ms = 30'000;

int draw(int low, int high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high));
}
bool either() {
  return *rc::gen::arbitrary<bool>();
}

/// Drives a gate with random inputs at a clock that only goes forward, and keeps the books.
class random_run {
 public:
  void step() {
    pass(draw(0, 700));
    switch (draw(0, 13)) {
      case 0:
      case 1:
      case 2:
      case 3:
        submit();
        break;
      case 4:
        fresh_truth();
        g_.read_finished(btc(), "", now_);
        break;
      case 5:
        g_.read_finished(std::nullopt, *rc::gen::element<std::string>("", "reset"), now_);
        break;
      case 6:
        reach_changes();
        break;
      case 7:
      case 8:
        order_moves();
        break;
      case 9:
        g_.read_finished(btc(), "timed out", now_);
        break;
      case 10:
        g_.core.ledger_moved(btc(), either() ? qty("0.5") : quantity{}, present(), g_.out);
        break;
      case 11:
        g_.core.trading_state_changed(either() ? trading_state::active : trading_state::halted,
                                      present(), g_.out);
        break;
      default:
        hold_changes();
    }
    account();
  }

  void finish() {
    pass(life_ms);
    RC_ASSERT(ended_ == keys_of_deadlines());
    RC_ASSERT(g_.core.stats().parked_exit + g_.core.stats().parked_entry == 0U);
    pass(10'000);
    RC_ASSERT(!g_.core.next_deadline());
  }

 private:
  [[nodiscard]] stamp present() const { return at(milliseconds{now_}); }

  /// Ticks whenever the gate asked for it, as its actor does.
  void pass(int span_ms) {
    const int end = now_ + span_ms;
    for (auto due = g_.core.next_deadline(); due && *due <= start + milliseconds{end};
         due = g_.core.next_deadline()) {
      now_ = std::max(now_, static_cast<int>(between(start, *due + microsecond_up).count()));
      g_.tick(now_);
      account();
    }
    now_ = std::max(now_, end);
  }

  void submit() {
    const auto id = "p" + std::to_string(deadlines_.size());
    auto p = either() ? a_reduce(id, "0.1") : an_open(id);
    p.deadline = start + milliseconds{now_ + life_ms};
    deadlines_[id] = now_ + life_ms;
    g_.submit(std::move(p), now_);
  }
  void fresh_truth() {
    if (either())
      g_.truth_is(position_flat{}, now_);
    else
      g_.truth_is(position_open{qty("0.5"), px("50000")}, now_);
  }
  void reach_changes() {
    reach r{either(), "reset", std::nullopt};
    if (!r.reachable && either())
      r.banned_until = start + milliseconds{now_ + draw(0, 40'000)};
    g_.core.reach_changed(r, present(), g_.out);
  }
  void order_moves() {
    if (flying_.empty())
      return;
    if (draw(0, 3) == 0)
      return g_.moved(flying_.c_str(), flight_step::unknown, now_);
    const auto id = std::exchange(flying_, std::string{});
    g_.moved(id.c_str(), flight_step::resolved, now_, {}, either());
  }
  void hold_changes() {
    const hold h{.id = 1, .position = btc()};
    if (either())
      g_.core.hold_set(h, present(), g_.out);
    else
      g_.core.hold_cleared(h, present(), g_.out);
  }

  void account() {
    for (const auto& v : g_.out.verdicts) {
      const auto id = v.what->id.str();
      RC_ASSERT(ended_.insert(id).second);
      RC_ASSERT(now_ <= deadlines_.at(id));
      if (std::holds_alternative<reduce_plan>(v.what->body))
        exit_ended(v);
    }
    for (const auto& given : g_.out.permits) {
      RC_ASSERT(flying_.empty());
      flying_ = given.plan().str();
    }
    g_.out.clear();
  }

  /// By what was seen alone: proven lately, no order of ours under way, not above the target.
  static bool is_where_wanted(const facts& f) {
    return is_known(f.position.content) && !f.missing_in &&
           f.now.steady - f.position.as_of <= milliseconds{10'000} && !f.in_flight &&
           amount_of(f.position.content).abs() <= qty("0.1");
  }

  /// An order, or nothing left to do by a truth that counts, or words for a person.
  static void exit_ended(const plan_verdict& v) {
    const bool ordered = v.outcome.kind == verdict_kind::allow;
    const bool done = is_where_wanted(v.seen);
    RC_CLASSIFY(ordered, "ordered");
    RC_CLASSIFY(!ordered && done, "done");
    RC_CLASSIFY(!ordered && !done, "blocked");
    const auto told = blocked_exit(v);
    if (ordered || done) {
      RC_ASSERT(!told);
      return;
    }
    RC_ASSERT(told.has_value());
    // Whatever waited and was not cured names what could not be reached or is not resolved.
    for (const auto& r : v.outcome.refusals)
      if (r.code == refusal_code::stale_exchange_state && !v.seen.exchange.why.empty())
        RC_ASSERT(told->find("exchange_unreachable (" + v.seen.exchange.why) != std::string::npos);
  }

  [[nodiscard]] std::set<std::string> keys_of_deadlines() const {
    std::set<std::string> keys;
    for (const auto& [id, deadline] : deadlines_)
      keys.insert(id);
    return keys;
  }

  static constexpr std::chrono::microseconds microsecond_up{999};

  gate_fixture g_{};
  int now_{0};
  std::map<std::string, int> deadlines_{};
  std::set<std::string> ended_{};
  std::string flying_{};
};

}  // namespace

TEST_CASE("every plan ends once and in time, and an exit without an order says why") {
  CHECK(rc::check("liveness", [] {
    random_run run;
    const int steps = draw(1, 120);
    for (int i = 0; i < steps; ++i)
      run.step();
    run.finish();
  }));
}

TEST_CASE("no entry comes between two orders of an exit, other exits do") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.submit(a_reduce("exit", "0"), 1);
  REQUIRE(g.allowed("exit"));
  // Its order was refused, and the position turns out to be gone.
  g.core.moved(
      {btc(), plan_id{"exit"}, flight_step::resolved, at(milliseconds{10}).steady, {}, true, true},
      at(milliseconds{10}), g.out);
  g.truth_is(position_flat{}, 20);
  g.read_finished(btc(), "", 30);
  g.submit(an_open("entry"), 40);
  CHECK_FALSE(g.ended("entry"));
  g.truth_is(position_flat{}, 42);  // A second read that agrees.
  g.submit(a_reduce("other", "0"), 45);
  CHECK(g.ended("other"));
  g.out.clear();
  g.core.submit(shared(a_reduce("exit", "0")), at(milliseconds{50}), g.out, true);
  REQUIRE(g.ended("exit"));
  CHECK(g.verdict_of("exit").again);
  CHECK(g.reason("exit") == refusal_code::no_position);
  CHECK(g.allowed("entry"));
  CHECK_FALSE(g.verdict_of("entry").again);
}

TEST_CASE("a truth that moved between permit and send lets no waiting entry come first") {
  gate_fixture g;
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.submit(a_reduce("exit", "0"), 1);
  REQUIRE(g.allowed("exit"));
  g.submit(an_open("entry"), 2);
  CHECK_FALSE(g.ended("entry"));
  g.out.clear();
  g.truth_is(position_flat{}, 5);
  g.boards->truths[btc()].source = truth_source::stream;
  g.core.moved(
      {btc(), plan_id{"exit"}, flight_step::resolved, at(milliseconds{10}).steady, {}, false, true},
      at(milliseconds{10}), g.out);
  CHECK_FALSE(g.ended("entry"));
  g.core.submit(shared(a_reduce("exit", "0")), at(milliseconds{11}), g.out, true);
  CHECK(g.reason("exit") == refusal_code::no_position);
  CHECK(g.allowed("entry"));
}

TEST_CASE("where no read is asked for, an exit that has had an order waits for a routine one") {
  gate_fixture g({.read_on_demand = false});
  g.truth_is(position_open{qty("0.5"), px("50000")}, 0);
  g.submit(a_reduce("exit", "0"), 1);
  REQUIRE(g.allowed("exit"));
  g.out.clear();
  // Executed in part: the truth at hand is older than the order's end.
  g.core.moved(
      {btc(), plan_id{"exit"}, flight_step::resolved, at(milliseconds{10}).steady, {}, true, true},
      at(milliseconds{10}), g.out);
  g.core.submit(shared(a_reduce("exit", "0")), at(milliseconds{11}), g.out, true);
  CHECK_FALSE(g.ended("exit"));
  CHECK(g.out.reads.empty());
  g.truth_is(position_open{qty("0.2"), px("50000")}, 20);
  g.read_finished(std::nullopt, "", 25);
  REQUIRE(g.allowed("exit"));
  CHECK(g.verdict_of("exit").outcome.terms->amount == qty("0.2"));
}
