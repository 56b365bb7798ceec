// Asks every rule that applies, and judges, on one value of facts.
#include "sluice/gate/preview.hpp"

#include <utility>

namespace sluice {

plan_preview preview_of(const plan& p, facts seen, milliseconds permit_ttl) {
  plan_preview out;
  // A permit, if there is one, is gone with the judgement: nobody can use it.
  out.outcome = to_verdict(judge(p, seen, permit_ttl));
  for (const auto& r : rules()) {
    if (!applies(r, p))
      continue;
    auto said = r.check(p, seen);
    out.rules.push_back({r.code, said.passes, std::move(said.observed), std::move(said.limit)});
  }
  out.amount = safe_quantity(p, seen);
  out.seen = std::move(seen);
  return out;
}

}  // namespace sluice
