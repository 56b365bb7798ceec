// One row per way to be refused: what the tests of the rules and the decision table are made from.
#pragma once

#include <functional>
#include <vector>

#include "gate_builders.hpp"

namespace sluice::test {

struct reason_row {
  const char* name{""};  ///< What is the case, as the decision table says it.
  refusal_code code{refusal_code::plan_expired};
  plan subject{};
  std::function<void(plan&, facts&)> spoil{};  ///< The only thing that is wrong.
};

/// Facts that let a plan of this kind pass.
[[nodiscard]] facts facts_that_pass(const plan& p);

/// Every code a rule can give at least once, in the order of the codes.
[[nodiscard]] std::vector<reason_row> reason_rows();

}  // namespace sluice::test
