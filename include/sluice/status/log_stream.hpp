// /api/v1/logs: the logger's ring and its live lines as server-sent events.
#pragma once

#include "sluice/status/http_server.hpp"
#include "sluice/status/logger.hpp"

namespace sluice::status {

/// Answers with an event stream: one "log" event per line, id = its number, data = the line. Begins
/// with what the ring holds after Last-Event-ID (or ?after=); a "gap" event tells how many lines
/// the ring no longer has. ?level=warn and ?component=gate,executor filter. 400 for a filter that
/// cannot be read. The logger must outlive the server.
void stream_logs(logger& log, const request& asked, const responder& answer);

}  // namespace sluice::status
