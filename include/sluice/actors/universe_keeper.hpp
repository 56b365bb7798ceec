// The universe's keeper: reads what may be traded, and the account's settings, and keeps both
// fresh.
#pragma once

#include <optional>
#include <string>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/journal/recovered.hpp"
#include "sluice/truth/settings.hpp"

namespace sluice::actors {

struct universe_keeper_options {
  universe_settings settings{};
  milliseconds recv_window{1'500};  ///< For how long an order is valid after it was signed.
  std::optional<journal::kept_universe> last_good{};  ///< Of an earlier process.
  std::string last_good_fault{};  ///< Why that of an earlier process cannot be used; else empty.
  std::optional<milliseconds> margin_period{};  ///< Of reads of the margin; none: it is not read.
};

/// Reads at once when it meets its peers, then every `refresh`; after a failure with growing
/// pauses. Until the venue has answered, the last good universe is in force.
[[nodiscard]] universe_keeper_actor spawn_universe_keeper(caf::actor_system& system, services given,
                                                          universe_keeper_options options);

}  // namespace sluice::actors
