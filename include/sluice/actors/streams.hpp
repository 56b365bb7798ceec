// The two stream stages: what the exchange pushes becomes messages for those whom it concerns.
#pragma once

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/domain/protective_stop.hpp"

namespace sluice::actors {

/// Opens the user stream when it meets its peers; hands positions to the snapshot manager, orders
/// and fills to the executor. `inherited` are protective stops of an earlier run: what they become
/// is ours.
[[nodiscard]] user_stream_actor spawn_user_stream(caf::actor_system& system, services given,
                                                  const std::vector<protective_stop>& inherited);

/// Opens the stream of marks when it meets its peers; writes the mark board and tells the exit
/// engine.
[[nodiscard]] market_stream_actor spawn_market_stream(caf::actor_system& system, services given);

}  // namespace sluice::actors
