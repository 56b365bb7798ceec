// The planner's actor: identity, size and order of plans on their way to the gate.
#pragma once

#include <vector>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/planning/planner.hpp"

namespace sluice::actors {

struct planner_options {
  planner_core memory{};  ///< Already knows the plans in the journal.
};

/// While it drains it takes no plans: the request fails.
[[nodiscard]] planner_actor spawn_planner(caf::actor_system& system, services given,
                                          planner_options options);

}  // namespace sluice::actors
