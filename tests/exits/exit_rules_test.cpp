// The exit rules: where each begins to apply, for long and short, and which of several decides.
#include "sluice/exits/exit_rules.hpp"

#include <rapidcheck.h>

#include "positions.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::testing;

namespace {

struct rule_case {
  const char* name;
  const char* amount;
  const char* mark;  ///< Empty: none.
  milliseconds age;
  std::optional<exit_reason> reason;
  const char* numbers;
};

constexpr milliseconds young = std::chrono::minutes{1};
constexpr milliseconds day = std::chrono::hours{24};

std::optional<exit_decision> decide(const exit_state& state, const rule_case& c) {
  exit_view view;
  view.amount = qty(c.amount);
  if (*c.mark != '\0')
    view.mark = at_price(c.mark);
  view.age = c.age;
  return evaluate(state, view, exit_settings{});
}

}  // namespace

TEST_CASE("each rule applies from its level on, to long and short alike") {
  using enum exit_reason;
  const auto c = GENERATE(values<rule_case>({
      {"long inside", "2", "98.01", young, std::nullopt, ""},
      {"long at stop", "2", "98", young, stop_crossed, "mark 98 <= stop 98; entry 100, amount 2"},
      {"long through stop", "2", "50", young, stop_crossed,
       "mark 50 <= stop 98; entry 100, amount 2"},
      {"long below target", "2", "103.99999999", young, std::nullopt, ""},
      {"long at target", "2", "104", young, target_reached,
       "mark 104 >= target 104; entry 100, amount 2"},
      {"long just in time", "2", "100", day - milliseconds{1}, std::nullopt, ""},
      {"long out of time", "2", "100", day, time_limit, "age 1d >= limit 1d; entry 100, amount 2"},
      {"long out of time without a mark", "2", "", day, time_limit,
       "age 1d >= limit 1d; entry 100, amount 2"},
      {"long without a mark", "2", "", young, std::nullopt, ""},
      {"the stop is told before the time", "2", "97", day, stop_crossed,
       "mark 97 <= stop 98; entry 100, amount 2"},
      {"the target is told before the time", "2", "105", day, target_reached,
       "mark 105 >= target 104; entry 100, amount 2"},
      {"short inside", "-2", "101.99", young, std::nullopt, ""},
      {"short at stop", "-2", "102", young, stop_crossed,
       "mark 102 >= stop 102; entry 100, amount -2"},
      {"short at target", "-2", "96", young, target_reached,
       "mark 96 <= target 96; entry 100, amount -2"},
      {"flat", "0", "50", day, std::nullopt, ""},
  }));
  CAPTURE(c.name);
  const auto decision = decide(qty(c.amount).sign() < 0 ? short_state() : long_state(), c);
  REQUIRE(decision.has_value() == c.reason.has_value());
  if (decision) {
    CHECK(decision->reason == *c.reason);
    CHECK(decision->target.is_zero());
    CHECK(decision->numbers == c.numbers);
  }
}

TEST_CASE("a state of the other side, or one that is over, decides nothing") {
  const rule_case crossed{"", "2", "50", young, std::nullopt, ""};
  CHECK(decide(long_state(), crossed));
  CHECK_FALSE(decide(short_state(), crossed));
  auto over = long_state();
  over.active = false;
  CHECK_FALSE(decide(over, crossed));
  auto bare = long_state();
  bare.stop = bare.target = std::nullopt;
  bare.time_limit = std::nullopt;
  CHECK_FALSE(decide(bare, crossed));
}

TEST_CASE("nothing is decided while exits are disabled") {
  exit_settings off;
  off.enabled = false;
  CHECK_FALSE(evaluate(long_state(), {qty("2"), at_price("50"), young}, off));
}

TEST_CASE("default levels are basis points of the entry") {
  // 200 bp of 100 are 2; of 0.12345678 they are 0.0024691356: 0.1209876444 and 0.1259259156,
  // truncated to eight decimals.
  CHECK(default_stop(at_price("100"), 1, 200) == at_price("98"));
  CHECK(default_stop(at_price("100"), -1, 200) == at_price("102"));
  CHECK(default_target(at_price("100"), 1, 400) == at_price("104"));
  CHECK(default_target(at_price("100"), -1, 400) == at_price("96"));
  CHECK(default_stop(at_price("0.12345678"), 1, 200) == at_price("0.12098764"));
  CHECK(default_stop(at_price("0.12345678"), -1, 200) == at_price("0.12592591"));
  CHECK_FALSE(default_stop(at_price("100"), 1, 0));
  CHECK_FALSE(default_stop(at_price("0"), 1, 200));
  CHECK_FALSE(default_target(at_price("100"), -1, 10'000));  // A price of nothing is no level.
  CHECK_FALSE(default_target(at_price("90000000000"), 1, 1'000'000));  // Past what a price holds.
}

TEST_CASE("a target is never above what stands and an exit never asks for more exposure") {
  CHECK(rc::check([](bool is_long) {
    const auto amount = *rc::gen::inRange<std::int64_t>(1, 1'000'000'000);
    const auto at = *rc::gen::inRange<std::int64_t>(1, 20'000'000'000);
    const auto age = *rc::gen::inRange<std::int64_t>(0, 2 * 86'400'000);
    exit_view view;
    view.amount = quantity::from_raw(is_long ? amount : -amount);
    view.mark = price::from_raw(at);
    view.age = milliseconds{age};
    const auto decision = evaluate(is_long ? long_state() : short_state(), view, exit_settings{});
    if (decision) {
      RC_ASSERT(decision->target.raw() >= 0);
      RC_ASSERT(decision->target <= view.amount.abs());
    }
    const auto low = price::whole(is_long ? 98 : 96);
    const auto high = price::whole(is_long ? 104 : 102);
    const bool must = *view.mark <= low || *view.mark >= high || view.age >= day;
    RC_ASSERT(decision.has_value() == must);
  }));
}

TEST_CASE("settings of the exit engine that cannot be kept are named") {
  CHECK(exit_settings{}.validate().empty());
  exit_settings s;
  s.stop_bp = 10'000;
  s.retry_after = milliseconds{0};
  const auto faults = s.validate();
  REQUIRE(faults.size() == 2);
  CHECK(faults[0].key == "stop_bp");
  CHECK(faults[1].key == "retry_after");
}
