// What the log says of the reconciler's records.
#pragma once

#include "sluice/domain/record.hpp"
#include "sluice/status/logger.hpp"

namespace sluice::actors {

/// One line for each kind of record that the reconciler makes; nothing for others.
void tell_of_books(status::logger& log, const record_body& body);

}  // namespace sluice::actors
