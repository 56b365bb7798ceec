// What happens to accounts without their doing: funding, margin calls, liquidation, settlement.
#include <fmt/format.h>

#include <algorithm>

#include "documents.hpp"
#include "refusals.hpp"
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

position_rows positions_of(const account& who, margin_type kind) {
  auto rows = who.open_positions();
  std::erase_if(rows, [&](const auto* p) { return who.margin_of(p->what->name) != kind; });
  return rows;
}

/// The crossed position that binds the most maintenance margin.
const account::position* heaviest(const account& who, const mark_board& marks) {
  const account::position* worst = nullptr;
  notional most;
  for (const auto* p : positions_of(who, margin_type::crossed)) {
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

/// Whether maintenance takes so much of a balance that its holder is warned.
bool is_near(notional balance, notional maintenance) {
  constexpr std::int64_t warning_percent = 80;
  return maintenance.sign() > 0 && static_cast<wide_int>(maintenance.raw()) * 100 >
                                       static_cast<wide_int>(balance.raw()) * warning_percent;
}

}  // namespace

outcome<ledger_order> venue_state::force_close(std::size_t owner, const instrument& i,
                                               position_side leg, quantity amount,
                                               const forced_style& style, moment now) {
  const auto held = accounts[owner].amount_of(i.name, leg);
  if (held.is_zero())
    return refuse<-2022>();
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
  for (std::size_t n = 0; n < accounts.size(); ++n) {
    check_isolated(n, now);
    auto& who = accounts[n];
    const auto m = who.margin();
    if (m.maintenance.is_zero() || m.balance > m.maintenance) {
      const bool near = is_near(m.balance, m.maintenance);
      if (near && !warned[n])
        desk.tell(n, "MARGIN_CALL",
                  margin_call_event(who, positions_of(who, margin_type::crossed),
                                    margin_type::crossed, marks, now.venue));
      warned[n] = near;
      publish(now);
      continue;
    }
    liquidate(n, now);
  }
}

void venue_state::check_isolated(std::size_t owner, moment now) {
  const auto& who = accounts[owner];
  const auto before = std::exchange(warned_isolated[owner], {});
  std::vector<std::pair<const instrument*, position_side>> lost;
  for (const auto* p : positions_of(who, margin_type::isolated)) {
    const auto mark = marks.of(*p->what);
    const auto balance = p->isolated + unrealised_of(*p, mark);
    const auto needs = maintenance_of((mark * p->amount).abs());
    const std::pair named{p->what->name, p->leg};
    if (balance <= needs) {
      lost.emplace_back(p->what, p->leg);
    } else if (is_near(balance, needs)) {
      warned_isolated[owner].insert(named);
      if (!before.contains(named))
        desk.tell(owner, "MARGIN_CALL",
                  margin_call_event(who, {p}, margin_type::isolated, marks, now.venue));
    }
  }
  publish(now);
  for (const auto& [what, leg] : lost)
    liquidate_isolated(owner, *what, leg, now);
}

void venue_state::liquidate_isolated(std::size_t owner, const instrument& i, position_side leg,
                                     moment now) {
  auto& who = accounts[owner];
  desk.cancel_all(owner, i.name, now.venue, expiry::liquidated);
  publish(now);
  const auto& p = who.find(i.name)->leg(leg);
  const auto own = p.isolated;
  const auto wallet = who.wallet();
  const forced_style style{forced_id(who, "autoclose-", now.venue.ms), "CALCULATED", "FILLED",
                           false};
  // Always closes something: the position is not flat.
  static_cast<void>(force_close(owner, i, leg, p.amount.abs(), style, now));
  const auto beyond = wallet - who.wallet() - own;
  if (beyond.sign() > 0)
    insure(owner, beyond, now);
}

void venue_state::insure(std::size_t owner, notional amount, moment now) {
  auto& who = accounts[owner];
  who.lift(amount, now.venue);
  desk.tell(owner, "ACCOUNT_UPDATE",
            wallet_event(who, "INSURANCE_CLEAR", amount, {}, funding_positions::absent, now.venue));
  publish(now);
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
  if (const auto debt = -who.crossed_wallet(); debt.sign() > 0)
    insure(owner, debt, now);
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
                who.margin_of(paid.instrument) == margin_type::isolated
                    ? isolated_funding_event(who, *p, paid.amount, marks, now.venue)
                    : wallet_event(who, "FUNDING_FEE", paid.amount, paid.instrument,
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
