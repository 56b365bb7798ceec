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

}  // namespace

account::account(account_settings a, const settings& s)
    : owner_(std::move(a)),
      wallet_(owner_.balance),
      leverage_(s.leverage),
      history_max_(s.history_max),
      limiter_(s) {}

const account::position* account::find(const symbol& s) const {
  const auto it = positions_.find(s);
  return it == positions_.end() ? nullptr : &it->second;
}

quantity account::amount_of(const symbol& s) const {
  const auto* p = find(s);
  return p ? p->amount : quantity{};
}

std::vector<const account::position*> account::open_positions() const {
  std::vector<const position*> open;
  for (const auto& [name, p] : positions_)
    if (!p.amount.is_zero())
      open.push_back(&p);
  return open;
}

margin_view account::margin(const mark_board& marks) const {
  margin_view m;
  for (const auto* p : open_positions()) {
    const auto mark = marks.of(*p->what);
    const auto value = (mark * p->amount).abs();
    m.unrealised += unrealised_of(*p, mark);
    m.initial += notional::from_raw(value.raw() / leverage_);
    m.maintenance += millionths_of(value, maintenance_ppm);
  }
  m.balance = wallet_ + m.unrealised;
  m.available = std::max(m.balance - m.initial, notional{});
  return m;
}

void account::move_position(position& p, fill& f) {
  const auto change = signed_amount(f);
  if (p.amount.sign() * change.sign() >= 0) {
    p.entry = average(p.amount.abs(), p.entry, f.amount, f.at);
    p.amount += change;
    return;
  }
  const auto closed = std::min(f.amount, p.amount.abs());
  f.realised = (f.at - p.entry) * (p.amount.sign() > 0 ? closed : -closed);
  const auto rest = p.amount + change;
  if (rest.is_zero())
    p.entry = price{};
  else if (rest.sign() != p.amount.sign())
    p.entry = f.at;
  p.amount = rest;
}

const fill& account::book(fill f, const instrument& what) {
  auto& p = positions_[what.name];
  p.what = &what;
  move_position(p, f);
  p.realised += f.realised;
  p.changed_at = f.traded_at;
  changed_at_ = f.traded_at;
  wallet_ += f.realised - f.fee;
  realised_ += f.realised;
  fees_ += f.fee;
  fills_.push_back(std::move(f));
  if (fills_.size() > history_max_)
    fills_.pop_front();
  return fills_.back();
}

void account::store(const ledger_order& o) {
  orders_[o.report.id] = o;
  newest_[o.report.client_id] = o.report.id;
  if (orders_.size() <= history_max_)
    return;
  const auto oldest = orders_.begin();
  const auto named = newest_.find(oldest->second.report.client_id);
  if (named != newest_.end() && named->second == oldest->first)
    newest_.erase(named);
  orders_.erase(oldest);
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
  for (const auto* p : open_positions())
    out.positions.push_back({p->what->name, p->amount, p->entry, p->changed_at});
  out.fills.assign(fills_.begin(), fills_.end());
  for (const auto& [id, o] : orders_)
    out.orders.push_back(o);
  return out;
}

}  // namespace sluice::simulator
