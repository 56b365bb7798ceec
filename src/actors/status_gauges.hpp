// The gauges that say what is at this moment.
#pragma once

#include "sluice/status/logger.hpp"
#include "sluice/status/metrics.hpp"
#include "status_documents.hpp"

namespace sluice::actors {

/// Sets all of them, for a reader of /metrics; nobody else looks at them. `account_read`: whether
/// truth has an age at all.
void show_in(status::metrics& metrics, const status_view& v, bool account_read,
             const status::log_counts& lines);

}  // namespace sluice::actors
