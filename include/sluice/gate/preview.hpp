// What the gate would say of a plan, with the value of every rule, and without doing anything.
#pragma once

#include <optional>
#include <vector>

#include "sluice/gate/judge.hpp"

namespace sluice {

/// What one rule says of the plan, whether it lets it pass or not.
struct rule_value {
  refusal_code code{refusal_code::plan_expired};
  bool passes{true};
  measure observed{};
  measure limit{};
};

struct plan_preview {
  verdict outcome{};
  /// It would not be denied at once: a read or some time may cure what refuses it.
  bool would_wait{false};
  std::vector<rule_value> rules{};   ///< Those that are asked about plans of its kind, in order.
  std::optional<quantity> amount{};  ///< What an order would trade, whether it may leave or not.
  facts seen{};
};

/// Judges by these facts as a real plan would be judged.
[[nodiscard]] plan_preview preview_of(const plan& p, facts seen, milliseconds permit_ttl);

}  // namespace sluice
