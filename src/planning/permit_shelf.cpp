// A permit that was written stays for its life too: a plan that comes again is answered again.
#include "sluice/planning/permit_shelf.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

void permit_shelf::put(const plan_id& plan, std::string text, instant judged_at) {
  if (const auto before = newest_.find(plan); before != newest_.end())
    forget(all_.find(before->second));
  all_.emplace(++last_, permit{plan, std::move(text), judged_at, state::waits});
  newest_[plan] = last_;
  while (all_.size() > kept_max)
    forget(all_.begin());
}

bool permit_shelf::put_again(const plan_id& plan, instant now) {
  forget_dead(now);
  const auto at = newest_.find(plan);
  if (at == newest_.end())
    return false;
  all_.at(at->second).now = state::waits;
  return true;
}

std::vector<permit_due> permit_shelf::take(instant now) {
  forget_dead(now);
  std::vector<permit_due> due;
  for (auto& [number, p] : all_) {
    if (p.now != state::waits)
      continue;
    p.now = state::on_its_way;
    const auto left = ttl_ - between(p.judged_at, now);
    due.push_back({p.plan, p.text, number, std::max<std::int64_t>(1, left.count() / 1'000)});
  }
  return due;
}

void permit_shelf::written(std::uint64_t number) {
  if (const auto at = all_.find(number); at != all_.end() && at->second.now == state::on_its_way)
    at->second.now = state::written;
}

void permit_shelf::lost(std::uint64_t number) {
  if (const auto at = all_.find(number); at != all_.end())
    at->second.now = state::waits;
}

std::size_t permit_shelf::waiting() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      all_, [](const auto& each) { return each.second.now == state::waits; }));
}

void permit_shelf::forget_dead(instant now) {
  while (!all_.empty() && now - all_.begin()->second.judged_at >= ttl_)
    forget(all_.begin());
}

void permit_shelf::forget(std::map<std::uint64_t, permit>::iterator at) {
  if (at->second.now != state::written)
    ++died_;
  if (const auto newest = newest_.find(at->second.plan);
      newest != newest_.end() && newest->second == at->first)
    newest_.erase(newest);
  all_.erase(at);
}

}  // namespace sluice
