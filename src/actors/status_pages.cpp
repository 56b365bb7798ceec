// The table of routes.
#include "status_pages.hpp"

namespace sluice::actors {

const std::vector<status::route>& routes() {
  const auto row = [](std::string_view method, std::string_view pattern, page p) {
    return status::route{method, pattern, static_cast<int>(p)};
  };
  static const std::vector<status::route> table{
      row("GET", "/healthz", page::healthz),
      row("GET", "/readyz", page::readyz),
      row("GET", "/metrics", page::metrics),
      row("GET", "/version", page::version),
      row("GET", "/openapi.json", page::openapi),
      row("GET", "/api/v1/status", page::status),
      row("GET", "/api/v1/positions", page::positions),
      row("GET", "/api/v1/ages", page::ages),
      row("GET", "/api/v1/plans", page::plans),
      row("GET", "/api/v1/plans/{id}", page::plan),
      row("GET", "/api/v1/schema/plan.json", page::plan_schema),
      row("GET", "/api/v1/orders", page::orders),
      row("GET", "/api/v1/holds", page::holds),
      row("GET", "/api/v1/universe", page::universe),
      row("GET", "/api/v1/universe/{symbol}", page::listing),
      row("GET", "/api/v1/exchange", page::exchange),
      row("GET", "/api/v1/events", page::events),
      row("GET", "/api/v1/state", page::state),
      row("GET", "/api/v1/overrides", page::overrides),
      row("GET", "/api/v1/closes", page::closes),
      row("GET", "/api/v1/reasons", page::reasons),
      row("GET", "/api/v1/config", page::config),
      row("GET", "/api/v1/limits", page::limits),
      row("GET", "/api/v1/flatten", page::flattens),
      row("GET", "/api/v1/flatten/{id}", page::flatten),
      row("POST", "/api/v1/flatten", page::flatten_order),
      row("POST", "/api/v1/holds/{symbol}/release", page::release_order),
      row("POST", "/api/v1/state", page::state_order),
      row("POST", "/api/v1/freshness", page::freshness_order),
      row("POST", "/api/v1/resync", page::resync_order),
      row("POST", "/api/v1/overrides", page::override_order),
      row("POST", "/api/v1/overrides/{key}/revert", page::revert_order),
      row("POST", "/api/v1/closes/{symbol}/arm", page::arm_order),
      row("POST", "/api/v1/closes/{symbol}/disarm", page::disarm_order),
      row("GET", "/api/v1/log-levels", page::log_levels),
      row("POST", "/api/v1/log-levels", page::log_level_order),
      row("POST", "/api/v1/reload", page::reload_order),
  };
  return table;
}

}  // namespace sluice::actors
