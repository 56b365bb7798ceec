// Fills market orders at the mark, in one trade or several.
#include "order_desk.hpp"

#include <algorithm>

#include "documents.hpp"

namespace sluice::simulator {
namespace {

/// Beyond 2^53, as the venue's are: a client that reads ids as doubles is found out.
constexpr order_id first_order = 8'389'765'739'000'000'001;
constexpr trade_id first_trade = 8'132'505'633;

}  // namespace

order_desk::order_desk(const settings& s, const mark_board& marks)
    : marks_(&marks),
      random_(s.seed ^ stable_hash("orders")),
      taker_fee_ppm_(s.taker_fee_ppm),
      half_spread_bp_(s.half_spread_bp),
      fills_max_(s.fills_max),
      oversized_(s.oversized),
      unique_ids_(s.unique_ids),
      next_order_(first_order),
      next_trade_(first_trade) {}

outcome<ledger_order> order_desk::place(account& who, std::size_t owner, order_draft d,
                                        venue_time now, std::vector<user_event>& events) {
  const auto asked = d.amount;
  if (d.origin != order_origin::venue)
    if (auto wrong = check(who, d))
      return *wrong;

  ledger_order o;
  o.origin = d.origin;
  o.asked = asked;
  o.result_reply = d.result_reply;
  o.created_at = now;
  o.report.client_id = d.id;
  o.report.id = next_order_++;
  o.report.instrument = d.what->name;
  o.report.direction = d.direction;
  o.report.status = order_status::new_;
  o.report.status_text = "NEW";
  o.report.original = d.amount;
  o.report.reduce_only = d.reduce_only;
  o.report.updated_at = now;
  if (d.origin != order_origin::venue)
    events.push_back({owner, "ORDER_TRADE_UPDATE", order_event(o, *d.what, nullptr)});
  fill_all(who, owner, d, o, events);
  who.store(o);
  return o;
}

void order_desk::fill_all(account& who, std::size_t owner, const order_draft& d, ledger_order& o,
                          std::vector<user_event>& events) {
  auto& r = o.report;
  const auto parts = split(d);
  for (std::size_t n = 0; n < parts.size(); ++n) {
    fill f;
    f.instrument = r.instrument;
    f.id = next_trade_++;
    f.order = r.id;
    f.client_id = r.client_id;
    f.direction = r.direction;
    f.amount = parts[n];
    f.at = fill_price(d, n);
    f.fee = millionths_of(f.at * f.amount, taker_fee_ppm_);
    f.fee_asset = "USDT";
    f.traded_at = r.updated_at;
    const auto& booked = who.book(std::move(f), *d.what);

    o.value += booked.at * booked.amount;
    r.executed += booked.amount;
    r.average = price::from_raw(static_cast<std::int64_t>(static_cast<wide_int>(o.value.raw()) *
                                                          fixed_scale / r.executed.raw()));
    const bool last = n + 1 == parts.size();
    r.status = last ? order_status::filled : order_status::partially_filled;
    r.status_text = last ? "FILLED" : "PARTIALLY_FILLED";
    events.push_back({owner, "ACCOUNT_UPDATE", account_event(who, *d.what, *marks_, r.updated_at)});
    events.push_back({owner, "ORDER_TRADE_UPDATE", order_event(o, *d.what, &booked)});
  }
}

std::vector<quantity> order_desk::split(const order_draft& d) {
  const auto step = d.what->step.raw();
  auto steps = std::max<std::int64_t>(d.amount.raw() / step, 1);
  auto trades = d.origin == order_origin::venue ? 1 : random_.between(1, fills_max_);
  trades = std::min(trades, steps);
  std::vector<quantity> parts;
  auto rest = d.amount;
  for (; trades > 1; --trades) {
    const auto taken = random_.between(1, steps - (trades - 1));
    parts.push_back(quantity::from_raw(taken * step));
    rest -= parts.back();
    steps -= taken;
  }
  parts.push_back(rest);
  return parts;
}

price order_desk::fill_price(const order_draft& d, std::size_t trade) const {
  const auto mark = marks_->of(*d.what);
  const auto tick = d.what->tick;
  const auto spread = price::from_raw(mark.raw() / 10'000 * half_spread_bp_);
  const auto worse = price::from_raw(tick.raw() * static_cast<std::int64_t>(trade));
  const auto down = floor_to_step(mark - spread, tick);
  if (d.direction == side::sell)
    return std::max(down - worse, tick);
  auto up = floor_to_step(mark + spread, tick);
  if (up < mark + spread)
    up += tick;
  return up + worse;
}

}  // namespace sluice::simulator
