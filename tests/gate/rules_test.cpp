// One row per refusal code: the least that has to be wrong for the gate to say exactly that.
#include <algorithm>
#include <set>

#include "reason_rows.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

std::vector<refusal_code> codes_of(const judgement& j) {
  std::vector<refusal_code> codes;
  if (const auto* no = std::get_if<refused>(&j))
    for (const auto& r : no->refusals)
      codes.push_back(r.code);
  return codes;
}

}  // namespace

TEST_CASE("each refusal code has facts that give exactly it") {
  for (auto& r : reason_rows()) {
    INFO(r.name);
    auto f = facts_that_pass(r.subject);
    const bool cancel = std::holds_alternative<cancel_plan>(r.subject.body);
    if (r.code != refusal_code::already_at_target && r.code != refusal_code::position_changed &&
        r.code != refusal_code::below_min_quantity && r.code != refusal_code::below_min_notional &&
        r.code != refusal_code::above_max_quantity)
      CHECK((cancel || std::holds_alternative<permit>(judge(r.subject, f, milliseconds{2'000}))));
    r.spoil(r.subject, f);
    CHECK(codes_of(judge(r.subject, f, milliseconds{2'000})) == std::vector{r.code});
  }
}

TEST_CASE("the table of reasons has a row for every code that a rule can give") {
  std::set<refusal_code> covered;
  for (const auto& r : reason_rows())
    covered.insert(r.code);
  for (const auto& r : rules()) {
    INFO(to_string(r.code));
    CHECK(covered.contains(r.code));
  }
  // Given outside of the rules: by the planner, on a cancel, at a restart.
  CHECK(covered.size() + 4 == refusal_code_count);
}

TEST_CASE("all refusals are reported, in the order of the codes") {
  auto p = an_open();
  auto f = facts_for_open();
  p.deadline = start;
  f.state = trading_state::halted;
  f.position.as_of = start - milliseconds{99'000};
  f.exchange.reachable = false;
  const auto outcome = to_verdict(judge(p, f, milliseconds{2'000}));
  REQUIRE(outcome.refusals.size() == 4);
  CHECK(outcome.kind == verdict_kind::expire);
  CHECK(outcome.reason() == refusal_code::plan_expired);
  CHECK(outcome.refusals[1].code == refusal_code::halted);
  CHECK(outcome.refusals[2].code == refusal_code::stale_exchange_state);
  CHECK(outcome.refusals[2].observed == measure{milliseconds{99'000}});
  CHECK(outcome.refusals[2].limit == measure{milliseconds{10'000}});
  CHECK(outcome.refusals[3].code == refusal_code::exchange_unreachable);
}

TEST_CASE("exits pass where only entries are bound") {
  auto f = facts_for_reduce();
  f.state = trading_state::reduce_only;
  f.held = hold{.id = 1, .position = btc(), .cause = hold_cause::unexplained_drift};
  f.last_fill_at = start;
  f.mark.reset();
  f.instrument->min_notional = value_of("1000000");
  CHECK(std::holds_alternative<permit>(judge(a_reduce(), f, milliseconds{2'000})));
}

TEST_CASE("a cancel is asked about its deadline only, and needs no permit") {
  facts f;  // Nothing is known at all.
  f.now = at(milliseconds{0});
  f.state = trading_state::halted;
  CHECK(
      std::holds_alternative<cancel_admitted>(judge(a_cancel("c", "o1"), f, milliseconds{2'000})));
}

TEST_CASE("an open may add to its own side when the limits say so") {
  auto f = facts_for_open();
  f.position = holding("0.2");
  f.limits.allow_add = true;
  CHECK(std::holds_alternative<permit>(judge(an_open(), f, milliseconds{2'000})));
}
