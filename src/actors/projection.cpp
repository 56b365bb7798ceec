// The fold, one kind of record at a time.
#include "projection.hpp"

#include <algorithm>

namespace sluice::actors {

void projection::apply(const record& r) {
  std::visit([&](const auto& body) { take(body, r.at); }, r.body);
}

std::optional<quantity> projection::ledger(const position_key& key) const {
  const auto at = ledger_.find(key);
  return at == ledger_.end() ? std::nullopt : std::optional(at->second);
}

std::optional<exit_state> projection::exit(const position_key& key) const {
  const auto at = exits_.find(key);
  return at == exits_.end() ? std::nullopt : std::optional(at->second);
}

void projection::take(const plan_accepted&, const stamp&) {
  ++plans_.accepted;
}

void projection::take(const plan_judged& b, const stamp&) {
  switch (b.outcome.kind) {
    case verdict_kind::allow:
      ++plans_.allowed;
      break;
    case verdict_kind::deny:
      ++plans_.denied;
      break;
    case verdict_kind::expire:
      ++plans_.expired;
      break;
  }
  if (const auto reason = b.outcome.reason())
    ++plans_.by_reason[std::string(to_string(*reason))];
}

void projection::take(const order_intended& b, const stamp& at) {
  orders_.push_front({b.request.id, b.plan, b.request, order_state::intended, {}, {}, at.wall});
  if (orders_.size() <= orders_kept_max)
    return;
  const auto oldest = std::find_if(orders_.rbegin(), orders_.rend(),
                                   [](const order_line& o) { return is_resolved(o.state); });
  if (oldest != orders_.rend())
    orders_.erase(std::next(oldest).base());
}

void projection::take(const order_changed& b, const stamp& at) {
  if (b.state == order_state::sent)
    ++order_counts_.sent;
  if (b.state == order_state::filled)
    ++order_counts_.filled;
  const auto found = std::ranges::find(orders_, b.order, &order_line::id);
  if (found == orders_.end())
    return;
  found->state = b.state;
  found->executed = b.executed;
  found->detail = b.detail;
  found->changed_at = at.wall;
}

void projection::take(const fill_recorded& b, const stamp&) {
  if (b.ours)
    ledger_[{b.what.instrument, b.what.leg}] += signed_amount(b.what);
}

void projection::take(const ledger_adjusted& b, const stamp&) {
  ledger_[b.position] = b.after;
}

void projection::take(const hold_placed& b, const stamp&) {
  holds_[b.what.position] = b.what;
}

void projection::take(const hold_released& b, const stamp&) {
  holds_.erase(b.what.position);
}

void projection::take(const funding_booked& b, const stamp&) {
  funding_[b.asset] += b.amount;
}

void projection::take(const stop_changed& b, const stamp&) {
  if (is_final(b.what.state))
    stops_.erase(b.what.number);
  else
    stops_[b.what.number] = b.what;
}

void projection::take(const exit_changed& b, const stamp&) {
  if (b.what.active)
    exits_[b.what.position] = b.what;
  else
    exits_.erase(b.what.position);
}

}  // namespace sluice::actors
