// Compares what the gate says now with what it said then.
#include "sluice/gate/replay.hpp"

#include <algorithm>

#include "sluice/gate/judge.hpp"

namespace sluice {
namespace {

/// Verdicts that follow from what happened around the gate, not from the facts.
bool made_outside(const plan& p, const verdict& stored) {
  if (std::holds_alternative<cancel_plan>(p.body))
    return true;
  return std::ranges::any_of(stored.refusals, [](const refusal& r) {
    return r.code == refusal_code::plan_withdrawn || r.code == refusal_code::interrupted ||
           r.code == refusal_code::duplicate_plan;
  });
}

bool same_terms(const order_terms& a, const order_terms& b) {
  return a.direction == b.direction && a.amount == b.amount && a.reduce_only == b.reduce_only &&
         a.truth_version == b.truth_version;
}

bool same(const verdict& a, const verdict& b) {
  return a.kind == b.kind && a.refusals == b.refusals &&
         a.terms.has_value() == b.terms.has_value() && (!a.terms || same_terms(*a.terms, *b.terms));
}

}  // namespace

std::string_view to_string(replay_match m) {
  switch (m) {
    case replay_match::same:
      return "same";
    case replay_match::differs:
      return "differs";
    case replay_match::outside:
      return "outside";
  }
  return "?";
}

replayed replay(const plan& p, const facts& seen, const verdict& stored) {
  if (made_outside(p, stored))
    return {};
  auto again = to_verdict(judge(p, seen, milliseconds{1}));
  const auto match = same(again, stored) ? replay_match::same : replay_match::differs;
  return {match, std::move(again)};
}

bool same_outcome(const verdict& a, const verdict& b) {
  return (a.kind == verdict_kind::allow) == (b.kind == verdict_kind::allow);
}

}  // namespace sluice
