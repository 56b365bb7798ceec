// The gauges that say what is at this moment.
#pragma once

#include "sluice/status/logger.hpp"
#include "sluice/status/metrics.hpp"
#include "status_documents.hpp"

namespace sluice::actors {

/// Sets all of them. Nobody but a reader of /metrics looks at them: it is he whom they are set for.
/// `account_read`: whether truth has an age at all.
void show_in(status::metrics& metrics, const status_view& v, bool account_read,
             const status::log_counts& lines);

}  // namespace sluice::actors
