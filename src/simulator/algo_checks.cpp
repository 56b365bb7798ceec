// The rules a conditional order must meet when it is placed; margin is left to the trigger.
#include "algo_desk.hpp"
#include "algo_triggers.hpp"
#include "order_filters.hpp"
#include "refusals.hpp"

namespace sluice::simulator {
namespace {

venue_error triggers_at_once(fires_at_once refusal) {
  if (refusal == fires_at_once::strategy)
    return refuse<-4142>();
  return refuse<-2021>();
}

/// A trailing buy begins below the mark, a trailing sell above it.
bool wrong_activation(const ledger_algo& a, price mark) {
  return !a.activation.is_zero() &&
         (a.direction == side::buy ? a.activation >= mark : a.activation <= mark);
}

}  // namespace

std::optional<venue_error> algo_desk::check(std::size_t owner, const ledger_algo& a) const {
  const auto& who = (*accounts_)[owner];
  const auto& i = instrument_of(a);
  if (auto wrong = check_client_id(a.client_id.str()))
    return wrong;
  if (who.hedged() != (a.leg != position_side::both))
    return refuse<-4061>();
  if (auto wrong = check_status(i, a.reduce_only || a.closes_position))
    return wrong;
  if (!a.closes_position)
    if (auto wrong = check_lot(i, a.amount, is_limit(a) ? i.max : i.market_max))
      return wrong;
  if (auto wrong = check_prices(i, a))
    return wrong;
  const auto* earlier = by_client_id(owner, a.client_id.str());
  if (earlier && !is_final(earlier->status))
    return refuse<-4116>();
  if (static_cast<std::int64_t>(books_[owner].open.size()) >= rules_.algo_orders_max)
    return refuse<-4045>();
  if (a.lasts == "GTE_GTC" && who.amount_of(i.name, a.leg).is_zero())
    return refuse<-4509>();
  return std::nullopt;
}

std::optional<venue_error> algo_desk::check_prices(const instrument& i,
                                                   const ledger_algo& a) const {
  const auto mark = marks_->of(i);
  if (is_trailing(a)) {
    if (!a.activation.is_zero())
      if (auto wrong = check_tick(i, a.activation))
        return wrong;
    return wrong_activation(a, mark) ? std::optional(triggers_at_once(rules_.at_once))
                                     : std::nullopt;
  }
  if (auto wrong = check_tick(i, a.trigger))
    return wrong;
  if (is_limit(a) && a.price_match == "NONE")
    if (auto wrong = check_tick(i, a.limit))
      return wrong;
  return reached(a, mark) ? std::optional(triggers_at_once(rules_.at_once)) : std::nullopt;
}

}  // namespace sluice::simulator
