// What one order request does, alone or as a member of a batch: the order as a reply, or a refusal.
#pragma once

#include <string>

#include "venue_state.hpp"

namespace sluice::simulator {

/// Neither looks at the limits of orders nor counts towards them.
[[nodiscard]] outcome<std::string> place_order(venue_state& v, const call& c);
[[nodiscard]] outcome<std::string> change_order(venue_state& v, const call& c);
[[nodiscard]] outcome<std::string> cancel_order(venue_state& v, const call& c);

}  // namespace sluice::simulator
