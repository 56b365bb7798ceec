// Which fetch worker is on which read: found by either, gone once it has ended.
#pragma once

#include <caf/all.hpp>

#include <optional>
#include <unordered_map>

#include "sluice/truth/read_scheduler.hpp"

namespace sluice::actors {

/// A read stays on the roster after the scheduler gave it up: its late reply still counts.
class worker_roster {
 public:
  void started(const read_job& job, const caf::actor_addr& worker) {
    by_worker_[worker] = job.id;
    running_.insert_or_assign(job.id, on_duty{job, worker});
  }

  /// The worker has its reply. None when it is not on the roster.
  std::optional<read_job> ended(std::uint64_t job) {
    const auto found = running_.find(job);
    if (found == running_.end())
      return std::nullopt;
    const auto gone = found->second;
    running_.erase(found);
    by_worker_.erase(gone.worker);
    return gone.job;
  }

  /// The worker ended. None when it had its reply before.
  std::optional<read_job> died(const caf::actor_addr& worker) {
    const auto found = by_worker_.find(worker);
    return found == by_worker_.end() ? std::nullopt : ended(found->second);
  }

 private:
  struct on_duty {
    read_job job{};
    caf::actor_addr worker{};
  };
  std::unordered_map<std::uint64_t, on_duty> running_{};
  std::unordered_map<caf::actor_addr, std::uint64_t> by_worker_{};
};

}  // namespace sluice::actors
