// One limit of the venue from its row; exchangeInfo and rateLimit/order share the shape.
#pragma once

#include "json.hpp"
#include "sluice/domain/instrument.hpp"

namespace sluice::exchange {

/// A window of zero stands for units that the venue may add.
[[nodiscard]] venue_limit limit_from(const json_object& row);

}  // namespace sluice::exchange
