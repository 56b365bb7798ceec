// Checks quantities and prices against the filters that exchangeInfo shows.
#include "order_filters.hpp"
#include "refusals.hpp"

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
  return refuse<-1111>();
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
  return refuse<-4015>();
}

std::optional<venue_error> check_status(const instrument& i, bool reduces) {
  if (i.status == "TRADING" || (i.status == "PRE_SETTLE" && reduces))
    return std::nullopt;
  if (i.status == "SETTLING")
    return refuse<-4141>();
  return refuse<-4140>();
}

std::optional<venue_error> check_lot(const instrument& i, quantity amount, quantity most) {
  if (amount.sign() <= 0)
    return refuse<-4003>();
  if (amount.raw() % unit_of(i.quantity_digits) != 0)
    return too_precise();
  if (amount < i.step)
    return refuse<-4004>();
  if (amount > most)
    return refuse<-4005>();
  if (!on_step(amount - i.step, i.step))
    return refuse<-4023>();
  return std::nullopt;
}

std::optional<venue_error> check_tick(const instrument& i, price at) {
  if (at.sign() <= 0)
    return refuse<-4001>();
  if (at.raw() % unit_of(i.price_precision) != 0)
    return too_precise();
  if (at < i.min_price)
    return refuse<-4013>();
  if (at > i.max_price)
    return refuse<-4002>();
  if (!on_step(at - i.min_price, i.tick))
    return refuse<-4014>();
  return std::nullopt;
}

std::optional<venue_error> check_percent(side direction, price at, price mark,
                                         const instrument& i) {
  const auto bound = [&](std::int64_t percent) {
    return price::from_raw(
        static_cast<std::int64_t>(static_cast<wide_int>(mark.raw()) * percent / 100));
  };
  if (direction == side::buy && at > bound(100 + percent_price))
    return refuse<-4016>(floor_to_step(bound(100 + percent_price), i.tick).str());
  if (direction == side::sell && at < bound(100 - percent_price))
    return refuse<-4024>((floor_to_step(bound(100 - percent_price), i.tick) + i.tick).str());
  return std::nullopt;
}

std::optional<venue_error> check_value(const instrument& i, price at, quantity amount) {
  if (at * amount >= i.min_notional)
    return std::nullopt;
  return refuse<-4164>(i.min_notional.str());
}

}  // namespace sluice::simulator
