// The flattener's actor: what an operator wants closed, from the dry run to the last proof.
#pragma once

#include <utility>
#include <vector>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/planning/flatten.hpp"

namespace sluice::actors {

struct flattener_options {
  flatten_settings settings{};
  milliseconds permit_ttl{0};             ///< How long an order may leave after it was permitted.
  std::vector<flatten_progress> known{};  ///< Of earlier runs; those without an outcome go on.
  std::int64_t last_id{0};
  /// Orders of ours whose outcome the last run did not learn.
  std::vector<std::pair<client_order_id, position_key>> under_way{};
};

/// Cancels at the exchange itself; closes by plans, which go through planner and gate like
/// anybody's.
[[nodiscard]] flattener_actor spawn_flattener(caf::actor_system& system, services given,
                                              flattener_options options);

}  // namespace sluice::actors
