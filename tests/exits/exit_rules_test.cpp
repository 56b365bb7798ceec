// The exit rules: where each begins to apply, for long and short, and which of several decides.
#include "sluice/exits/exit_rules.hpp"

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

exit_view view_of(const char* amount, const char* mark, milliseconds age = young) {
  exit_view view;
  view.amount = qty(amount);
  if (*mark != '\0')
    view.mark = at_price(mark);
  view.age = age;
  return view;
}

std::optional<exit_reason> reason_of(const exit_state& s, const exit_view& v,
                                     const exit_policy& p = {}) {
  const auto decision = evaluate(s, v, p);
  return decision ? std::optional{decision->reason} : std::nullopt;
}

}  // namespace

TEST_CASE("stop, target and time limit apply from their level on, to long and short alike") {
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
      {"the time is told before the target", "2", "105", day, time_limit,
       "age 1d >= limit 1d; entry 100, amount 2"},
      {"short inside", "-2", "101.99", young, std::nullopt, ""},
      {"short at stop", "-2", "102", young, stop_crossed,
       "mark 102 >= stop 102; entry 100, amount -2"},
      {"short at target", "-2", "96", young, target_reached,
       "mark 96 <= target 96; entry 100, amount -2"},
      {"flat", "0", "50", day, std::nullopt, ""},
  }));
  CAPTURE(c.name);
  const auto decision = evaluate(qty(c.amount).sign() < 0 ? short_state() : long_state(),
                                 view_of(c.amount, c.mark, c.age), plain_policy());
  REQUIRE(decision.has_value() == c.reason.has_value());
  if (decision) {
    CHECK(decision->reason == *c.reason);
    CHECK(decision->target.is_zero());
    CHECK(decision->numbers == c.numbers);
  }
}

TEST_CASE("a position goes before the venue liquidates it") {
  // Liquidation at 98.8. 25 bp of 99 are 0.2475: 99.04 is 0.24 away, 99.06 is 0.26 of 0.24765.
  const auto far = [](const char* mark, const char* liquidation) {
    auto v = view_of("2", mark);
    v.liquidation = at_price(liquidation);
    return v;
  };
  CHECK_FALSE(reason_of(long_state(), far("99.06", "98.8")));
  const auto decision = evaluate(long_state(), far("99.04", "98.8"), {});
  REQUIRE(decision);
  CHECK(decision->reason == exit_reason::liquidation_buffer);
  CHECK(decision->target.is_zero());
  CHECK(decision->numbers == "mark 99.04 within 25 bp of liquidation 98.8; entry 100, amount 2");
  CHECK(reason_of(long_state(), far("98.5", "98.8")) == exit_reason::liquidation_buffer);

  auto short_view = view_of("-2", "101");
  short_view.liquidation = at_price("101.2");
  CHECK(reason_of(short_state(), short_view) == exit_reason::liquidation_buffer);

  // Losses elsewhere have brought it above the entry of a position that gains.
  CHECK_FALSE(reason_of(long_state(), far("103.5", "103"), plain_policy()));
  CHECK(reason_of(long_state(), far("103.2", "103")) == exit_reason::liquidation_buffer);
  CHECK(reason_of(long_state(), far("102.9", "103")) == exit_reason::liquidation_buffer);

  // Not known, or far above a long position: the rule says nothing.
  CHECK_FALSE(reason_of(long_state(), view_of("2", "99.04")));
  CHECK_FALSE(reason_of(long_state(), far("99.04", "120")));
  exit_policy off;
  off.liquidation_buffer_bp = 0;
  CHECK_FALSE(reason_of(long_state(), far("99.04", "98.8"), off));
}

TEST_CASE("a leg whose symbol would be liquidated on the other side stays") {
  auto s = long_state();
  s.position.leg = position_side::long_;
  s.entry = at_price("130");
  s.stop = at_price("90");
  auto v = view_of("2", "100");
  v.liquidation = at_price("120");  // The short leg's end; the long leg only softens it.
  CHECK_FALSE(reason_of(s, v, plain_policy()));
  v.liquidation = at_price("99.9");
  CHECK(reason_of(s, v, plain_policy()) == exit_reason::liquidation_buffer);
}

TEST_CASE("a loss that costs made larger than the stop meant ends the position") {
  auto s = long_state();
  s.cost = notional::whole(2);  // 1 for each unit: half an r.
  // At 98.5 r is (-1.5 - 1) / 2 = -1.25, at 98.01 it is (-1.99 - 1) / 2 = -1.495.
  CHECK_FALSE(reason_of(s, view_of("2", "98.5")));
  CHECK_FALSE(reason_of(s, view_of("2", "98.01")));
  s.cost = notional::parse("2.02").value();  // 1.01: at 98.01 exactly -1.5.
  const auto decision = evaluate(s, view_of("2", "98.01"), {});
  REQUIRE(decision);
  CHECK(decision->reason == exit_reason::loss_limit);
  CHECK(decision->numbers == "r -1.5 <= -1.5; mark 98.01, entry 100, amount 2, risk 2, cost 2.02");
  s.risk = {};
  CHECK_FALSE(reason_of(s, view_of("2", "98.01")));
}

