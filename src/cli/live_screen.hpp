// The terminal while a command keeps it: alternate screen and single keys, given back in any case.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace sluice::cli {

/// What ended a wait.
enum class key_event : std::uint8_t {
  none,    ///< The time was over.
  quit,    ///< q, Q, Ctrl-C, SIGTERM, SIGHUP, or the terminal is gone.
  redraw,  ///< The size changed, or the process was continued after Ctrl-Z.
};

/// Signals that end a command in order; from its construction until its end they end no process.
/// One at a time.
class ending_signals {
 public:
  ending_signals();
  ending_signals(const ending_signals&) = delete;
  ending_signals& operator=(const ending_signals&) = delete;
  ~ending_signals();

  /// SIGINT, SIGTERM or SIGHUP came.
  [[nodiscard]] bool came() const;

 private:
  struct saved;
  std::unique_ptr<saved> saved_;
};

/// Takes the terminal of standard input and output. Without one it does nothing but wait.
class live_screen {
 public:
  live_screen();
  live_screen(const live_screen&) = delete;
  live_screen& operator=(const live_screen&) = delete;
  ~live_screen();

  /// Replaces what is shown; `lines` is cut at the terminal's last row.
  void show(const std::string& lines);
  /// Waits for a key, a signal or the time.
  [[nodiscard]] key_event wait(int milliseconds_max);

 private:
  void enter();
  void leave();
  void stop_and_continue();

  struct terminal;
  std::unique_ptr<terminal> terminal_;
  ending_signals ending_{};
};

}  // namespace sluice::cli
