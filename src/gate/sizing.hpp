// What rules and sizing share about quantities, so that they never disagree.
#pragma once

#include "sluice/domain/fixed.hpp"

namespace sluice {

/// The closest to `target` that an order on the step can come without passing it: a target between
/// two steps is reached at the step above it, one below zero at zero.
[[nodiscard]] quantity reachable_target(quantity target, quantity step);

}  // namespace sluice
