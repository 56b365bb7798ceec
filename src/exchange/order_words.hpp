// The venue's words for the life of an order, in ours; replies,
// stream frames and requests share them.
#pragma once

#include <string_view>

#include "sluice/domain/order.hpp"

namespace sluice::exchange {

/// order_status::other for words the venue may add.
[[nodiscard]] order_status status_of(std::string_view word);
[[nodiscard]] std::string_view word_of(side direction);
[[nodiscard]] std::string_view word_of(position_side leg);
[[nodiscard]] std::string_view word_of(order_type type);
[[nodiscard]] std::string_view word_of(time_in_force lasts);

}  // namespace sluice::exchange
