// Checks quantities and prices against the filters that exchangeInfo shows.
#include "order_filters.hpp"

#include <algorithm>

namespace sluice::simulator {
namespace {

std::int64_t unit_of(int digits) {
  std::int64_t unit = fixed_scale;
  for (int n = 0; n < digits; ++n)
    unit /= 10;
  return unit;
}

venue_error too_precise() {
  return {400, -1111, "Precision is over the maximum defined for this asset."};
}

}  // namespace

std::optional<venue_error> check_client_id(std::string_view id) {
  constexpr std::string_view marks = ".:/_-";
  const bool good =
      !id.empty() && id.size() <= 36 && std::all_of(id.begin(), id.end(), [&](char c) {
        return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               marks.find(c) != std::string_view::npos;
      });
  if (good)
    return std::nullopt;
  return venue_error{400, -4015, "Client order id is not valid."};
}

std::optional<venue_error> check_status(const instrument& i) {
  if (i.status == "TRADING")
    return std::nullopt;
  if (i.status == "SETTLING")
    return venue_error{400, -4141, "Symbol is closed."};
  return venue_error{400, -4140, "Invalid symbol status for opening position."};
}

std::optional<venue_error> check_lot(const instrument& i, quantity amount, quantity most) {
  if (amount.sign() <= 0)
    return venue_error{400, -4003, "Quantity less than zero."};
  if (amount.raw() % unit_of(i.quantity_digits) != 0)
    return too_precise();
  if (amount < i.step)
    return venue_error{400, -4004, "Quantity less than min quantity."};
  if (amount > most)
    return venue_error{400, -4005, "Quantity greater than max quantity."};
  if (!on_step(amount - i.step, i.step))
    return venue_error{400, -4023, "Qty not increased by step size."};
  return std::nullopt;
}

std::optional<venue_error> check_tick(const instrument& i, price at) {
  if (at.sign() <= 0)
    return venue_error{400, -4001, "Price less than 0."};
  if (at.raw() % unit_of(i.price_precision) != 0)
    return too_precise();
  if (at < i.min_price)
    return venue_error{400, -4013, "Price less than min price."};
  if (at > i.max_price)
    return venue_error{400, -4002, "Price greater than max price."};
  if (!on_step(at - i.min_price, i.tick))
    return venue_error{400, -4014, "Price not increased by tick size."};
  return std::nullopt;
}

std::optional<venue_error> check_percent(side direction, price at, price mark,
                                         const instrument& i) {
  const auto bound = [&](std::int64_t percent) {
    return price::from_raw(
        static_cast<std::int64_t>(static_cast<wide_int>(mark.raw()) * percent / 100));
  };
  if (direction == side::buy && at > bound(100 + percent_price))
    return venue_error{400, -4016,
                       "Limit price can't be higher than " +
                           floor_to_step(bound(100 + percent_price), i.tick).str() + "."};
  if (direction == side::sell && at < bound(100 - percent_price))
    return venue_error{400, -4024,
                       "Limit price can't be lower than " +
                           (floor_to_step(bound(100 - percent_price), i.tick) + i.tick).str() +
                           "."};
  return std::nullopt;
}

std::optional<venue_error> check_value(const instrument& i, price at, quantity amount) {
  if (at * amount >= i.min_notional)
    return std::nullopt;
  return venue_error{400, -4164,
                     "Order's notional must be no smaller than " + i.min_notional.str() +
                         " (unless you choose reduce only)."};
}

}  // namespace sluice::simulator
