// Opens by the hash of their intent, and their order of receipt, by which they are forgotten.
#include "sluice/planning/recent_opens.hpp"

namespace sluice {

const plan* recent_opens::first_like(const plan& p) {
  forget_old(p.received.steady);
  const auto at = by_intent_.find(intent_hash(p));
  return at != by_intent_.end() && same_intent(at->second, p) ? &at->second : nullptr;
}

void recent_opens::add(const plan& p) {
  if (window_.count() <= 0)
    return;
  const auto intent = intent_hash(p);
  if (!by_intent_.try_emplace(intent, p).second)
    return;
  by_id_.insert_or_assign(p.id, intent);
  order_.push_back({p.id, p.received.steady});
  forget_old(p.received.steady);
}

void recent_opens::forget(const plan_id& id) {
  if (const auto known = by_id_.extract(id))
    by_intent_.erase(known.mapped());
}

void recent_opens::forget_old(instant now) {
  while (!order_.empty() && (order_.size() > kept_max || now - order_.front().at >= window_)) {
    forget(order_.front().id);
    order_.pop_front();
  }
}

}  // namespace sluice
