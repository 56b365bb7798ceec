// The pages of the API: which method and path leads to which.
#pragma once

#include <vector>

#include "sluice/status/router.hpp"

namespace sluice::actors {

enum class page {
  healthz,
  readyz,
  metrics,
  version,
  openapi,
  status,
  positions,
  ages,
  plans,
  plan,
  plan_schema,
  orders,
  holds,
  universe,
  exchange,
  listing,
  events,
  state,
  overrides,
  closes,
  reasons,
  config,
  limits,
  flattens,
  flatten,
  flatten_order,
  release_order,
  state_order,
  freshness_order,
  resync_order,
  override_order,
  revert_order,
  arm_order,
  disarm_order,
  log_levels,
  log_level_order,
  reload_order,
};

/// `id` of each is its page.
[[nodiscard]] const std::vector<status::route>& routes();

}  // namespace sluice::actors
