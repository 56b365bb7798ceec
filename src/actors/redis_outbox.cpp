// One mutex for both directions: they are rare beside what the threads wait for.
#include "sluice/actors/redis_outbox.hpp"

#include <utility>

namespace sluice::actors {

bool redis_outbox::put(redis_job job) {
  const std::lock_guard lock(mutex_);
  if (jobs_.size() >= jobs_max)
    return false;
  jobs_.push_back(std::move(job));
  changed_.notify_all();
  return true;
}

std::vector<redis_job> redis_outbox::take(const std::stop_token& stop, std::size_t most,
                                          milliseconds wait) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, wait, [this] { return !jobs_.empty(); });
  std::vector<redis_job> taken;
  while (!jobs_.empty() && taken.size() < most) {
    taken.push_back(std::move(jobs_.front()));
    jobs_.pop_front();
  }
  return taken;
}

void redis_outbox::grant() {
  const std::lock_guard lock(mutex_);
  ++grants_;
  changed_.notify_all();
}

bool redis_outbox::await_grant(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  if (!changed_.wait(lock, stop, [this] { return grants_ > 0; }))
    return false;
  --grants_;
  return true;
}

}  // namespace sluice::actors
