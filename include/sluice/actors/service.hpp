// The service actor: tells the service manager how the process stands, and that its gate lives.
#pragma once

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/service_manager.hpp"
#include "sluice/actors/services.hpp"

namespace sluice::actors {

/// Asks the gate for a turn about once a second, so that one that has nothing to do shows that it
/// could.
[[nodiscard]] service_actor spawn_service(caf::actor_system& system, services given,
                                          service_manager manager);

}  // namespace sluice::actors
