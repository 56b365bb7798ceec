// What happens to accounts without their doing: funding, margin calls, liquidation, settlement.
#include <fmt/format.h>

#include <algorithm>

#include "documents.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

/// A client id that begins like the venue's own and is not taken in that millisecond.
std::string forced_id(const account& who, std::string_view prefix, std::int64_t now_ms) {
  auto id = fmt::format("{}{}", prefix, now_ms);
  for (int n = 1; who.order_by_client_id(id); ++n)
    id = fmt::format("{}{}{:06}", prefix, now_ms, n);
  return id;
}

/// The position that binds the most maintenance margin.
const account::position* heaviest(const account& who, const mark_board& marks) {
  const account::position* worst = nullptr;
  notional most;
  for (const auto* p : who.open_positions()) {
    const auto needs = maintenance_of((marks.of(*p->what) * p->amount).abs());
    if (!worst || needs > most) {
      worst = p;
      most = needs;
    }
  }
  return worst;
}

bool keeps_positions(const account& who) {
  const auto m = who.margin();
  return m.balance > m.maintenance;
}

}  // namespace

outcome<ledger_order> venue_state::force_close(std::size_t owner, const instrument& i,
                                               position_side leg, quantity amount,
                                               const forced_style& style, moment now) {
  const auto held = accounts[owner].amount_of(i.name, leg);
  if (held.is_zero())
    return venue_error{400, -2022, "ReduceOnly Order is rejected."};
  order_draft d;
  d.what = &i;
  d.leg = leg;
  d.direction = held.sign() > 0 ? side::sell : side::buy;
  d.amount = std::min(amount, held.abs());
  d.reduce_only = true;
  d.origin = order_origin::venue;
  d.id = client_order_id{style.client_id};
  d.execution = style.execution;
  d.final_status = style.final_status;
  d.free_of_fee = style.free_of_fee;
  return place(owner, std::move(d), now);
}

void venue_state::check_margins(moment now) {
  constexpr std::int64_t warning_percent = 80;
  for (std::size_t n = 0; n < accounts.size(); ++n) {
    auto& who = accounts[n];
    const auto m = who.margin();
    if (m.maintenance.is_zero() || m.balance > m.maintenance) {
      const auto share = static_cast<wide_int>(m.maintenance.raw()) * 100;
      const bool near =
          share > 0 && share > static_cast<wide_int>(m.balance.raw()) * warning_percent;
      if (near && !warned[n])
        desk.tell(n, "MARGIN_CALL", margin_call_event(who, marks, now.venue));
      warned[n] = near;
      publish(now);
      continue;
    }
    liquidate(n, now);
  }
}

void venue_state::liquidate(std::size_t owner, moment now) {
  auto& who = accounts[owner];
  std::vector<symbol> with_orders;
  for (const auto& [name, h] : who.all())
    if (!h.open.empty())
      with_orders.push_back(name);
  for (const auto& name : with_orders)
    desk.cancel_all(owner, name, now.venue, expiry::liquidated);
  publish(now);
  while (!keeps_positions(who)) {
    const auto* worst = heaviest(who, marks);
    if (!worst)
      break;
    const forced_style style{forced_id(who, "autoclose-", now.venue.ms), "CALCULATED", "FILLED",
                             false};
    // Always closes something: the position is not flat.
    static_cast<void>(
        force_close(owner, *worst->what, worst->leg, worst->amount.abs(), style, now));
  }
  if (const auto lifted = who.clear_debt(now.venue); !lifted.is_zero()) {
    desk.tell(
        owner, "ACCOUNT_UPDATE",
        wallet_event(who, "INSURANCE_CLEAR", lifted, {}, funding_positions::absent, now.venue));
    publish(now);
  }
}

void venue_state::pay_funding(moment now) {
  next_funding_ms = next_funding(now.venue.ms);
  for (std::size_t n = 0; n < accounts.size(); ++n) {
    auto& who = accounts[n];
    for (const auto* p : who.open_positions()) {
      const auto value = marks.of(*p->what) * p->amount;
      const ledger_funding paid{p->what->name, p->leg,
                                -millionths_of(value, chosen.trading.funding_rate_ppm), now.venue};
      if (paid.amount.is_zero())
        continue;
      who.pay_funding(paid);
      desk.tell(n, "ACCOUNT_UPDATE",
                wallet_event(who, "FUNDING_FEE", paid.amount, paid.instrument,
                             chosen.trading.funding_list, now.venue));
    }
  }
  publish(now);
}

void venue_state::settle(const instrument& i, moment now) {
  symbol_change off;
  off.status = "SETTLING";
  change_symbol(i, off, now);
  for (std::size_t n = 0; n < accounts.size(); ++n) {
    desk.cancel_all(n, i.name, now.venue, expiry::delisted);
    algos.expire_all(n, i.name, "The symbol is delisted", now.venue);
    for (auto leg : {position_side::both, position_side::long_, position_side::short_}) {
      const auto held = accounts[n].amount_of(i.name, leg).abs();
      const forced_style style{forced_id(accounts[n], "settlement_autoclose-", now.venue.ms),
                               "TRADE", "FILLED", true};
      if (!held.is_zero())
        static_cast<void>(force_close(n, i, leg, held, style, now));
    }
  }
  publish(now);
}

}  // namespace sluice::simulator
