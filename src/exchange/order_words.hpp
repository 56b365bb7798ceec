// The venue's words for the life of an order, in ours; replies and stream frames share them.
#pragma once

#include <string_view>

#include "sluice/domain/order.hpp"

namespace sluice::exchange {

/// order_status::other for words the venue may add.
[[nodiscard]] order_status status_of(std::string_view word);

}  // namespace sluice::exchange
