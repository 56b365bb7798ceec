// Levels of the log, shown and ordered over the API.
#pragma once

#include "operator_orders.hpp"
#include "sluice/status/logger.hpp"

namespace sluice::actors {

/// {"all", "configured", "components": [{"component", "level", "configured", "changed"}]}.
[[nodiscard]] std::string log_levels_json(const status::log_levels& now);

/// {"author", "reason", "component": "gate" | "all", "level": "debug" | "info" | "warn" | "error" |
/// "default"}: 200 with all levels, in force at once and until the next start; "default" is what is
/// configured. The journal has a notice of it before it is answered.
void order_log_level(status_self* self, const journal_actor& journal, status::logger& log,
                     const status::request& asked, const status::responder& reply);

}  // namespace sluice::actors
