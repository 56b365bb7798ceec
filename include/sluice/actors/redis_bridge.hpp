// The bridge to an existing pipeline: plans from its Redis stream to the planner, verdicts and
// positions back in its words.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/redis_outbox.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/journal/reader.hpp"
#include "sluice/planning/settings.hpp"
#include "sluice/redis/settings.hpp"

namespace sluice::actors {

struct redis_bridge_options {
  redis::settings redis{};
  upstream_settings upstream{};
  intake_settings intake{};
  milliseconds stale_after{10'000};  ///< An older truth makes no target.
  std::unique_ptr<journal::reader> reader{};
  std::shared_ptr<redis_outbox> outbox{};
  /// Of earlier runs, whose verdict is still to come: any of them may have come from the stream.
  std::vector<plan> undecided{};
  std::vector<plan> unfinished{};  ///< Of earlier runs, allowed, whose end is still to come.
  /// Of earlier runs, not known to have ended.
  std::vector<std::pair<client_order_id, position_key>> under_way{};
};

/// Plans go the way of everybody's: planner, gate, executor. Control never comes this way.
[[nodiscard]] redis_bridge_actor spawn_redis_bridge(caf::actor_system& system, services given,
                                                    redis_bridge_options options);

}  // namespace sluice::actors
