// The thread that writes log lines, so that a slow disk delays nobody but itself.
#pragma once

#include <memory>

#include "log_sinks.hpp"
#include "sluice/status/logger.hpp"

namespace sluice::status {

/// Thread-safe.
class log_writer {
 public:
  log_writer(std::unique_ptr<log_sinks> sinks, std::size_t queue_lines_max);
  log_writer(const log_writer&) = delete;
  log_writer& operator=(const log_writer&) = delete;
  ~log_writer();

  /// Queues a line, or counts it as dropped when the queue is full.
  void push(log_entry_ptr line);
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
  std::shared_ptr<state> state_;
  struct thread_handle;
  std::unique_ptr<thread_handle> thread_;
};

}  // namespace sluice::status
