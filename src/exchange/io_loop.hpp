// The one thread that owns every socket of the client, and timers on it, without naming the
// library.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "sluice/domain/time.hpp"

namespace sluice::exchange {

class io_loop {
 public:
  struct impl;

  /// `look_up` finds addresses of hosts on threads of its own; the system does when it is empty.
  explicit io_loop(std::function<std::vector<std::string>(const std::string&)> look_up = {});
  io_loop(const io_loop&) = delete;
  io_loop& operator=(const io_loop&) = delete;
  ~io_loop();

  void post(std::function<void()> work);
  [[nodiscard]] bool on_loop_thread() const;
  /// Nothing posted or pending runs any more. Joins the thread unless called on it.
  void stop();

  [[nodiscard]] impl& internals() { return *impl_; }

 private:
  std::unique_ptr<impl> impl_;
};

/// One shot, restartable; loop thread only. Its work never runs after cancel() or destruction.
class loop_timer {
 public:
  explicit loop_timer(io_loop& loop);
  loop_timer(const loop_timer&) = delete;
  loop_timer& operator=(const loop_timer&) = delete;
  ~loop_timer();

  void start(milliseconds wait, std::function<void()> work);
  void cancel();

 private:
  struct impl;
  std::shared_ptr<impl> impl_;
};

}  // namespace sluice::exchange
