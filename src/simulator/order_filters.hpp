// The rules that need nothing but the symbol: quantities, prices, client ids, status.
#pragma once

#include <optional>
#include <string_view>

#include "instruments.hpp"
#include "sluice/domain/side.hpp"
#include "venue_error.hpp"

namespace sluice::simulator {

/// Letters, digits and ".:/_-", 1 to 36 of them: -4015.
[[nodiscard]] std::optional<venue_error> check_client_id(std::string_view id);
/// -4140 and -4141.
[[nodiscard]] std::optional<venue_error> check_status(const instrument& i, bool reduces);
/// Quantity against LOT_SIZE or MARKET_LOT_SIZE, whose greatest differs: -4003, -1111, -4004,
/// -4005, -4023.
[[nodiscard]] std::optional<venue_error> check_lot(const instrument& i, quantity amount,
                                                   quantity most);
/// A price against PRICE_FILTER: -4001, -1111, -4013, -4002, -4014.
[[nodiscard]] std::optional<venue_error> check_tick(const instrument& i, price at);
/// A limit against PERCENT_PRICE: -4016 and -4024.
[[nodiscard]] std::optional<venue_error> check_percent(side direction, price at, price mark,
                                                       const instrument& i);
/// The least value: -4164.
[[nodiscard]] std::optional<venue_error> check_value(const instrument& i, price at,
                                                     quantity amount);
/// How far PERCENT_PRICE and the taking of market orders may be from the mark, in percent.
inline constexpr std::int64_t percent_price = 5;

}  // namespace sluice::simulator
