// The intake's actor: reads what producers send, answers them, and knows who waits for which
// verdict.
#pragma once

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/planning/settings.hpp"

namespace sluice::actors {

/// The longest a producer may wait for a verdict in one request.
inline constexpr milliseconds verdict_wait_max{10'000};

[[nodiscard]] intake_actor spawn_intake(caf::actor_system& system, services given,
                                        intake_settings settings);

}  // namespace sluice::actors
