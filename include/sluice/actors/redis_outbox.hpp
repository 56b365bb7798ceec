// What the bridge hands to the threads that talk to Redis: jobs to do, and leave to read on.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <stop_token>
#include <vector>

#include "sluice/actors/redis_messages.hpp"
#include "sluice/domain/time.hpp"

namespace sluice::actors {

/// Thread-safe; nobody but the threads of the link ever waits.
class redis_outbox {
 public:
  static constexpr std::size_t jobs_max = 20'000;

  /// False when it is full; the job was not taken then.
  [[nodiscard]] bool put(redis_job job);
  /// The oldest, at most `most`; waits up to `wait` for the first one.
  [[nodiscard]] std::vector<redis_job> take(const std::stop_token& stop, std::size_t most,
                                            milliseconds wait);

  /// One more batch may be delivered. The first one may without.
  void grant();
  /// Waits for leave to deliver a batch; false when it is to stop.
  [[nodiscard]] bool await_grant(const std::stop_token& stop);

 private:
  std::mutex mutex_{};
  std::condition_variable_any changed_{};
  std::deque<redis_job> jobs_{};
  std::size_t grants_{1};
};

}  // namespace sluice::actors
