// A plan counts from its acceptance: its order may leave at any time from there on.
#include "sluice/planning/upstream_watch.hpp"

#include <algorithm>

namespace sluice {

void upstream_watch::accepted(const plan& p) {
  if (!std::holds_alternative<cancel_plan>(p.body))
    plans_.insert_or_assign(p.id, p.instrument);
}

bool upstream_watch::under_way(const position_key& position) const {
  return orders_.under_way(position) || std::ranges::any_of(plans_, [&](const auto& o) {
           return o.second == position.instrument;
         });
}

bool upstream_watch::has_seen(const truth_view& seen, const position_key& position) const {
  const auto ended = orders_.last_end(position);
  return !ended || seen.as_of > *ended;
}

}  // namespace sluice
