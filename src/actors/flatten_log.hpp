// What the log says of flattens.
#pragma once

#include "sluice/actors/flatten_messages.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/status/logger.hpp"

namespace sluice::actors {

/// "flatten_ordered", "flatten_resumed": with whose it is and why.
void tell_flatten(status::logger& log, std::string_view event, const flatten_order& what);
/// An error when something stays open.
void tell_end(status::logger& log, const flatten_ended& end);
void tell_cancel(status::logger& log, const cancel_answered& answer);

}  // namespace sluice::actors
