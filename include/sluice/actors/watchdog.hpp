// The watchdog: looks once a second whether truth advances and plans get verdicts.
#pragma once

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/actors/stall.hpp"

namespace sluice::actors {

struct watchdog_options {
  stall_settings settings{};
  bool read_on_demand{true};  ///< As the gate has it; for the words of the effect.
};

/// Names stalls in vitals, log, journal and metrics when they begin and when they end.
[[nodiscard]] watchdog_actor spawn_watchdog(caf::actor_system& system, services given,
                                            watchdog_options options);

}  // namespace sluice::actors
