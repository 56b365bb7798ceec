// How much a permit allows: rounding, dust, filters and direction.
#include <rapidcheck.h>

#include "gate_builders.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

struct sizing_row {
  const char* name{""};
  const char* held{"0"};
  const char* target{"0"};
  const char* expected{"0"};
  const char* min{"0.001"};
  const char* max{"100"};
};

order_terms terms_of(const plan& p, const facts& f) {
  const auto j = judge(p, f, milliseconds{2'000});
  REQUIRE(std::holds_alternative<permit>(j));
  return std::get<permit>(j).terms();
}

}  // namespace

TEST_CASE("a reduce is sized down to its target, and takes dust along") {
  const sizing_row rows[] = {
      {"closes a long", "0.5", "0", "0.5"},
      {"closes a short", "-0.5", "0", "0.5"},
      {"leaves the target", "0.5", "0.2", "0.3"},
      {"never rounds up", "0.5", "0.2005", "0.299"},
      {"closes all when the rest could not be traded", "0.5", "0.002", "0.5", "0.003"},
      {"leaves a rest that can just be traded", "0.5", "0.003", "0.497", "0.003"},
      {"closes a position below the smallest quantity", "0.002", "0", "0.002", "0.005"},
      {"closes a position that is off the step exactly", "0.0005", "0", "0.0005"},
      {"closes of an off-step position what the venue takes", "0.5005", "0", "0.5"},
      {"the same where the rest above the target could not be traded", "0.5005", "0.002", "0.5",
       "0.003"},
      {"does not close an off-step position that shall stay", "0.5005", "0.2", "0.3"},
      {"is cut to the largest order", "0.5", "0", "0.2", "0.001", "0.2"},
      {"is cut further when the rest would be dust", "0.202", "0", "0.197", "0.005", "0.2"},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    auto f = facts_for_reduce(r.held);
    f.instrument->min_quantity = qty(r.min);
    f.instrument->max_quantity = qty(r.max);
    const auto terms = terms_of(a_reduce("r", r.target), f);
    CHECK(terms.amount.str() == qty(r.expected).str());
    CHECK(terms.reduce_only);
    CHECK(terms.direction == (r.held[0] == '-' ? side::buy : side::sell));
    CHECK(terms.truth_version == 7);
  }
}

TEST_CASE("an open is sized from its amount or its value, floored to the step") {
  CHECK(terms_of(an_open("o", "0.0129"), facts_for_open()).amount == qty("0.012"));
  open_plan o{.direction = side::sell, .value = value_of("519.99")};
  const auto terms = terms_of(a_plan("o", o), facts_for_open());
  CHECK(terms.amount == qty("0.010"));
  CHECK(terms.direction == side::sell);
  CHECK_FALSE(terms.reduce_only);
}

TEST_CASE("an open sized by its value never asks for more than it, at any mark") {
  CHECK(rc::check("value", [] {
    auto f = facts_for_open();
    const auto value = notional::from_raw(*rc::gen::inRange<std::int64_t>(1, 1'000'000'000'000));
    f.mark = price::from_raw(*rc::gen::inRange<std::int64_t>(1, 10'000'000'000'000));
    const auto amount = safe_quantity(a_plan("o", open_plan{.value = value}), f);
    RC_ASSERT(amount.has_value());
    RC_ASSERT(*amount * *f.mark <= value);
    RC_ASSERT(on_step(*amount, f.instrument->step));
  }));
}

TEST_CASE("an open sized by risk loses at most that from the mark to its stop") {
  struct row {
    const char* name;
    side direction;
    const char* risk;
    const char* stop;
    const char* expected;  // Risk over the distance of the stop from the mark, 52,000, floored.
  };
  const row rows[] = {
      {"a long with its stop 2,000 below", side::buy, "50", "50000", "0.025"},
      {"a short with its stop 500 above", side::sell, "50", "52500", "0.1"},
      {"floored, never rounded up", side::buy, "59.99", "50000", "0.029"},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    auto f = facts_for_open();
    f.mark = price::whole(52'000);
    const open_plan o{
        .direction = r.direction, .risk = value_of(r.risk), .stop = *price::parse(r.stop)};
    CHECK(terms_of(a_plan("o", o), f).amount == qty(r.expected));
  }
}

TEST_CASE("an open sized by risk has no size when its stop is crossed, and is refused") {
  for (const auto direction : {side::buy, side::sell}) {
    auto f = facts_for_open();
    f.mark = price::whole(52'000);
    const open_plan o{
        .direction = direction, .risk = notional::whole(50), .stop = price::whole(52'000)};
    const auto p = a_plan("o", o);
    CHECK_FALSE(safe_quantity(p, f));
    const auto outcome = to_verdict(judge(p, f, milliseconds{2'000}));
    CHECK(outcome.reason() == refusal_code::stop_beyond_mark);
  }
}

TEST_CASE("whatever the mark and the stop, what is risked is never more than was asked for") {
  CHECK(rc::check("risk", [] {
    auto f = facts_for_open();
    const auto mark = *rc::gen::inRange<std::int64_t>(2, 10'000'000'000'000);
    const auto stop = *rc::gen::inRange<std::int64_t>(1, 10'000'000'000'000);
    const auto risk = notional::from_raw(*rc::gen::inRange<std::int64_t>(1, 1'000'000'000'000));
    const auto direction = stop < mark ? side::buy : side::sell;
    f.mark = price::from_raw(mark);
    const open_plan o{.direction = direction, .risk = risk, .stop = price::from_raw(stop)};
    const auto amount = safe_quantity(a_plan("o", o), f);
    if (stop == mark) {
      RC_ASSERT_FALSE(amount.has_value());
      return;
    }
    RC_ASSERT(amount.has_value());
    RC_ASSERT(*amount * price::from_raw(std::abs(mark - stop)) <= risk);
    RC_ASSERT(on_step(*amount, f.instrument->step));
  }));
}

TEST_CASE("an open without any size is refused, not guessed") {
  const auto outcome =
      to_verdict(judge(a_plan("o", open_plan{}), facts_for_open(), milliseconds{2'000}));
  CHECK(outcome.reason() == refusal_code::below_min_quantity);
}

TEST_CASE("a permit ends with its time or with its plan, whichever is first") {
  auto p = an_open();
  CHECK(terms_of(p, facts_for_open()).expires == start + milliseconds{2'000});
  p.deadline = start + milliseconds{500};
  CHECK(terms_of(p, facts_for_open()).expires == p.deadline);
}
