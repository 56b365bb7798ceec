// Every endpoint the client calls, with path, request weight and what it takes to be let in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::exchange {

enum class endpoint : std::uint8_t {
  time,
  exchange_info,
  positions,
  account_config,
  order_query,
  user_trades,
  place_order,
  listen_key_create,
  listen_key_extend,
};

/// What a request must carry: nothing, the key in a header, or key, timestamp and signature.
enum class access : std::uint8_t { open, with_key, with_signature };

struct endpoint_row {
  endpoint id{endpoint::time};
  std::string_view method{};
  std::string_view path{};
  int weight{1};  ///< Of REQUEST_WEIGHT; orders count against ORDERS instead.
  access needs{access::open};
};

/// Weights as Binance documents them in 2026-08. A position read costs 5 for one symbol and for
/// all.
inline constexpr std::array endpoint_table{
    endpoint_row{endpoint::time, "GET", "/fapi/v1/time", 1, access::open},
    endpoint_row{endpoint::exchange_info, "GET", "/fapi/v1/exchangeInfo", 1, access::open},
    endpoint_row{endpoint::positions, "GET", "/fapi/v3/positionRisk", 5, access::with_signature},
    endpoint_row{endpoint::account_config, "GET", "/fapi/v1/accountConfig", 5,
                 access::with_signature},
    endpoint_row{endpoint::order_query, "GET", "/fapi/v1/order", 1, access::with_signature},
    endpoint_row{endpoint::user_trades, "GET", "/fapi/v1/userTrades", 5, access::with_signature},
    endpoint_row{endpoint::place_order, "POST", "/fapi/v1/order", 0, access::with_signature},
    endpoint_row{endpoint::listen_key_create, "POST", "/fapi/v1/listenKey", 1, access::with_key},
    endpoint_row{endpoint::listen_key_extend, "PUT", "/fapi/v1/listenKey", 1, access::with_key},
};

[[nodiscard]] constexpr const endpoint_row& row_of(endpoint e) {
  return endpoint_table[static_cast<std::size_t>(e)];
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
