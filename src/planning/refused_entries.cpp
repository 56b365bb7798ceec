// One list by age and one map by id, kept together.
#include "sluice/planning/refused_entries.hpp"

namespace sluice {

void refused_entries::put(const std::string& entry_id, const upstream_refusal& why, instant now) {
  forget_old(now);
  if (!whys_.try_emplace(entry_id, why).second)
    return;
  order_.emplace_back(now, entry_id);
  if (order_.size() <= kept_max)
    return;
  whys_.erase(order_.front().second);
  order_.pop_front();
}

const upstream_refusal* refused_entries::find(const std::string& entry_id, instant now) {
  forget_old(now);
  const auto at = whys_.find(entry_id);
  return at == whys_.end() ? nullptr : &at->second;
}

void refused_entries::forget_old(instant now) {
  while (!order_.empty() && between(order_.front().first, now) > life_) {
    whys_.erase(order_.front().second);
    order_.pop_front();
  }
}

}  // namespace sluice
