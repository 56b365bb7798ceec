// The rules an order must meet: quantity filters, reduce-only, least value, margin, client order
// id.
#include <algorithm>

#include "order_desk.hpp"

namespace sluice::simulator {
namespace {

bool valid_client_id(std::string_view id) {
  constexpr std::string_view marks = ".:/_-";
  return !id.empty() && id.size() <= 36 && std::all_of(id.begin(), id.end(), [&](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           marks.find(c) != std::string_view::npos;
  });
}

std::optional<venue_error> check_status(const instrument& i) {
  if (i.status == "TRADING")
    return std::nullopt;
  if (i.status == "SETTLING")
    return venue_error{400, -4141, "Symbol is closed."};
  return venue_error{400, -4140, "Invalid symbol status for opening position."};
}

std::optional<venue_error> check_value(const instrument& i, price mark, quantity amount) {
  if (mark * amount >= i.min_notional)
    return std::nullopt;
  return venue_error{400, -4164,
                     "Order's notional must be no smaller than " + i.min_notional.str() +
                         " (unless you choose reduce only)."};
}

}  // namespace

std::optional<venue_error> check_market_lot(const instrument& i, quantity amount) {
  if (amount.sign() <= 0)
    return venue_error{400, -4003, "Quantity less than zero."};
  std::int64_t precision = fixed_scale;
  for (int n = 0; n < i.quantity_digits; ++n)
    precision /= 10;
  if (amount.raw() % precision != 0)
    return venue_error{400, -1111, "Precision is over the maximum defined for this asset."};
  if (amount < i.step)
    return venue_error{400, -4004, "Quantity less than min quantity."};
  if (amount > i.market_max)
    return venue_error{400, -4005, "Quantity greater than max quantity."};
  if (!on_step(amount - i.step, i.step))
    return venue_error{400, -4023, "Qty not increased by step size."};
  return std::nullopt;
}

std::optional<venue_error> order_desk::check(const account& who, order_draft& d) const {
  if (!valid_client_id(d.id.str()))
    return venue_error{400, -4015, "Client order id is not valid."};
  if (auto wrong = check_status(*d.what))
    return wrong;
  if (auto wrong = check_market_lot(*d.what, d.amount))
    return wrong;
  const auto* earlier = who.order_by_client_id(d.id.str());
  if (earlier && (unique_ids_ == client_id_scope::all_orders || !is_final(earlier->report.status)))
    return venue_error{400, -4116, "ClientOrderId is duplicated."};
  if (d.reduce_only)
    return check_reduce_only(who, d);
  if (auto wrong = check_value(*d.what, marks_->of(*d.what), d.amount))
    return wrong;
  return check_margin(who, d);
}

std::optional<venue_error> order_desk::check_reduce_only(const account& who, order_draft& d) const {
  const auto held = who.amount_of(d.what->name);
  const bool closes = held.sign() * sign_of(d.direction) < 0;
  if (!closes || (d.amount > held.abs() && oversized_ == oversized_reduce::reject))
    return venue_error{400, -2022, "ReduceOnly Order is rejected."};
  d.amount = std::min(d.amount, held.abs());
  return std::nullopt;
}

std::optional<venue_error> order_desk::check_margin(const account& who,
                                                    const order_draft& d) const {
  const auto held = who.amount_of(d.what->name);
  const auto after = held + (d.direction == side::buy ? d.amount : -d.amount);
  const auto grown = after.abs() - held.abs();
  if (grown.sign() <= 0)
    return std::nullopt;
  const auto at = fill_price(d, 0);
  const auto needed = notional::from_raw((at * grown).raw() / who.leverage()) +
                      millionths_of(at * d.amount, taker_fee_ppm_);
  if (needed > who.margin(*marks_).available)
    return venue_error{400, -2019, "Margin is insufficient."};
  return std::nullopt;
}

}  // namespace sluice::simulator
