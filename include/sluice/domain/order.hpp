// Orders, their life as the venue reports it, and fills.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/side.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

enum class order_type : std::uint8_t { market, limit };
/// "market", "limit".
[[nodiscard]] std::string_view to_string(order_type t);

/// How long a LIMIT order lasts: until cancelled, fill at once what can be and drop the rest, all
/// at once or nothing, or only if it rests in the book (post only).
enum class time_in_force : std::uint8_t { gtc, ioc, fok, gtx };

/// An order we want placed; MARKET unless said otherwise.
struct order_request {
  client_order_id id{};
  symbol instrument{};
  position_side leg{position_side::both};
  side direction{side::buy};
  quantity amount{};
  bool reduce_only{true};
  order_type type{order_type::market};
  price limit{};  ///< LIMIT only: must be above zero there, and zero for MARKET.
  time_in_force lasts{time_in_force::gtc};  ///< LIMIT only.
};

/// True for orders that can only make the position smaller: marked so in one-way mode, or by the
/// leg they trade.
[[nodiscard]] constexpr bool only_reduces(bool reduce_only, position_side leg, side direction) {
  return (leg == position_side::both && reduce_only) ||
         (leg == position_side::long_ && direction == side::sell) ||
         (leg == position_side::short_ && direction == side::buy);
}

/// The venue's word for an order's status; values it adds later become `other`.
enum class order_status {
  new_,
  partially_filled,
  filled,
  cancelled,
  rejected,
  expired,
  other,
};
[[nodiscard]] std::string_view to_string(order_status s);
/// True when the venue will not change the order any more.
[[nodiscard]] constexpr bool is_final(order_status s) {
  return s == order_status::filled || s == order_status::cancelled || s == order_status::rejected ||
         s == order_status::expired;
}

/// What one reply or event says of an order.
struct order_report {
  client_order_id client_id{};
  order_id id{0};
  symbol instrument{};
  position_side leg{position_side::both};
  side direction{side::buy};
  order_status status{order_status::other};
  std::string status_text{};  ///< The venue's own word, kept for the journal.
  quantity original{};        ///< May be below what was asked for reduce-only orders.
  quantity executed{};        ///< Cumulative.
  price average{};  ///< Zero when the reply carries none: order replies lost it in 2026-06.
  bool reduce_only{false};
  venue_time updated_at{};
  price limit{};            ///< Zero for MARKET.
  std::string type_text{};  ///< "MARKET", "LIMIT", ...; empty when the venue did not say.
};

/// Who gave the order behind a trade.
enum class order_giver : std::uint8_t {
  client,             ///< Somebody with a key or a mouse.
  liquidation,        ///< The venue, because margin ran out.
  auto_deleveraging,  ///< The venue, to settle the liquidation of somebody else.
  settlement,         ///< The venue, because the symbol is delisted or delivered.
};
/// "client", "liquidation", "auto_deleveraging", "settlement".
[[nodiscard]] std::string_view to_string(order_giver g);

/// One trade of one of the account's orders. Applied once by (symbol, id).
struct fill {
  symbol instrument{};
  position_side leg{position_side::both};
  trade_id id{0};
  order_id order{0};
  client_order_id client_id{};  ///< Empty when the source of the fill does not name it.
  side direction{side::buy};
  quantity amount{};  ///< > 0.
  price at{};
  notional fee{};  ///< In fee_asset; positive is paid.
  std::string fee_asset{};
  notional realised{};  ///< The venue's realised profit of this fill.
  venue_time traded_at{};
  order_giver given_by{order_giver::client};
};

/// Signed change of the position by a fill.
[[nodiscard]] constexpr quantity signed_amount(const fill& f) {
  return f.direction == side::buy ? f.amount : -f.amount;
}

}  // namespace sluice
