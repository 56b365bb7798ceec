// Every endpoint the client knows, with path, request weight and what it takes to be let in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::exchange {

enum class endpoint : std::uint8_t {
  time,
  exchange_info,
  premium_index,
  positions,
  account,
  balance,
  account_config,
  symbol_config,
  leverage_bracket,
  order_limits,
  order_query,
  open_orders,
  user_trades,
  place_order,
  cancel_order,
  cancel_all_orders,
  countdown_cancel_all,
  place_conditional,
  cancel_conditional,
  conditional_query,
  open_conditionals,
  cancel_all_conditionals,
  listen_key_create,
  listen_key_extend,
  listen_key_close,
};

/// What a request must carry: nothing, the key in a header, or key, timestamp and signature.
enum class access : std::uint8_t { open, with_key, with_signature };

/// Whether a request counts against the limits of orders; those cost no weight.
enum class counts : std::uint8_t { weight, order };

struct endpoint_row {
  endpoint id{endpoint::time};
  std::string_view method{};
  std::string_view path{};
  int weight{1};      ///< Of REQUEST_WEIGHT, for one symbol.
  int weight_all{1};  ///< The same without a symbol.
  access needs{access::open};
  counts as{counts::weight};
};

/// Weights as Binance documents them in 2026-08. A position read costs 5 for one symbol and for
/// all. A listenKey is shared by every process of the account, so closing it is nobody's habit.
inline constexpr std::array endpoint_table{
    endpoint_row{endpoint::time, "GET", "/fapi/v1/time", 1, 1, access::open},
    endpoint_row{endpoint::exchange_info, "GET", "/fapi/v1/exchangeInfo", 1, 1, access::open},
    endpoint_row{endpoint::premium_index, "GET", "/fapi/v1/premiumIndex", 1, 10, access::open},
    endpoint_row{endpoint::positions, "GET", "/fapi/v3/positionRisk", 5, 5, access::with_signature},
    endpoint_row{endpoint::account, "GET", "/fapi/v3/account", 5, 5, access::with_signature},
    endpoint_row{endpoint::balance, "GET", "/fapi/v3/balance", 5, 5, access::with_signature},
    endpoint_row{endpoint::account_config, "GET", "/fapi/v1/accountConfig", 5, 5,
                 access::with_signature},
    endpoint_row{endpoint::symbol_config, "GET", "/fapi/v1/symbolConfig", 5, 5,
                 access::with_signature},
    endpoint_row{endpoint::leverage_bracket, "GET", "/fapi/v1/leverageBracket", 1, 1,
                 access::with_signature},
    endpoint_row{endpoint::order_limits, "GET", "/fapi/v1/rateLimit/order", 1, 1,
                 access::with_signature},
    endpoint_row{endpoint::order_query, "GET", "/fapi/v1/order", 1, 1, access::with_signature},
    endpoint_row{endpoint::open_orders, "GET", "/fapi/v1/openOrders", 1, 40,
                 access::with_signature},
    endpoint_row{endpoint::user_trades, "GET", "/fapi/v1/userTrades", 5, 5, access::with_signature},
    endpoint_row{endpoint::place_order, "POST", "/fapi/v1/order", 0, 0, access::with_signature,
                 counts::order},
    endpoint_row{endpoint::cancel_order, "DELETE", "/fapi/v1/order", 1, 1, access::with_signature},
    endpoint_row{endpoint::cancel_all_orders, "DELETE", "/fapi/v1/allOpenOrders", 1, 1,
                 access::with_signature},
    endpoint_row{endpoint::countdown_cancel_all, "POST", "/fapi/v1/countdownCancelAll", 10, 10,
                 access::with_signature},
    endpoint_row{endpoint::place_conditional, "POST", "/fapi/v1/algoOrder", 0, 0,
                 access::with_signature, counts::order},
    endpoint_row{endpoint::cancel_conditional, "DELETE", "/fapi/v1/algoOrder", 1, 1,
                 access::with_signature},
    endpoint_row{endpoint::conditional_query, "GET", "/fapi/v1/algoOrder", 1, 1,
                 access::with_signature},
    endpoint_row{endpoint::open_conditionals, "GET", "/fapi/v1/openAlgoOrders", 1, 40,
                 access::with_signature},
    endpoint_row{endpoint::cancel_all_conditionals, "DELETE", "/fapi/v1/algoOpenOrders", 1, 1,
                 access::with_signature},
    endpoint_row{endpoint::listen_key_create, "POST", "/fapi/v1/listenKey", 1, 1, access::with_key},
    endpoint_row{endpoint::listen_key_extend, "PUT", "/fapi/v1/listenKey", 1, 1, access::with_key},
    endpoint_row{endpoint::listen_key_close, "DELETE", "/fapi/v1/listenKey", 1, 1,
                 access::with_key},
};

[[nodiscard]] constexpr const endpoint_row& row_of(endpoint e) {
  return endpoint_table[static_cast<std::size_t>(e)];
}

/// How long a reply may be: of lists as long as with ten thousand symbols and both sides of each
/// (about 480 bytes a row), of exchangeInfo (up to 2 KiB a symbol), of all else far more than the
/// one object it is.
[[nodiscard]] constexpr std::uint64_t reply_bytes_max(const endpoint_row& row) {
  constexpr std::uint64_t mib = 1'024ULL * 1'024;
  if (row.id == endpoint::exchange_info)
    return 24 * mib;
  return row.method == "GET" ? 12 * mib : mib;
}

/// True when every row stands at the place of its own id.
[[nodiscard]] constexpr bool endpoint_table_in_order() {
  for (std::size_t i = 0; i < endpoint_table.size(); ++i)
    if (static_cast<std::size_t>(endpoint_table[i].id) != i)
      return false;
  return true;
}
static_assert(endpoint_table_in_order());

}  // namespace sluice::exchange
