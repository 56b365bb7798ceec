// Which refusals may be gone before a plan's time is over, and what would help.
#pragma once

#include <vector>

#include "sluice/gate/parking_lot.hpp"

namespace sluice {

/// Is there hope that all of these go away in time? What was refused because of a position that is
/// not proven may not be so: an exit would be lost because old truth says flat, or because the
/// entry before it is still being filled. Nor may a list of symbols be whole that lacks what is
/// held open.
[[nodiscard]] bool curable(const parked_plan& p, const std::vector<refusal>& refusals,
                           const facts& seen);

/// True for an exit of an open position whose symbol is not listed, or takes no order, as the last
/// list has it: the exchange may have another one by now.
[[nodiscard]] bool doubts_list(const plan& p, const std::vector<refusal>& refusals,
                               const facts& seen);

}  // namespace sluice
