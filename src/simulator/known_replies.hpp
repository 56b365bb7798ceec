// The documented answers of trouble by name, so that scripts need not spell them.
#pragma once

#include <string_view>

#include "sluice/simulator/faults.hpp"

namespace sluice::simulator {

/// Fills in status, body, content type and Retry-After; false when there is no such name.
[[nodiscard]] bool fill_known_reply(std::string_view name, request_fault& f);

}  // namespace sluice::simulator
