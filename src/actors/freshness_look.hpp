// How fresh truth and marks are right now: what may end an override early.
#pragma once

#include "sluice/actors/services.hpp"
#include "sluice/gate/override_book.hpp"

namespace sluice::actors {

/// The oldest of what is promised or offered; none where something of it was never seen.
[[nodiscard]] freshness_seen look_at_freshness(const services& given, instant now);

}  // namespace sluice::actors
