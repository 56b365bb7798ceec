// Counts what is spent in the venue's own windows and says no before the venue would.
#include "sluice/exchange/request_budget.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::exchange {
namespace {

/// Nothing goes past this part of a limit, whoever spent the rest of it.
constexpr int hard_pct = 98;
/// Limits of orders until the venue has named its own.
constexpr std::int64_t orders_10s_assumed = 300;
constexpr std::int64_t orders_1m_assumed = 1'200;

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

/// Exits are held to our own part only, so that others on the same address cannot starve them.
window_cap cap_of(const venue_window& window, int pct, bool exits) {
  const auto mark = window.part(pct);
  return {mark, exits ? window.part(hard_pct) : mark};
}

int order_pct(request_budget::order_kind kind, const weight_shares& s) {
  switch (kind) {
    case request_budget::order_kind::closes:
      return s.exit_pct_max;
    case request_budget::order_kind::guards:
      return (s.exit_pct_max + s.entry_pct_max) / 2;
    case request_budget::order_kind::opens:
      break;
  }
  return s.entry_pct_max;
}

void prolong(std::optional<instant>& until, instant to) {
  if (!until || *until < to)
    until = to;
}

}  // namespace

request_budget::request_budget(std::int64_t weight_limit_1m, weight_shares shares)
    : shares_(shares) {
  weight_.limit_to(weight_limit_1m);
  orders_10s_.limit_to(orders_10s_assumed);
  orders_1m_.limit_to(orders_1m_assumed);
}

void request_budget::adopt(const std::vector<venue_limit>& limits, limit_source source) {
  for (const auto& named : limits) {
    if (named.limit <= 0)
      continue;
    if (named.type == "ORDERS") {
      own_order_limits_ = own_order_limits_ || source == limit_source::account;
      if (own_order_limits_ && source == limit_source::everybody)
        continue;
    }
    if (named.type == "REQUEST_WEIGHT" && named.window == std::chrono::minutes(1))
      weight_.limit_to(named.limit);
    else if (named.type == "ORDERS" && named.window == std::chrono::seconds(10))
      orders_10s_.limit_to(named.limit);
    else if (named.type == "ORDERS" && named.window == std::chrono::minutes(1))
      orders_1m_.limit_to(named.limit);
  }
}

void request_budget::roll(moment now) {
  weight_.roll(now.venue);
  orders_10s_.roll(now.venue);
  orders_1m_.roll(now.venue);
}

std::optional<budget_refusal> request_budget::stopped(budget_lane whose, moment now) const {
  if (banned_until_ && now.steady < *banned_until_)
    return budget_refusal{failure_kind::banned, "the venue has banned this address",
                          *banned_until_};
  const auto lasts = [&](const std::optional<instant>& until) {
    return until && now.steady < *until;
  };
  // The longer one: an answer that names an earlier instant would only be asked again.
  if (whose == budget_lane::others && lasts(others_paused_until_) &&
      (!paused_until_ || *paused_until_ <= *others_paused_until_))
    return budget_refusal{failure_kind::rate_limited,
                          "a firewall before the venue asks for a pause of all but exits",
                          *others_paused_until_};
  if (lasts(paused_until_))
    return budget_refusal{failure_kind::rate_limited, "the venue has asked for a pause",
                          *paused_until_};
  return std::nullopt;
}

std::optional<budget_refusal> request_budget::orders_stopped(budget_lane whose, moment now) const {
  if (auto stop = stopped(whose, now))
    return stop;
  if (orders_paused_until_ && now.steady < *orders_paused_until_)
    return budget_refusal{failure_kind::rate_limited, "the venue takes no more orders for now",
                          *orders_paused_until_};
  return std::nullopt;
}

std::optional<budget_refusal> request_budget::withheld(const budget_ticket& ticket,
                                                       moment now) const {
  return ticket.orders > 0 ? orders_stopped(ticket.whose, now) : stopped(ticket.whose, now);
}

