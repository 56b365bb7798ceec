// Two plans are called duplicates: one that takes an id twice, and one that wants what another
// wants.
#pragma once

#include <string>
#include <variant>

#include "sluice/domain/record.hpp"

namespace sluice::journal {

/// True when the plan that was denied is not the accepted one of this id, which keeps its own
/// verdict. A duplicate that names another plan is itself the accepted one.
[[nodiscard]] inline bool is_of_other_content(const plan_judged& b) {
  if (b.outcome.reason() != refusal_code::duplicate_plan)
    return false;
  const auto* other = std::get_if<std::string>(&b.outcome.refusals.front().observed);
  return !other || other->empty() || *other == b.plan.str();
}

}  // namespace sluice::journal
