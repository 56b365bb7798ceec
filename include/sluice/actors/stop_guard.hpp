// The stage that keeps a protective stop at the venue for each open position.
#pragma once

#include <cstdint>
#include <vector>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/execution/stop_keeper.hpp"

namespace sluice::actors {

struct stop_guard_options {
  stop_settings settings{};
  executor_settings orders{};
  milliseconds truth_age_max{10'000};
  std::vector<protective_stop> inherited{};  ///< Not ended when the last run did.
  std::int64_t last_number{0};               ///< The highest ever given.
  std::vector<exit_state> exits{};           ///< Active ones of the last run.
};

/// In mode shadow nothing is ever sent. The trading state does not bind it: a stop only reduces.
[[nodiscard]] stop_guard_actor spawn_stop_guard(caf::actor_system& system, services given,
                                                stop_guard_options options);

}  // namespace sluice::actors
