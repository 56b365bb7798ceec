// What the desk of stream entries may count on at this moment.
#pragma once

#include "sluice/actors/services.hpp"
#include "sluice/planning/upstream_desk.hpp"

namespace sluice::actors {

/// `given` and `ours` outlive it; account, symbols and marks are those of this moment.
[[nodiscard]] upstream_view look_around(const services& given, const upstream_watch& ours,
                                        const stamp& now, milliseconds stale_after);

}  // namespace sluice::actors
