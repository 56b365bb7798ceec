// A configuration that is read again while the process runs: who orders it, and what each stage is
// told of it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sluice/domain/record.hpp"
#include "sluice/domain/setting_fault.hpp"
#include "sluice/exits/settings.hpp"
#include "sluice/gate/settings.hpp"
#include "sluice/ledger/settings.hpp"
#include "sluice/planning/source_desk.hpp"

namespace sluice::actors {

/// Read the file again and put into force what may change while the process runs.
struct reload_settings {
  std::string author{};
  std::string reason{};
};
/// With faults nothing has changed.
struct reload_outcome {
  std::string file{};
  std::vector<setting_fault> faults{};  ///< Key, and the line that `sluice check` prints.
  std::vector<setting_change> applied{};
  std::vector<setting_change> restart_needed{};
  /// Of those applied, the keys that an override still holds at another value.
  std::vector<std::string> overridden{};
};
struct settings_reloaded {
  std::shared_ptr<const reload_outcome> outcome{};
};

/// What is normal for the gate from now on; overrides stand.
struct gate_settings_changed {
  gate_settings now{};
};
/// Beyond these ages truth is not judged by.
struct stale_limits_changed {
  milliseconds exit{10'000};
  milliseconds entry{10'000};
};
/// How often the margin is read; none: not at all.
struct margin_period_changed {
  std::optional<milliseconds> now{};
};
/// Which symbols may be opened; empty: all.
struct allowed_symbols_changed {
  std::vector<std::string> now{};
};
struct exit_settings_changed {
  exit_settings now{};
};
struct reconcile_settings_changed {
  reconcile_settings now{};
};
/// The files of the sources' tokens were read again.
struct source_tokens_changed {
  source_tokens now{};
};

/// The settings in force, as status shows them.
struct settings_view {
  std::string document{};  ///< Of /api/v1/config.
  std::string hash{};      ///< Of all values.
  gate_settings gate{};
  exit_settings exits{};
  std::vector<std::string> restart_needed{};  ///< Keys of the file that wait for a restart.
};
struct settings_told {
  std::shared_ptr<const settings_view> now{};
};

}  // namespace sluice::actors
