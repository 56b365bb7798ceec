// One line for the service manager: how the process stands, for who reads `systemctl status`.
#pragma once

#include "sluice/actors/service_messages.hpp"
#include "status_documents.hpp"

namespace sluice::actors {

/// "demo, active, ready, oldest truth 812ms", or why it is not ready.
[[nodiscard]] standing_told standing_of(const status_view& v, bool account_read);

}  // namespace sluice::actors
