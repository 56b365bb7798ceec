// What the last run left without a verdict, until it is judged or withdrawn.
#include <algorithm>
#include <iterator>

#include "sluice/gate/gate_core.hpp"

namespace sluice {

void gate_core::take_up(const std::function<bool(const plan&)>& is_due, const stamp& now,
                        gate_actions& out) {
  const auto due = std::stable_partition(left_.begin(), left_.end(),
                                         [&](const plan_ptr& p) { return !is_due(*p); });
  const std::vector<plan_ptr> taken(std::make_move_iterator(due),
                                    std::make_move_iterator(left_.end()));
  left_.erase(due, left_.end());
  for (const auto& p : taken)
    submit(p, now, out);
}

std::optional<parked_plan> gate_core::take_waiting(const plan_id& id) {
  if (auto parked = parked_.take(id))
    return parked;
  const auto at = std::ranges::find(left_, id, [](const plan_ptr& p) { return p->id; });
  if (at == left_.end())
    return std::nullopt;
  parked_plan found{.what = *at, .ticket = 0, .until = {}, .times_judged = 1};
  left_.erase(at);
  return found;
}

}  // namespace sluice
