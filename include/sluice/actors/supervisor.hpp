// The supervisor: watches every stage, and ends the process in an order that loses nothing.
#pragma once

#include <functional>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"

namespace sluice::actors {

struct supervisor_options {
  /// How long orders under way may take to get an outcome when the process ends.
  milliseconds drain_max{8'000};
  /// Called once, when all stages have been told to end.
  std::function<void(int exit_code)> ended{};
};

/// A stage that ends by itself ends the process with exit code 1 (the journal's own failure with
/// 74).
[[nodiscard]] supervisor_actor spawn_supervisor(caf::actor_system& system, services given,
                                                supervisor_options options);

}  // namespace sluice::actors
