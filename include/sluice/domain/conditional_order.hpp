// Orders that wait at the venue for a trigger price before they become regular ones.
#pragma once

#include <cstdint>
#include <string>

#include "sluice/domain/order.hpp"

namespace sluice {

/// A stop triggers when the price goes against the position it guards, a take-profit when it goes
/// with it; the _limit forms become LIMIT orders, the others MARKET orders.
enum class conditional_kind : std::uint8_t { stop, take_profit, stop_limit, take_profit_limit };

/// Which price is compared with the trigger.
enum class trigger_source : std::uint8_t { mark, last };

struct conditional_request {
  client_order_id id{};
  symbol instrument{};
  position_side leg{position_side::both};
  side direction{side::sell};
  conditional_kind kind{conditional_kind::stop};
  price trigger{};
  trigger_source compares{trigger_source::mark};
  /// All of the position at the trigger; market kinds only, then `amount` must be zero.
  bool close_position{false};
  quantity amount{};
  bool reduce_only{true};
  price limit{};  ///< For the _limit kinds only.
  time_in_force lasts{time_in_force::gtc};
};

/// The venue's word for the life of a conditional order; values it adds later become `other`.
enum class conditional_status : std::uint8_t {
  new_,
  triggering,
  triggered,
  finished,
  cancelled,
  rejected,
  expired,
  other,
};

struct conditional_report {
  client_order_id client_id{};
  order_id id{0};
  symbol instrument{};
  position_side leg{position_side::both};
  side direction{side::buy};
  std::string type_text{};  ///< "STOP_MARKET", ...
  conditional_status status{conditional_status::other};
  std::string status_text{};
  quantity amount{};  ///< Zero when it closes the whole position.
  price trigger{};
  price limit{};
  bool close_position{false};
  bool reduce_only{false};
  order_id triggered_order{0};  ///< The regular order it became; 0 before.
  std::string why{};            ///< Reason of a failed trigger, when the venue gave one.
  venue_time updated_at{};
};

/// The exchange did it, and says this of the conditional order.
struct conditional_done {
  conditional_report report{};
};
struct conditional_cancelled {
  client_order_id client_id{};
  order_id id{0};
};

}  // namespace sluice
