// The thread that writes log lines, so that a slow disk delays nobody but itself.
#pragma once

#include <functional>
#include <memory>

#include "log_sinks.hpp"
#include "sluice/status/logger.hpp"

namespace sluice::status {

/// Takes what came of a reopen that was asked for: first whether it failed, and once it was made up
/// for, that. Called by the writing thread; may push.
using reopen_teller = std::function<void(bool opened)>;

/// Thread-safe.
class log_writer {
 public:
  /// Between two tries to open a file that takes no lines, or was not opened when asked for.
  static constexpr milliseconds retry_pause_standard{1'000};

  log_writer(std::unique_ptr<log_sinks> sinks, std::size_t queue_lines_max, reopen_teller tell = {},
             milliseconds retry_pause = retry_pause_standard);
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;
  ~log_writer();

  /// Queues a line, or counts it as dropped when the queue is full.
  void push(log_entry_ptr line);
  /// At the next turn of the thread. When it fails it is tried again with the lines to come.
  void reopen();
  /// False when something was still unwritten after `limit`.
  bool flush(milliseconds limit);
  /// Writes what waits, for at most `limit`, then ends the thread; a thread that hangs in a write
  /// is left behind with all it needs.
  void stop(milliseconds limit);
  [[nodiscard]] std::uint64_t dropped() const;
  [[nodiscard]] std::uint64_t write_failures() const;

 private:
  struct state;
  class reopening;
  std::shared_ptr<state> state_;
  struct thread_handle;
  std::unique_ptr<thread_handle> thread_;
};

}  // namespace sluice::status
