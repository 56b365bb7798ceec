// The venue's words for conditional orders, in ours; replies, stream frames and requests share
// them.
#pragma once

#include <string_view>

#include "sluice/domain/conditional_order.hpp"

namespace sluice::exchange {

/// conditional_status::other for words the venue may add.
[[nodiscard]] conditional_status conditional_status_of(std::string_view word);
/// "STOP_MARKET", "TAKE_PROFIT", ...
[[nodiscard]] std::string_view word_of(conditional_kind kind);
[[nodiscard]] std::string_view word_of(trigger_source source);

}  // namespace sluice::exchange
