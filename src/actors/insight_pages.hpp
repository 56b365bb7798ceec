// Pages that explain: why plans were refused over a time, and with which values this process runs.
#pragma once

#include <string>

#include "sluice/config/config.hpp"
#include "sluice/journal/reader.hpp"
#include "sluice/status/http_message.hpp"

namespace sluice::actors {

/// Answers GET /api/v1/reasons: ?for=1h (from 1s to 31d; 1h when not given) and ?symbol=BTCUSDT.
[[nodiscard]] status::response reasons_page(journal::reader& reader, const status::request& asked,
                                            wall_time now);

/// The document of GET /api/v1/config: every key with its value and where it comes from. Holds no
/// secret, since a configuration holds none: it names files.
[[nodiscard]] std::string config_json(const config::settings& chosen);

}  // namespace sluice::actors
