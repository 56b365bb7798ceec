// Every rule of the gate that a plan was asked by, with what the recorded verdict says of it.
#pragma once

#include <vector>

#include "sluice/domain/verdict.hpp"

namespace sluice::cli {

struct rule_line {
  refusal_code code{refusal_code::plan_expired};
  bool passes{true};
  measure observed{};
  measure limit{};
};

/// In the order of the rules; refusals that no rule gives (a withdrawal) stand at the end. What
/// passes has the values that the rules read from the recorded facts.
[[nodiscard]] std::vector<rule_line> rule_lines(const plan& p, const facts& seen,
                                                const verdict& said);

}  // namespace sluice::cli
