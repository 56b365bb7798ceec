// The rules an order must meet in its account: position mode, filters, ids, reduction, margin.
#include <algorithm>

#include "order_desk.hpp"
#include "order_filters.hpp"
#include "refusals.hpp"

namespace sluice::simulator {
namespace {

constexpr std::int64_t modifications_max = 10'000;

venue_error reduce_rejected() {
  return refuse<-2022>();
}

std::optional<venue_error> check_leg(const account& who, const order_draft& d) {
  if (who.hedged() == (d.leg != position_side::both))
    return std::nullopt;
  return refuse<-4061>();
}

}  // namespace

std::optional<venue_error> order_desk::check(std::size_t owner, order_draft& d) const {
  const auto& who = (*accounts_)[owner];
  const auto& i = *d.what;
  if (auto wrong = check_client_id(d.id.str()))
    return wrong;
  if (auto wrong = check_leg(who, d))
    return wrong;
  if (auto wrong = check_status(i, d.reduces()))
    return wrong;
  if (auto wrong = check_lot(i, d.amount, d.kind == order_kind::market ? i.market_max : i.max))
    return wrong;
  if (auto wrong = check_price(d))
    return wrong;
  const auto* earlier = who.order_by_client_id(d.id.str());
  if (earlier && (unique_ids_ == client_id_scope::all_orders || !is_final(earlier->report.status)))
    return refuse<-4116>();
  const auto* h = who.find(i.name);
  if (h && d.kind == order_kind::limit &&
      static_cast<std::int64_t>(h->open.size()) >= rules_.orders_per_symbol_max)
    return refuse<-2025>();
  if (d.reduces())
    return check_reducing(who, d);
  const auto at = d.kind == order_kind::limit ? d.limit : marks_->of(i);
  if (auto wrong = check_value(i, at, d.amount))
    return wrong;
  return check_margin(who, d);
}

std::optional<venue_error> order_desk::check_price(const order_draft& d) const {
  const auto mark = marks_->of(*d.what);
  if (d.kind == order_kind::limit) {
    if (auto wrong = check_tick(*d.what, d.limit))
      return wrong;
    return check_percent(d.direction, d.limit, mark, *d.what);
  }
  const auto best = quote(*d.what);
  const auto off = d.direction == side::buy ? best.ask - mark : mark - best.bid;
  // One tick beyond the bound is what rounding to the tick may add.
  if ((off - d.what->tick).raw() > mark.raw() / 100 * percent_price)
    return refuse<-4131>();
  return std::nullopt;
}

std::optional<venue_error> order_desk::check_reducing(const account& who, order_draft& d) const {
  const auto held = who.amount_of(d.what->name, d.leg);
  const bool closes = held.sign() * sign_of(d.direction) < 0;
  if (!closes || (d.amount > held.abs() && oversized_ == oversized_reduce::reject))
    return reduce_rejected();
  d.amount = std::min(d.amount, held.abs());
  const auto taken = resting_reduction(who, d.what->name, d.leg);
  if (rules_.conflict == reduce_conflict::refuse && d.amount + taken > held.abs())
    return refuse<-4118>();
  return std::nullopt;
}

std::optional<venue_error> order_desk::check_margin(const account& who,
                                                    const order_draft& d) const {
  const auto& i = *d.what;
  const auto mark = marks_->of(i);
  const bool buys = d.direction == side::buy;
  const auto best = quote(i);
  const auto at = d.kind == order_kind::limit ? d.limit : buys ? best.ask : best.bid;
  const auto value = at * d.amount;
  const auto now = who.bound_with(i, mark, d.leg, {}, {});
  const auto then =
      who.bound_with(i, mark, d.leg, buys ? value : notional{}, buys ? notional{} : value);
  const auto needed = then.initial() - now.initial();
  if (needed.sign() <= 0)
    return std::nullopt;
  const auto leverage = who.leverage_of(i.name);
  const auto bound = static_cast<wide_int>(then.initial().raw()) * leverage;
  if (bound > value_max(leverage).raw())
    return refuse<-2027>();
  if (needed + millionths_of(value, taker_fee_ppm_) > who.margin().available)
    return refuse<-2019>();
  return std::nullopt;
}

std::optional<venue_error> order_desk::check_change(const account& who, const ledger_order& o,
                                                    const order_change& c) const {
  const auto& i = instrument_of(o);
  if (i.status != "TRADING")
    return refuse<-5024>();
  if (o.kind != order_kind::limit)
    return refuse<-5025>();
  if (o.modifications >= modifications_max)
    return refuse<-5026>();
  if (c.limit == o.limit && c.amount == o.report.original)
    return refuse<-5027>();
  if (c.direction != o.report.direction)
    return refuse<-1117>();
  if (auto wrong = check_lot(i, c.amount, i.max))
    return wrong;
  if (auto wrong = check_tick(i, c.limit))
    return wrong;
  if (auto wrong = check_percent(c.direction, c.limit, marks_->of(i), i))
    return wrong;
  const auto leg = o.report.leg;
  const auto held = who.amount_of(i.name, leg).abs();
  const auto rest = c.amount - o.report.executed;
  if (o.report.reduce_only || closes_leg(leg, c.direction)) {
    const auto others = resting_reduction(who, i.name, leg) - o.remaining();
    return rest + others > held ? std::optional(reduce_rejected()) : std::nullopt;
  }
  if (auto wrong = check_value(i, c.limit, c.amount))
    return wrong;
  const auto more = c.limit * rest - o.limit * o.remaining();
  const bool buys = c.direction == side::buy;
  const auto now = who.bound_with(i, marks_->of(i), leg, {}, {});
  const auto then =
      who.bound_with(i, marks_->of(i), leg, buys ? more : notional{}, buys ? notional{} : more);
  if (then.initial() - now.initial() > who.margin().available)
    return refuse<-2019>();
  return std::nullopt;
}

}  // namespace sluice::simulator
