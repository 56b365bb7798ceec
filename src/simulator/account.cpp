// Books trades: average entry while a position grows, realised profit while it shrinks.
#include "account.hpp"

#include <algorithm>

namespace sluice::simulator {
namespace {

/// Average price of two quantities of the same sign, rounded to the nearest 1e-8.
price average(quantity a, price at_a, quantity b, price at_b) {
  const auto sum = static_cast<wide_int>(a.raw()) + b.raw();
  const auto cost =
      static_cast<wide_int>(a.raw()) * at_a.raw() + static_cast<wide_int>(b.raw()) * at_b.raw();
  return price::from_raw(static_cast<std::int64_t>((cost + sum / 2) / sum));
}

/// What a fill moves between the shared wallet and an isolated one that held `before`: what it
/// opens takes its initial margin along, what it closes gives its share back.
notional isolated_change(notional set_aside, quantity before, const fill& f,
                         std::int64_t leverage) {
  const bool grows = before.sign() * sign_of(f.direction) >= 0;
  const auto closed = grows ? quantity{} : std::min(f.amount, before.abs());
  const auto opened = f.at * (f.amount - closed);
  const auto share =
      closed.is_zero() ? wide_int{0}
                       : static_cast<wide_int>(set_aside.raw()) * closed.raw() / before.abs().raw();
  return notional::from_raw(opened.raw() / leverage - static_cast<std::int64_t>(share));
}

}  // namespace

account::account(account_settings a, const settings& s)
    : owner_(std::move(a)),
      wallet_(owner_.balance),
      leverage_(s.leverage),
      history_max_(s.history_max),
      limiter_(s),
      hedged_(s.trading.hedge_mode) {}

bool account::holding::flat() const {
  return std::all_of(legs.begin(), legs.end(), [](const auto& p) { return p.amount.is_zero(); });
}

const account::holding* account::find(const symbol& s) const {
  const auto it = holdings_.find(s);
  return it == holdings_.end() ? nullptr : &it->second;
}

account::holding account::flat_holding(const instrument& i) const {
  holding h;
  h.what = &i;
  h.leverage = leverage_;
  for (std::size_t n = 0; n < position_side_count; ++n) {
    h.legs[n].what = &i;
    h.legs[n].leg = static_cast<position_side>(n);
  }
  return h;
}

account::holding account::holding_or_flat(const instrument& i) const {
  const auto* h = find(i.name);
  return h ? *h : flat_holding(i);
}

account::holding& account::holding_of(const instrument& i) {
  const auto it = holdings_.find(i.name);
  return it != holdings_.end() ? it->second
                               : holdings_.emplace(i.name, flat_holding(i)).first->second;
}

quantity account::amount_of(const symbol& s, position_side leg) const {
  const auto* h = find(s);
  return h ? h->leg(leg).amount : quantity{};
}

std::vector<const account::position*> account::open_positions() const {
  std::vector<const position*> open;
  for (const auto& [name, h] : holdings_)
    for (const auto& p : h.legs)
      if (!p.amount.is_zero())
        open.push_back(&p);
  return open;
}

void account::move_position(position& p, fill& f) {
  const auto change = signed_amount(f);
  held_ -= p.amount.is_zero() ? 0 : 1;
  const auto rest = p.amount + change;
  if (p.amount.sign() * change.sign() >= 0) {
    p.entry = average(p.amount.abs(), p.entry, f.amount, f.at);
  } else {
    const auto closed = std::min(f.amount, p.amount.abs());
    f.realised = (f.at - p.entry) * (p.amount.sign() > 0 ? closed : -closed);
    if (rest.is_zero())
      p.entry = price{};
    else if (rest.sign() != p.amount.sign())
      p.entry = f.at;
  }
  p.amount = rest;
  held_ += p.amount.is_zero() ? 0 : 1;
}

const fill& account::book(fill f, const instrument& what, liquidity l) {
  auto& h = holding_of(what);
  auto& p = h.legs[static_cast<std::size_t>(f.leg)];
  if (h.margin == margin_type::isolated)
    set_aside(p, isolated_change(p.isolated, p.amount, f, h.leverage));
  move_position(p, f);
  p.realised += f.realised;
  p.changed_at = f.traded_at;
  changed_at_ = f.traded_at;
  wallet_ += f.realised - f.fee;
  realised_ += f.realised;
  fees_ += f.fee;
  fills_.push_back({std::move(f), l});
  if (fills_.size() > history_max_)
    fills_.pop_front();
  return fills_.back().trade;
}

void account::pay_funding(const ledger_funding& paid) {
  wallet_ += paid.amount;
  auto& h = holdings_.at(paid.instrument);
  if (h.margin == margin_type::isolated)
    set_aside(h.legs[static_cast<std::size_t>(paid.leg)], paid.amount);
  funding_ += paid.amount;
  changed_at_ = paid.at;
  fundings_.push_back(paid);
  if (fundings_.size() > history_max_)
    fundings_.pop_front();
}

void account::lift(notional amount, venue_time now) {
  cleared_ += amount;
  wallet_ += amount;
  changed_at_ = now;
}

ledger_order& account::open_order(ledger_order o, const instrument& what) {
  const auto id = o.report.id;
  newest_[o.report.client_id] = id;
  open_.insert(id);
  holding_of(what).open.insert(id);
  return orders_[id] = std::move(o);
}

void account::close_order(const ledger_order& o) {
  const auto id = o.report.id;
  if (open_.erase(id) == 0)
    return;
  holdings_.at(o.report.instrument).open.erase(id);
  final_.push_back(id);
  forget_oldest();
}

void account::forget_oldest() {
  while (final_.size() > history_max_) {
    const auto oldest = orders_.find(final_.front());
    final_.pop_front();
    const auto named = newest_.find(oldest->second.report.client_id);
    if (named != newest_.end() && named->second == oldest->first)
      newest_.erase(named);
    orders_.erase(oldest);
  }
}

ledger_order* account::edit_order(order_id id) {
  const auto it = orders_.find(id);
  return it == orders_.end() ? nullptr : &it->second;
}

const ledger_order* account::order_by_id(order_id id) const {
  const auto it = orders_.find(id);
  return it == orders_.end() ? nullptr : &it->second;
}

const ledger_order* account::order_by_client_id(std::string_view id) const {
  const auto it = newest_.find(client_order_id{std::string(id)});
  return it == newest_.end() ? nullptr : order_by_id(it->second);
}

account_ledger account::ledger() const {
  account_ledger out;
  out.api_key = owner_.api_key;
  out.initial_balance = owner_.balance;
  out.wallet = wallet_;
  out.realised = realised_;
  out.fees = fees_;
  out.funding = funding_;
  out.cleared = cleared_;
  out.hedge_mode = hedged_;
  out.multi_assets = multi_assets_;
  for (const auto* p : open_positions())
    out.positions.push_back({p->what->name, p->amount, p->entry, p->changed_at, p->leg,
                             margin_of(p->what->name), p->isolated});
  for (const auto& f : fills_)
    out.fills.push_back(f.trade);
  out.fundings.assign(fundings_.begin(), fundings_.end());
  for (const auto& [id, o] : orders_)
    out.orders.push_back(o);
  return out;
}

}  // namespace sluice::simulator
