// What the machine itself adds to every hand-over between threads, measured beside a benchmark.
#pragma once

#include <atomic>
#include <chrono>
#include <semaphore>
#include <thread>
#include <utility>
#include <vector>

#include "waiting.hpp"

namespace sluice::bench {

/// How long a thread takes to wake another one, again and again until its end: what the machine
/// adds to every hand-over between actors, whatever they do.
class wake_floor {
 public:
  wake_floor()
      : sleeper_([this] {
          for (called_.acquire(); !over_; called_.acquire()) {
            us_.push_back(us_between(call_, std::chrono::steady_clock::now()));
            answered_.release();
          }
        }),
        caller_([this] {
          while (!over_) {
            std::this_thread::sleep_for(std::chrono::microseconds{500});
            call_ = std::chrono::steady_clock::now();
            called_.release();
            answered_.acquire();
          }
        }) {}

  /// Ends the measurement.
  std::vector<double> take() {
    over_ = true;
    answered_.release();
    caller_.join();
    called_.release();
    sleeper_.join();
    return std::move(us_);
  }

 private:
  std::atomic<bool> over_{false};
  std::counting_semaphore<> called_{0};
  std::counting_semaphore<> answered_{0};
  instant call_{};
  std::vector<double> us_{};
  std::thread sleeper_;
  std::thread caller_;
};

}  // namespace sluice::bench
