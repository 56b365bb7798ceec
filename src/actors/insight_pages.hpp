// Pages that explain: plans with their verdicts, why plans were refused over a time, and with which
// values this process runs.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/config/config.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/journal/reader.hpp"
#include "sluice/status/http_message.hpp"

namespace sluice::actors {

/// Answers GET /api/v1/reasons: ?for=1h (from 1s to 31d; 1h when not given) and ?symbol=BTCUSDT.
[[nodiscard]] status::response reasons_page(journal::reader& reader, const status::request& asked,
                                            wall_time now);

/// The document of GET /api/v1/config: every key with its value, where it comes from, and when a
/// reload changed it; and what waits for a restart. Holds no secret, since a configuration holds
/// none: it names files.
[[nodiscard]] std::string config_json(const config::settings& chosen,
                                      const std::map<std::string, wall_time>& changed_at = {},
                                      const std::vector<setting_change>& restart_needed = {});
/// Tells two configurations apart by their values, wherever these were written.
[[nodiscard]] std::string config_hash(const config::settings& chosen);

/// Answers GET /api/v1/plans and /api/v1/plans/{id}.
[[nodiscard]] status::response plans_page(journal::reader& reader, const status::request& asked,
                                          wall_time now);
[[nodiscard]] status::response plan_page(journal::reader& reader, std::string_view id);

}  // namespace sluice::actors
