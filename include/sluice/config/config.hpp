// The whole configuration of one process, and how a file becomes it: all or nothing, all faults at
// once.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "sluice/config/fault.hpp"
#include "sluice/domain/side.hpp"
#include "sluice/exchange/settings.hpp"
#include "sluice/execution/settings.hpp"
#include "sluice/exits/settings.hpp"
#include "sluice/gate/limits_settings.hpp"
#include "sluice/gate/settings.hpp"
#include "sluice/journal/settings.hpp"
#include "sluice/ledger/settings.hpp"
#include "sluice/planning/settings.hpp"
#include "sluice/redis/settings.hpp"
#include "sluice/simulator/settings.hpp"
#include "sluice/status/settings.hpp"
#include "sluice/truth/settings.hpp"

namespace sluice::config {

/// Files that hold an account's API key and secret; a configuration never holds them itself.
/// Whether they exist and who may read them is checked at start, not here.
struct key_files {
  std::string api_key_file{};
  std::string api_secret_file{};
};

/// The same of the simulated exchange, which may know an Ed25519 key's public half instead of a
/// secret.
struct venue_key_files : key_files {
  std::string api_public_key_file{};
};

/// Where a configuration came from.
struct origin {
  std::string file{};
  /// Keys ("snapshot.bound") and tables ("snapshot") that the file names, with their places.
  std::map<std::string, place, std::less<>> given{};
  /// Keys whose value holds the environment's $CREDENTIALS_DIRECTORY.
  std::set<std::string, std::less<>> expanded{};
};

/// Everything that can be set, with the defaults of every layer. One member per table of the file.
struct settings {
  settings();  ///< Defaults: mode demo, no exchange named.

  run_mode mode{run_mode::demo};
  std::string account{"demo"};  ///< Names the journal and the client order ids; [a-z0-9-]{1,16}.
  bool live{false};             ///< Says again that real money is meant; mode live needs it.

  ::sluice::exchange::settings exchange{};  ///< recv_window_orders follows executor.recv_window.
  key_files keys{};                         ///< Stand in the table [exchange].
  snapshot_settings snapshot{};
  stall_settings watchdog{};
  universe_settings universe{};
  gate_settings gate{};
  limits_settings limits{};
  intake_settings intake{};
  ::sluice::redis::settings redis{};  ///< Stand in the table [intake.redis], both.
  upstream_settings upstream{};
  planner_settings planner{};
  reconcile_settings reconcile{};
  executor_settings executor{};
  exit_settings exits{};
  stop_settings protective_stops{};
  dead_man_settings dead_man{};
  flatten_settings flatten{};
  ::sluice::journal::journal_settings journal{};
  ::sluice::status::http_settings status{};
  ::sluice::status::log_settings log{};
  ::sluice::simulator::settings simulator{};
  venue_key_files
      simulator_keys{};  ///< Stand in the table [simulator]; empty: random at every start.

  origin from{};
};

/// What a configuration may take from the process's environment, as a value.
struct environment {
  /// Replaces "$CREDENTIALS_DIRECTORY" at the start of file names; without it they stay as they
  /// are.
  std::optional<std::string> credentials_directory{};
};
[[nodiscard]] environment process_environment();

/// Files larger than this are refused unread.
inline constexpr std::size_t file_bytes_max = 1024UL * 1024;

/// Reads a configuration from TOML text; `name` is what faults call the file. Faults are sorted by
/// place and never hold a secret.
[[nodiscard]] std::variant<settings, faults> parse(std::string_view text, std::string_view name,
                                                   const environment& env = {});

/// The same of a file; one that cannot be read is a fault of line 0.
[[nodiscard]] std::variant<settings, faults> load(const std::string& path,
                                                  const environment& env = {});

}  // namespace sluice::config
