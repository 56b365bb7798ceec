// /api/v1/logs: the logger's ring and its live lines as server-sent events.
#pragma once

#include "sluice/status/http_server.hpp"
#include "sluice/status/logger.hpp"

namespace sluice::status {

/// Answers with an event stream: one "log" event per line, id = RUN-NUMBER, data = the line. Begins
/// with what the ring holds after Last-Event-ID (or ?after=); a "gap" event {from, to} tells which
/// lines the ring no longer has. After the id of an earlier run of the process comes a gap with
/// that run and without an end, and then the whole ring. ?level=warn and ?component=gate,executor
/// filter. 400 for a filter that cannot be read. The logger must outlive the server.
void stream_logs(logger& log, const request& asked, const responder& answer);

}  // namespace sluice::status
