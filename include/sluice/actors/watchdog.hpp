// The watchdog: looks once a second whether truth advances and plans get verdicts.
#pragma once

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"

namespace sluice::actors {

/// Names stalls in vitals, log, journal and metrics when they begin and when they end.
[[nodiscard]] watchdog_actor spawn_watchdog(caf::actor_system& system, services given);

}  // namespace sluice::actors
