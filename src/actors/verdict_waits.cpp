// Who waits for which plan, by iterators into one list of requests.
#include "verdict_waits.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice::actors {

std::string verdict_waits::verdict_of(const plan_id& id) const {
  const auto known = verdicts_.find(id);
  return known == verdicts_.end() ? std::string{} : known->second;
}

void verdict_waits::take(waiting_request w, instant now) {
  for (auto& f : w.fates)
    if (f.awaited) {
      f.verdict = verdict_of(f.judged_as());
      f.awaited = f.verdict.empty();
    }
  if (w.until <= now || waiting_.size() >= waiting_max_ ||
      std::ranges::none_of(w.fates, &plan_fate::awaited))
    return w.answer(plans_response(w.fates, w.batch));
  waiting_.push_back(std::move(w));
  const auto at = std::prev(waiting_.end());
  for (const auto& f : at->fates)
    if (f.awaited)
      waiters_[f.judged_as()].push_back(at);
}

void verdict_waits::judged(const plan_id& id, std::string verdict) {
  if (auto waiters = waiters_.extract(id))
    for (const auto at : waiters.mapped())
      tell(at, id, verdict);
  if (verdicts_.emplace(id, std::move(verdict)).second)
    kept_.push_back(id);
  while (kept_.size() > kept_max) {
    verdicts_.erase(kept_.front());
    kept_.pop_front();
  }
}

/// A request that waits for one plan twice is told twice.
void verdict_waits::tell(request_list::iterator at, const plan_id& id, const std::string& verdict) {
  const auto awaits = [&](const plan_fate& f) { return f.awaited && f.judged_as() == id; };
  const auto fate = std::ranges::find_if(at->fates, awaits);
  if (fate == at->fates.end())
    return;
  fate->verdict = verdict;
  fate->awaited = false;
  if (std::ranges::none_of(at->fates, &plan_fate::awaited))
    finish(at);
}

void verdict_waits::finish(request_list::iterator at) {
  at->answer(plans_response(at->fates, at->batch));
  for (const auto& f : at->fates)
    if (const auto waiters = waiters_.find(f.judged_as()); waiters != waiters_.end()) {
      std::erase(waiters->second, at);
      if (waiters->second.empty())
        waiters_.erase(waiters);
    }
  waiting_.erase(at);
}

std::optional<instant> verdict_waits::run_out(instant now) {
  std::optional<instant> next;
  for (auto at = waiting_.begin(); at != waiting_.end();) {
    const auto here = at++;
    if (here->until <= now)
      finish(here);
    else if (!next || here->until < *next)
      next = here->until;
  }
  return next;
}

void verdict_waits::end() {
  waiters_.clear();
  for (const auto& w : std::exchange(waiting_, {}))
    w.answer(plans_response(w.fates, w.batch));
}

}  // namespace sluice::actors
