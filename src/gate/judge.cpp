// Runs the rules over one plan and the facts of one moment.
#include "sluice/gate/judge.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

/// A reduce trades against the sign of the truth, whatever its producer believed.
side direction_of(const plan& p, const facts& f) {
  if (const auto* open = std::get_if<open_plan>(&p.body))
    return open->direction;
  return amount_of(f.position.content).sign() > 0 ? side::sell : side::buy;
}

struct verdict_of {
  verdict operator()(const permit& given) const {
    return {.kind = verdict_kind::allow, .refusals = {}, .terms = given.terms()};
  }
  verdict operator()(const refused& r) const {
    const bool expired = r.refusals.front().code == refusal_code::plan_expired;
    return {.kind = expired ? verdict_kind::expire : verdict_kind::deny,
            .refusals = r.refusals,
            .terms = std::nullopt};
  }
  verdict operator()(const cancel_admitted&) const {
    return {.kind = verdict_kind::allow, .refusals = {}, .terms = std::nullopt};
  }
};

}  // namespace

bool applies(const rule& r, const plan& p) {
  switch (p.body.index()) {
    case 0:
      return r.scope.open;
    case 1:
      return r.scope.reduce;
    default:
      return r.scope.cancel;
  }
}

std::vector<refusal> refusals_of(std::span<const rule> all, const plan& p, const facts& f) {
  std::vector<refusal> refusals;
  for (const auto& r : all) {
    if (!applies(r, p))
      continue;
    if (auto found = r.check(p, f); !found.passes)
      refusals.push_back({r.code, std::move(found.observed), std::move(found.limit)});
  }
  return refusals;
}

judgement judge(const plan& p, const facts& f, milliseconds permit_ttl) {
  auto refusals = refusals_of(rules(), p, f);
  if (!refusals.empty())
    return refused{std::move(refusals)};
  if (std::holds_alternative<cancel_plan>(p.body))
    return cancel_admitted{};
  const auto amount = safe_quantity(p, f);
  // No rule objected, yet there is nothing that may be sent: fail closed.
  if (!amount || amount->sign() <= 0)
    return refused{
        {{refusal_code::below_min_quantity, amount.value_or(quantity{}), quantity::from_raw(1)}}};
  return permit{p, order_terms{.direction = direction_of(p, f),
                               .amount = *amount,
                               .reduce_only = std::holds_alternative<reduce_plan>(p.body),
                               .truth_version = f.position.version,
                               .expires = std::min(f.now.steady + permit_ttl, p.deadline)}};
}

verdict to_verdict(const judgement& j) {
  return std::visit(verdict_of{}, j);
}

}  // namespace sluice