TEST_CASE("a high kill score ends the position, a flip alone does not") {
  auto v = view_of("2", "100");
  v.opposed_ago = std::chrono::minutes{14};
  CHECK_FALSE(reason_of(long_state(), v));  // 0.2689.
  exit_policy wary;
  wary.kill_score_at = in_r("0.26");
  const auto decision = evaluate(long_state(), v, wary);
  REQUIRE(decision);
  CHECK(decision->reason == exit_reason::kill_score);
  CHECK(decision->target.is_zero());
  // z = 1 + 0.3 / 1440 (a minute of a day) gives 0.2690.
  CHECK(decision->numbers ==
        "score 0.2690 >= 0.26; flip 1, volatility not known, trend not known, age 1m; entry 100, "
        "amount 2");
  v.opposed_ago = std::chrono::minutes{15};  // No longer within the window.
  CHECK_FALSE(reason_of(long_state(), v, wary));
  // It needs no mark.
  v = view_of("2", "");
  v.opposed_ago = milliseconds{0};
  CHECK(reason_of(long_state(), v, wary) == exit_reason::kill_score);
  wary.kill_score_at = ratio::whole(1);
  CHECK_FALSE(reason_of(long_state(), v, wary));
}

TEST_CASE("an old position stays only with a gain") {
  constexpr milliseconds half_day = std::chrono::hours{12};
  CHECK_FALSE(reason_of(long_state(), view_of("2", "100.4", half_day - milliseconds{1})));
  CHECK(reason_of(long_state(), view_of("2", "100.4", half_day)) == exit_reason::time_stop);
  CHECK_FALSE(reason_of(long_state(), view_of("2", "100.5", half_day)));  // 0.25 r.
  CHECK(reason_of(short_state(), view_of("-2", "99.6", half_day)) == exit_reason::time_stop);
  CHECK_FALSE(reason_of(long_state(), view_of("2", "", half_day)));
}

TEST_CASE("a stop that trailed or went to break-even says so") {
  auto s = long_state();
  s.stop = at_price("101");
  s.peak = at_price("103");
  s.tranches = 2;
  s.stop_by = stop_mover::trailing;
  auto decision = evaluate(s, view_of("2", "101"), {});
  REQUIRE(decision);
  CHECK(decision->reason == exit_reason::trailing);
  CHECK(decision->numbers == "mark 101 <= trailing stop 101; entry 100, amount 2, best mark 103");
  s.stop_by = stop_mover::break_even;
  decision = evaluate(s, view_of("2", "101"), {});
  REQUIRE(decision);
  CHECK(decision->reason == exit_reason::stop_crossed);
  CHECK(decision->numbers == "mark 101 <= stop at break-even 101; entry 100, amount 2");
}

TEST_CASE("parts of a gain are taken once, several levels in one order") {
  const auto first = evaluate(long_state(), view_of("2", "102"), {});
  REQUIRE(first);
  CHECK(first->reason == exit_reason::take_profit);
  CHECK(first->target == qty("1.5"));
  CHECK(first->tranche == 1);
  CHECK(first->numbers ==
        "r 1 >= 1, tranche 1 of 2; mark 102, entry 100, amount 2, risk 2, cost 0, initial 2");
  CHECK_FALSE(evaluate(long_state(), view_of("2", "101.99"), {}));
  const auto both = evaluate(long_state(), view_of("2", "103.2"), {});
  REQUIRE(both);
  CHECK(both->target == qty("1"));
  CHECK(both->tranche == 2);
  auto taken = long_state();
  taken.tranches = 1;
  CHECK_FALSE(evaluate(taken, view_of("1.5", "102.5"), {}));
  CHECK(evaluate(taken, view_of("1.5", "103"), {})->target == qty("1"));
  // Smaller already than the tranche would leave it.
  CHECK_FALSE(evaluate(long_state(), view_of("1.2", "102"), {}));
  CHECK(evaluate(short_state(), view_of("-2", "98"), {})->target == qty("1.5"));
}

TEST_CASE("a state of the other side, or one that is over, decides nothing") {
  CHECK(evaluate(long_state(), view_of("2", "50"), {}));
  CHECK_FALSE(evaluate(short_state(), view_of("2", "50"), {}));
  auto over = long_state();
  over.active = false;
  CHECK_FALSE(evaluate(over, view_of("2", "50"), {}));
  auto bare = long_state();
  bare.stop = bare.target = std::nullopt;
  bare.time_limit = std::nullopt;
  bare.risk = {};
  CHECK_FALSE(evaluate(bare, view_of("2", "50"), {}));
}

TEST_CASE("nothing is decided while exits are disabled") {
  exit_settings off;
  off.enabled = false;
  CHECK_FALSE(evaluate(long_state(), view_of("2", "50"), off));
  CHECK_FALSE(is_protected(long_state(), off));
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
