// The JSON document of what is known of the exchange: reach, limits and what is used of them,
// pauses, streams, clock, reads.
#pragma once

#include <string>

#include "sluice/actors/vitals.hpp"
#include "sluice/domain/exchange_port.hpp"

namespace sluice::actors {

[[nodiscard]] std::string exchange_json(const exchange_port& venue, const vitals& numbers,
                                        const stamp& now);

}  // namespace sluice::actors
