// What a file that is read again changes in a running process: whole or not at all.
#pragma once

#include <variant>
#include <vector>

#include "sluice/config/config.hpp"
#include "sluice/config/report.hpp"

namespace sluice::config {

/// The settings from now on.
struct reload {
  settings now{};                        ///< With every change that needs no restart.
  std::vector<change> applied{};         ///< In the order of the sample file.
  std::vector<change> restart_needed{};  ///< In the file, and not in force before a restart.
};

/// Puts what may change by reload of `fresh`, a file that loads, into the settings in force. Faults
/// when the file is of another mode, account, venue or state, when it lets every symbol be traded
/// without saying so, and when the result would break a relation that the file itself keeps, because the rest of it waits
/// for a restart; then nothing is to be changed.
[[nodiscard]] std::variant<reload, faults> plan_reload(const settings& in_force,
                                                       const settings& fresh);

}  // namespace sluice::config
