// Turns frames of the user stream and the mark stream into values, rejected whole when malformed.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sluice/domain/exchange_port.hpp"

namespace sluice::exchange {

/// The key of this stream has expired; the socket stays open and silent.
struct listen_key_expired {};

/// One frame of the user stream, without our own instants.
struct user_frame {
  venue_time event_time{};
  std::variant<account_update, order_update, conditional_update, settings_update, ignored_event,
               listen_key_expired>
      body{};
};
/// Accepts the event alone or wrapped as {"stream":..,"data":..}.
[[nodiscard]] result<user_frame> parse_user_frame(std::string_view text);

/// One frame of mark prices: a row or an array of rows, alone or wrapped. Rows of other products
/// (`st` present and not 1) and other events are left out. An answer to a subscription has no rows.
[[nodiscard]] result<std::vector<mark_row>> parse_mark_frame(std::string_view text);

}  // namespace sluice::exchange
