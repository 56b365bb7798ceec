// Signals as something a thread can wait for, instead of something that interrupts anywhere.
#pragma once

#include <atomic>
#include <csignal>
#include <string>

#include "sluice/actors/application.hpp"

namespace sluice::cli {

/// Blocks SIGTERM, SIGINT, SIGHUP, SIGURG, SIGUSR1 and SIGUSR2 for this thread and all that it
/// starts; make one before any other thread exists.
class signal_gate {
 public:
  signal_gate();
  signal_gate(const signal_gate&) = delete;
  signal_gate& operator=(const signal_gate&) = delete;
  ~signal_gate() = default;

  /// Waits for SIGTERM or SIGINT and names it; empty after wake(). Meanwhile SIGUSR1 restricts to
  /// halted, SIGUSR2 to reduce_only, SIGHUP hangs up, and SIGURG opens the log anew. Waiting again
  /// after SIGTERM or SIGINT serves these until wake(); a second SIGTERM or SIGINT ends the process
  /// at once.
  [[nodiscard]] std::string wait(const actors::signal_sinks& sinks = {});
  /// Ends the wait, from any thread.
  void wake();

 private:
  sigset_t set_{};
  std::atomic<bool> woken_{false};
};

}  // namespace sluice::cli
