// The running product: everything built in order, run until told to end, taken down in order.
#pragma once

#include <functional>
#include <string>

#include "sluice/actors/service_manager.hpp"
#include "sluice/config/config.hpp"

namespace sluice::actors {

/// Exit codes of the binary, as sysexits.h has them.
enum class exit_code : int {
  ok = 0,
  failed = 1,
  usage = 2,
  left_open = 3,       ///< A flatten ended before everything was flat.
  unavailable = 69,    ///< A port is taken, the simulated exchange cannot start.
  io_error = 74,       ///< The journal cannot be written, or is damaged.
  temporary = 75,      ///< Another instance holds the state directory.
  no_permission = 77,  ///< A secret's file that others may touch.
  config = 78,         ///< The configuration cannot be used.
};

struct build_info {
  std::string version{};
  std::string revision{};
};

/// Takes a state that is the most permitted from now on, and who wants it so.
using restriction_sink = std::function<void(trading_state most, std::string reason)>;

/// What signals ask for while the process runs.
struct signal_sinks {
  restriction_sink restrict {};
  std::function<void()> open_log{};  ///< Open the log anew, and nothing else.
  std::function<void()> hang_up{};   ///< Open the log anew and read the configuration again.
};

/// How the run meets the outside world.
struct run_hooks {
  /// Blocks until the process shall end, and says why; returns empty after stop_waiting. Meanwhile
  /// calls the sinks for whatever else is asked for. Called once more while the process ends, and
  /// then until stop_waiting.
  std::function<std::string(const signal_sinks& sinks)> wait_for_signal{};
  /// Wakes wait_for_signal up.
  std::function<void()> stop_waiting{};
  /// Who started the process and watches over it.
  service_manager manager{};
  config::environment environment{};  ///< For when the configuration is read again.
  /// Called once with the address of the status server when everything runs.
  std::function<void(const std::string& status_url)> running{};
};

/// Builds and starts everything, runs until a signal or a failure, and takes everything down.
/// Errors are logged to stderr and become the exit code.
[[nodiscard]] exit_code run_application(const config::settings& chosen, const build_info& build,
                                        const run_hooks& hooks);

}  // namespace sluice::actors
