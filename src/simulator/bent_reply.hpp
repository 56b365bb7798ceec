// What a course makes of the venue's own reply: replaced, spoilt, or denied for a while.
#pragma once

#include "sluice/simulator/wire.hpp"

namespace sluice::simulator {

/// Changes content only; how the reply leaves is the server's affair.
void bend_reply(const course& c, venue_time now, reply& out);

}  // namespace sluice::simulator
