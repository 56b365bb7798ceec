// A verdict made again from its facts is the same, and is seen to differ when it is not.
#include "sluice/gate/replay.hpp"

#include "reason_rows.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

verdict verdict_of(const plan& p, const facts& f) {
  return to_verdict(judge(p, f, milliseconds{2'000}));
}

}  // namespace

TEST_CASE("every way to be refused, and being allowed, is the same when made again") {
  for (auto& r : reason_rows()) {
    INFO(r.name);
    auto f = facts_that_pass(r.subject);
    if (!std::holds_alternative<cancel_plan>(r.subject.body)) {
      const auto allowed = verdict_of(r.subject, f);
      CHECK(replay(r.subject, f, allowed).match == replay_match::same);
    }
    r.spoil(r.subject, f);
    const auto again = replay(r.subject, f, verdict_of(r.subject, f));
    CHECK(again.match == (std::holds_alternative<cancel_plan>(r.subject.body)
                              ? replay_match::outside
                              : replay_match::same));
  }
}

TEST_CASE("a stored verdict that the facts do not give is found") {
  const auto p = an_open();
  const auto f = facts_for_open();
  auto stored = verdict_of(p, f);
  stored.terms->amount = qty("0.011");
  const auto found = replay(p, f, stored);
  CHECK(found.match == replay_match::differs);
  CHECK(found.again.terms->amount == qty("0.010"));
  auto older = f;
  older.position.as_of = start - milliseconds{10'001};
  CHECK(replay(p, older, verdict_of(p, f)).match == replay_match::differs);
  auto refusal_with_other_numbers = verdict_of(p, older);
  refusal_with_other_numbers.refusals.front().observed = milliseconds{10'002};
  CHECK(replay(p, older, refusal_with_other_numbers).match == replay_match::differs);
}

TEST_CASE("with another limit a plan flips") {
  const auto p = an_open();
  auto f = facts_for_open();
  f.position.as_of = start - milliseconds{4'000};
  const auto stored = verdict_of(p, f);
  f.limits.stale_after_entry = milliseconds{3'000};
  const auto again = replay(p, f, stored);
  CHECK(again.match == replay_match::differs);
  CHECK_FALSE(same_outcome(again.again, stored));
  CHECK(again.again.reason() == refusal_code::stale_exchange_state);
}

TEST_CASE("what was decided outside of the rules is not made again") {
  verdict withdrawn;
  withdrawn.refusals = {{refusal_code::plan_withdrawn, std::string{"c"}, {}}};
  CHECK(replay(an_open(), facts_for_open(), withdrawn).match == replay_match::outside);
  CHECK(replay(a_cancel("c", "o1"), facts_for_open(), {}).match == replay_match::outside);
}
