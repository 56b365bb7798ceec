// What positions and resting orders bind: kept per symbol and summed, so that an order costs the
// work of its own symbol only.
#include <algorithm>

#include "account.hpp"

namespace sluice::simulator {
namespace {

notional share_of(notional value, std::int64_t leverage) {
  return notional::from_raw(value.raw() / leverage);
}

/// The larger of the position's value and what it would be if one side's orders all filled.
notional worst_value(const account::position& p, notional value) {
  switch (p.leg) {
    case position_side::long_:
      return value.abs() + p.bids;
    case position_side::short_:
      return value.abs() + p.asks;
    case position_side::both:
      break;
  }
  return std::max({value.abs(), (value + p.bids).abs(), (value - p.asks).abs()});
}

}  // namespace

margin_sums bound_by(const account::position& p, price mark, std::int64_t leverage) {
  margin_sums m;
  const auto value = mark * p.amount;
  m.unrealised = unrealised_of(p, mark);
  m.positions = share_of(value.abs(), leverage);
  m.orders = share_of(worst_value(p, value), leverage) - m.positions;
  m.maintenance = maintenance_of(value.abs());
  return m;
}

margin_sums& margin_sums::operator+=(const margin_sums& o) {
  unrealised += o.unrealised;
  positions += o.positions;
  orders += o.orders;
  maintenance += o.maintenance;
  return *this;
}

margin_sums& margin_sums::operator-=(const margin_sums& o) {
  unrealised -= o.unrealised;
  positions -= o.positions;
  orders -= o.orders;
  maintenance -= o.maintenance;
  return *this;
}

margin_view account::margin() const {
  margin_view m;
  static_cast<margin_sums&>(m) = bound_;
  m.isolated = bound_isolated_;
  m.wallet = crossed_wallet();
  m.balance = m.wallet + m.unrealised;
  // What isolated positions bind has left the shared wallet; their orders have not.
  m.available = std::max(m.balance - m.initial() - m.isolated.orders, notional{});
  return m;
}

margin_type account::margin_of(const symbol& s) const {
  const auto* h = find(s);
  return h ? h->margin : margin_type::crossed;
}

void account::set_margin(const instrument& i, margin_type m, price mark) {
  auto& h = holding_of(i);
  sums_of(h) -= h.bound;
  h.bound = {};
  h.margin = m;
  refresh(i, mark);
}

bool account::isolates() const {
  return std::any_of(holdings_.begin(), holdings_.end(), [](const auto& named) {
    return named.second.margin == margin_type::isolated;
  });
}

void account::set_aside(position& p, notional amount) {
  p.isolated += amount;
  isolated_ += amount;
}

margin_sums account::bound_with(const instrument& i, price mark, position_side leg, notional bids,
                                notional asks) const {
  const auto* h = find(i.name);
  margin_sums sum;
  for (std::size_t n = 0; n < position_side_count; ++n) {
    position p;
    p.leg = static_cast<position_side>(n);
    if (h)
      p = h->legs[n];
    if (p.leg == leg) {
      p.bids += bids;
      p.asks += asks;
    }
    sum += bound_by(p, mark, leverage_of(i.name));
  }
  return sum;
}

void account::recount_resting(holding& h) const {
  for (auto& p : h.legs)
    p.bids = p.asks = notional{};
  for (auto id : h.open) {
    const auto& o = orders_.at(id);
    const auto& r = o.report;
    if (r.reduce_only || closes_leg(r.leg, r.direction))
      continue;
    auto& p = h.legs[static_cast<std::size_t>(r.leg)];
    (r.direction == side::buy ? p.bids : p.asks) += o.limit * o.remaining();
  }
}

void account::refresh(const instrument& i, price mark) {
  const auto it = holdings_.find(i.name);
  if (it == holdings_.end())
    return;
  auto& h = it->second;
  recount_resting(h);
  auto& sums = sums_of(h);
  sums -= h.bound;
  h.bound = {};
  for (const auto& p : h.legs)
    h.bound += bound_by(p, mark, h.leverage);
  sums += h.bound;
}

void account::refresh_all(const mark_board& marks) {
  for (const auto& [name, h] : holdings_)
    if (!h.flat() || !h.open.empty())
      refresh(*h.what, marks.of(*h.what));
}

std::int64_t account::leverage_of(const symbol& s) const {
  const auto* h = find(s);
  return h ? h->leverage : leverage_;
}

void account::set_leverage(const instrument& i, std::int64_t leverage, price mark) {
  holding_of(i).leverage = leverage;
  refresh(i, mark);
}

}  // namespace sluice::simulator
