// When an exit that was wanted did not happen, and what a person has to be told of it.
#pragma once

#include <optional>
#include <string>

#include "sluice/gate/gate_actions.hpp"

namespace sluice {

/// What to tell when this verdict leaves a position open that somebody wanted smaller: plan,
/// symbol, target and every refusal with its numbers. None for allowed plans, entries, cancels,
/// withdrawn plans, and exits whose position is proven to be where they wanted it.
[[nodiscard]] std::optional<std::string> blocked_exit(const plan_verdict& v);

}  // namespace sluice