budget_answer request_budget::reserve_read(read_class traffic, int weight, moment now) {
  roll(now);
  const auto whose = traffic == read_class::exit_demand ? budget_lane::exits : budget_lane::others;
  if (auto stop = stopped(whose, now))
    return *stop;
  const auto cap = cap_of(weight_, share_of(traffic, shares_), whose == budget_lane::exits);
  if (!weight_.fits(weight, cap, now.venue))
    return budget_refusal{failure_kind::rate_limited,
                          fmt::format("request weight {} of {} a minute is spent, this class may "
                                      "use {}",
                                      weight_.total(), weight_.limit(), cap.own),
                          weight_.room_at(weight, cap, now)};
  weight_.reserve(weight, now.venue);
  ++requests_;
  return budget_ticket{weight, 0, now.venue, whose};
}

budget_answer request_budget::reserve_order(order_kind kind, moment now) {
  roll(now);
  const bool closes = kind != order_kind::opens;
  const auto whose = closes ? budget_lane::exits : budget_lane::others;
  if (auto stop = orders_stopped(whose, now))
    return *stop;
  const int pct = order_pct(kind, shares_);
  const auto full_until = [&](const venue_window& window) -> std::optional<instant> {
    const auto cap = cap_of(window, pct, closes);
    if (window.fits(1, cap, now.venue))
      return std::nullopt;
    return window.room_at(1, cap, now);
  };
  if (const auto until = full_until(orders_10s_))
    return budget_refusal{failure_kind::rate_limited, "orders of these 10 s are used up", *until};
  if (const auto until = full_until(orders_1m_))
    return budget_refusal{failure_kind::rate_limited, "orders of this minute are used up", *until};
  orders_10s_.reserve(1, now.venue);
  orders_1m_.reserve(1, now.venue);
  ++requests_;
  return budget_ticket{0, 1, now.venue, whose};
}

void request_budget::settle(const budget_ticket& ticket, const venue_counters& seen, moment now) {
  roll(now);
  weight_.settle(ticket.weight, ticket.made_at, seen.weight_1m, now.venue);
  orders_10s_.settle(ticket.orders, ticket.made_at, seen.orders_10s, now.venue);
  orders_1m_.settle(ticket.orders, ticket.made_at, seen.orders_1m, now.venue);
}

void request_budget::withdraw(const budget_ticket& ticket, moment now) {
  roll(now);
  weight_.withdraw(ticket.weight);
  orders_10s_.withdraw(ticket.orders);
  orders_1m_.withdraw(ticket.orders);
}

void request_budget::repeated(const budget_ticket& ticket, moment now) {
  roll(now);
  weight_.reserve(ticket.weight, now.venue);
  weight_.settle(ticket.weight, ticket.made_at, std::nullopt, now.venue);
}

void request_budget::pause_until(instant until, pause_scope scope) {
  switch (scope) {
    case pause_scope::everything:
      return prolong(paused_until_, until);
    case pause_scope::all_but_exits:
      return prolong(others_paused_until_, until);
    case pause_scope::orders_only:
      return prolong(orders_paused_until_, until);
  }
}

void request_budget::ban_until(instant until) {
  prolong(banned_until_, until);
}

budget_view request_budget::view(moment now) const {
  request_budget rolled = *this;
  rolled.roll(now);
  const auto lasting = [&](const std::optional<instant>& until) {
    return until && now.steady < *until ? until : std::nullopt;
  };
  budget_view seen;
  seen.weight_used_1m = rolled.weight_.total();
  seen.weight_limit_1m = weight_.limit();
  seen.requests_total = requests_;
  seen.banned_until = lasting(banned_until_);
  seen.orders_10s = {rolled.orders_10s_.total(), orders_10s_.limit()};
  seen.orders_1m = {rolled.orders_1m_.total(), orders_1m_.limit()};
  seen.share_pct_max = {shares_.exit_pct_max, shares_.entry_pct_max, shares_.verification_pct_max,
                        shares_.routine_pct_max};
  seen.paused_until = lasting(paused_until_);
  seen.others_paused_until = lasting(others_paused_until_);
  seen.orders_paused_until = lasting(orders_paused_until_);
  return seen;
}

}  // namespace sluice::exchange
