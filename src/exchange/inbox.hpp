// Calls from any thread on their way to the loop, with a definite end.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <utility>

#include "io_loop.hpp"

namespace sluice::exchange {

/// Work for the loop from any thread, in order, with a definite end: after shut() nothing is taken
/// in.
class inbox {
 public:
  /// False when nothing is taken in any more.
  [[nodiscard]] bool put(io_loop& loop, std::function<void()> work) {
    const std::lock_guard lock(mutex_);
    if (shut_)
      return false;
    waiting_.push_back(std::move(work));
    loop.post([this] { run_one(); });
    return true;
  }
  /// True for the first caller.
  [[nodiscard]] bool shut() {
    const std::lock_guard lock(mutex_);
    return !std::exchange(shut_, true);
  }
  /// Loop thread only.
  void run_all() {
    while (run_one()) {
    }
  }

 private:
  bool run_one() {
    std::function<void()> work;
    {
      const std::lock_guard lock(mutex_);
      if (waiting_.empty())
        return false;
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    work();
    return true;
  }

  std::mutex mutex_{};
  std::deque<std::function<void()>> waiting_{};
  bool shut_{false};
};

}  // namespace sluice::exchange
