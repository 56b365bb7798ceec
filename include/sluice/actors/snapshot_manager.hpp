// The snapshot manager: the only writer of the state table; spawns one fetch worker for every read.
#pragma once

#include <functional>
#include <memory>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/truth/settings.hpp"
#include "sluice/truth/truth_keeper.hpp"

namespace sluice::actors {

struct snapshot_options {
  snapshot_settings settings{};
  std::shared_ptr<truth_keeper> keeper{};  ///< Its table is the one in the services.
  /// A longer bound than this may not be chosen at run time: the gate would refuse the truth.
  milliseconds bound_max{milliseconds::max()};
};

/// Reads begin when the first universe is known. Keeps the promised bound by `settings.strategy`;
/// says in the log when it cannot.
[[nodiscard]] snapshot_manager_actor spawn_snapshot_manager(caf::actor_system& system,
                                                            services given,
                                                            snapshot_options options);

}  // namespace sluice::actors
