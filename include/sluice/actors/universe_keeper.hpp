// The universe's keeper: reads what may be traded, and the account's settings, and keeps both
// fresh.
#pragma once

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/truth/settings.hpp"

namespace sluice::actors {

/// Reads at once when it meets its peers, then every `refresh`; after a failure with growing
/// pauses.
struct universe_keeper_options {
  universe_settings settings{};
  milliseconds recv_window{1'500};  ///< For how long an order is valid after it was signed.
};

[[nodiscard]] universe_keeper_actor spawn_universe_keeper(caf::actor_system& system, services given,
                                                          universe_keeper_options options);

/// The universe with only the symbols of `allow` in it; all of them when `allow` is empty.
[[nodiscard]] universe restricted(universe all, const std::vector<std::string>& allow);

}  // namespace sluice::actors
