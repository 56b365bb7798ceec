// Whatever happens and in whatever order, every plan ends once and no position has two permits.
#include <rapidcheck.h>

#include <map>
#include <set>
#include <vector>

#include "gate_fixture.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

int draw(int low, int high) {
  return *rc::gen::resize(rc::kNominalSize, rc::gen::inRange(low, high));
}

/// Drives a gate with random inputs at a clock that only goes forward, and keeps the books.
class random_run {
 public:
  void step() {
    now_ += draw(0, 700);
    switch (draw(0, 9)) {
      case 0:
      case 1:
      case 2:
        submit();
        break;
      case 3:
        fresh_truth();
        g_.read_finished(key(), "", now_);
        break;
      case 4:
        g_.read_finished(std::nullopt, *rc::gen::element<std::string>("", "reset"), now_);
        break;
      case 5:
        g_.core.reach_changed({*rc::gen::arbitrary<bool>(), "reset", std::nullopt},
                              at(milliseconds{now_}), g_.out);
        break;
      case 6:
        resolve();
        break;
      case 7:
        g_.read_finished(key(), "timed out", now_);
        break;
      default:
        tick_when_due();
    }
    account();
  }

  void finish() {
    now_ += 31'000;
    g_.tick(now_);
    account();
    RC_ASSERT(ended_ == submitted_);
    RC_ASSERT(g_.core.stats().parked_exit + g_.core.stats().parked_entry == 0U);
    g_.tick(now_ + 10'000);
    RC_ASSERT(!g_.core.next_deadline());
  }

 private:
  static position_key key() { return btc(); }

  void submit() {
    const auto id = "p" + std::to_string(submitted_.size());
    auto p = *rc::gen::arbitrary<bool>() ? a_reduce(id, "0.1") : an_open(id);
    p.deadline = start + milliseconds{now_ + 30'000};
    submitted_.insert(id);
    g_.submit(std::move(p), now_);
  }
  void fresh_truth() {
    if (*rc::gen::arbitrary<bool>())
      g_.truth_is(position_flat{}, now_);
    else
      g_.truth_is(position_open{qty("0.5"), px("50000")}, now_);
  }
  void resolve() {
    if (flying_.empty())
      return;
    const bool executed = *rc::gen::arbitrary<bool>();
    const auto id = std::exchange(flying_, std::string{});
    g_.moved(id.c_str(), flight_step::resolved, now_, {}, executed);
  }
  void tick_when_due() {
    const auto due = g_.core.next_deadline();
    if (due && *due <= start + milliseconds{now_})
      g_.tick(now_);
  }
  void account() {
    for (const auto& v : g_.out.verdicts)
      RC_ASSERT(ended_.insert(v.what->id.str()).second);
    for (const auto& given : g_.out.permits) {
      RC_ASSERT(flying_.empty());
      flying_ = given.plan().str();
    }
    g_.out.clear();
  }

  gate_fixture g_{};
  int now_{0};
  std::set<std::string> submitted_{};
  std::set<std::string> ended_{};
  std::string flying_{};
};

}  // namespace

TEST_CASE("every plan ends exactly once and no position ever has two permits") {
  CHECK(rc::check("liveness", [] {
    random_run run;
    const int steps = draw(1, 120);
    for (int i = 0; i < steps; ++i)
      run.step();
    run.finish();
  }));
}
