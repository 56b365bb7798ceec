// Open orders by id, ends by position.
#include "sluice/planning/order_watch.hpp"

#include <algorithm>

namespace sluice {

void order_watch::begun(const client_order_id& order, const position_key& position) {
  open_.insert_or_assign(order, position);
}

void order_watch::ended(const client_order_id& order, instant at) {
  const auto known = open_.find(order);
  if (known == open_.end())
    return;
  ends_.insert_or_assign(known->second, at);
  open_.erase(known);
}

bool order_watch::under_way(const position_key& position) const {
  return std::ranges::any_of(open_, [&](const auto& o) { return o.second == position; });
}

std::optional<instant> order_watch::last_end(const position_key& position) const {
  const auto at = ends_.find(position);
  return at == ends_.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace sluice
