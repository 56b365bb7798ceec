// Pages that explain: why plans were refused over a time, and with which values this process runs.
#pragma once

#include <string>
#include <vector>

#include "sluice/config/config.hpp"
#include "sluice/journal/reader.hpp"
#include "sluice/status/event_channel.hpp"
#include "sluice/status/http_message.hpp"

namespace sluice::actors {

/// Answers GET /api/v1/reasons: ?for=1h (from 1s to 31d; 1h when not given) and ?symbol=BTCUSDT.
[[nodiscard]] status::response reasons_page(journal::reader& reader, const status::request& asked,
                                            wall_time now);

/// The records before now that a reader of events wants: those after its Last-Event-ID, or so many
/// as ?last says before the newest; 1,000 at most. None when it only wants what comes.
[[nodiscard]] result<std::vector<status::event_frame>> past_events(const status::request& asked,
                                                                   journal::reader& reader);

/// The document of GET /api/v1/config: every key with its value and where it comes from. Holds no
/// secret, since a configuration holds none: it names files.
[[nodiscard]] std::string config_json(const config::settings& chosen);

}  // namespace sluice::actors
