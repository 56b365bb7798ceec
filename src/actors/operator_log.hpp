// The log lines of what operators order and of how it ends.
#pragma once

#include "sluice/domain/record.hpp"
#include "sluice/status/logger.hpp"

namespace sluice::actors {

/// A line at warn for a change of the trading state, for an override and for its end; nothing for
/// other records.
void tell_log(status::logger& log, const record_body& body);

}  // namespace sluice::actors
