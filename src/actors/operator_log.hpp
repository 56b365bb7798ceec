// The log lines of what operators order and of how it ends.
#pragma once

#include <vector>

#include "sluice/domain/record.hpp"
#include "sluice/domain/standing_state.hpp"
#include "sluice/status/logger.hpp"

namespace sluice::actors {

/// A line at warn for a change of the trading state, for an override and for its end; nothing for
/// other records.
void tell_log(status::logger& log, const record_body& body);

/// A line at warn for all that is not as usual when a process starts.
void tell_standing(status::logger& log, const standing_state& trading,
                   const std::vector<setting_override>& overrides);

}  // namespace sluice::actors
