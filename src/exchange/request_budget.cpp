// Counts what is spent in the venue's own windows and says no before the venue would.
#include "sluice/exchange/request_budget.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::exchange {
namespace {

/// After the start of a minute a reply may still carry the counter of the one before, because the
/// two clocks differ; counters of requests made this early are not believed.
constexpr milliseconds edge{250};
/// Orders that open may use this part of the order limits; the rest is for orders that close.
constexpr std::int64_t opening_orders_pct = 75;
/// Nothing goes past this part of the limit, whoever spent the rest of it.
constexpr std::int64_t hard_pct = 98;

std::int64_t percent(std::int64_t of, std::int64_t pct) {
  return of * pct / 100;
}

int share_of(read_class traffic, const weight_shares& shares) {
  switch (traffic) {
    case read_class::exit_demand:
      return shares.exit_pct_max;
    case read_class::entry_demand:
      return shares.entry_pct_max;
    case read_class::verification:
      return shares.verification_pct_max;
    case read_class::routine:
      break;
  }
  return shares.routine_pct_max;
}

void prolong(std::optional<instant>& until, instant to) {
  if (!until || *until < to)
    until = to;
}

}  // namespace

void window_counter::roll(venue_time now, std::int64_t carried) {
  const auto window = now.ms / length_.count();
  if (window <= window_)
    return;  // Never back: a corrected clock must not open an old window again.
  window_ = window;
  used_ = carried;
}

instant window_counter::ends(moment now) const {
  return now.steady + milliseconds((window_ + 1) * length_.count() - now.venue.ms);
}

request_budget::request_budget(std::int64_t weight_limit_1m, weight_shares shares)
    : limit_(weight_limit_1m), shares_(shares) {}

void request_budget::adopt(const std::vector<venue_limit>& limits) {
  for (const auto& named : limits) {
    if (named.limit <= 0)
      continue;
    if (named.type == "REQUEST_WEIGHT" && named.window == std::chrono::minutes(1))
      limit_ = named.limit;
    else if (named.type == "ORDERS" && named.window == std::chrono::seconds(10))
      orders_10s_limit_ = named.limit;
    else if (named.type == "ORDERS" && named.window == std::chrono::minutes(1))
      orders_1m_limit_ = named.limit;
  }
}

void request_budget::roll(moment now) {
  const auto before = own_.window();
  // What is under way may be counted by the venue in the new minute, so it is counted in both.
  own_.roll(now.venue, under_way_);
  if (own_.window() != before)
    foreign_ = 0;
  orders_10s_.roll(now.venue, 0);
  orders_1m_.roll(now.venue, 0);
}

std::optional<budget_refusal> request_budget::stopped(moment now) const {
  if (banned_until_ && now.steady < *banned_until_)
    return budget_refusal{failure_kind::banned, "the venue has banned this address",
                          *banned_until_};
  if (paused_until_ && now.steady < *paused_until_)
    return budget_refusal{failure_kind::rate_limited, "the venue has asked for a pause",
                          *paused_until_};
  return std::nullopt;
}

budget_answer request_budget::reserve_read(read_class traffic, int weight, moment now) {
  roll(now);
  if (auto stop = stopped(now))
    return *stop;
  const auto mark = percent(limit_, share_of(traffic, shares_));
  const bool exits = traffic == read_class::exit_demand;
  // Exits are held to our own part only, so that others on the same address cannot starve them.
  const auto counted = exits ? own_.used() : total();
  const bool fits = counted + weight <= mark && total() + weight <= percent(limit_, hard_pct);
  if (!fits)
    return budget_refusal{failure_kind::rate_limited,
                          fmt::format("request weight {} of {} a minute is spent, this class may "
                                      "use {}",
                                      total(), limit_, mark),
                          own_.ends(now)};
  own_.add(weight);
  under_way_ += weight;
  ++requests_;
  return budget_ticket{weight, own_.window(), now.venue};
}

budget_answer request_budget::reserve_order(order_kind kind, moment now) {
  roll(now);
  if (auto stop = stopped(now))
    return *stop;
  if (orders_paused_until_ && now.steady < *orders_paused_until_)
    return budget_refusal{failure_kind::rate_limited, "the venue takes no more orders for now",
                          *orders_paused_until_};
  const auto pct = kind == order_kind::closes ? 100 : opening_orders_pct;
  if (orders_10s_.used() >= percent(orders_10s_limit_, pct))
    return budget_refusal{failure_kind::rate_limited, "orders of these 10 s are used up",
                          orders_10s_.ends(now)};
  if (orders_1m_.used() >= percent(orders_1m_limit_, pct))
    return budget_refusal{failure_kind::rate_limited, "orders of this minute are used up",
                          orders_1m_.ends(now)};
  orders_10s_.add(1);
  orders_1m_.add(1);
  ++requests_;
  return budget_ticket{0, own_.window(), now.venue};
}

void request_budget::settle(const budget_ticket& ticket, const venue_counters& seen, moment now) {
  roll(now);
  under_way_ -= ticket.weight;
  const bool same_minute = ticket.window == own_.window();
  const auto into_minute = ticket.made_at.ms % std::chrono::milliseconds(60'000).count();
  if (seen.weight_1m && same_minute && into_minute >= edge.count())
    foreign_ = std::max(foreign_, *seen.weight_1m - own_.used());
  if (seen.orders_10s && ticket.made_at.ms / 10'000 == now.venue.ms / 10'000)
    orders_10s_.raise_to(*seen.orders_10s);
  if (seen.orders_1m && same_minute)
    orders_1m_.raise_to(*seen.orders_1m);
}

void request_budget::withdraw(const budget_ticket& ticket, moment now) {
  roll(now);
  under_way_ -= ticket.weight;
  // Counted in this window either as its own or as carried over: in both cases it comes out again.
  own_.add(-ticket.weight);
}

void request_budget::pause_until(instant until, pause_scope scope) {
  prolong(scope == pause_scope::everything ? paused_until_ : orders_paused_until_, until);
}

void request_budget::ban_until(instant until) {
  prolong(banned_until_, until);
}

budget_view request_budget::view(moment now) const {
  request_budget rolled = *this;
  rolled.roll(now);
  budget_view seen{rolled.total(), limit_, requests_, std::nullopt};
  if (banned_until_ && now.steady < *banned_until_)
    seen.banned_until = banned_until_;
  return seen;
}

}  // namespace sluice::exchange
