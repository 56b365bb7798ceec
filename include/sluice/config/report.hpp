// What can be told about a configuration: every key, its value and where it came from, the sample
// file, and what differs between two of them.
#pragma once

#include <string>
#include <vector>

#include "sluice/config/config.hpp"

namespace sluice::config {

/// When a changed value takes effect.
enum class changes { at_reload, at_restart };

enum class key_kind { flag, integer, decimal, duration, durations, byte_size, word, text, list };

/// One key as documentation and tools see it.
struct key_info {
  std::string name{};  ///< "snapshot.bound".
  std::string help{};
  std::string takes{};  ///< What is allowed.
  key_kind kind{key_kind::text};
  changes when{changes::at_restart};
  bool required{false};
  std::string value{};   ///< As it would stand in a file.
  place given_at{};      ///< Line 0: not in the file, the default holds.
  std::string source{};  ///< "default", "sluice.toml:12", and "with $CREDENTIALS_DIRECTORY".
};

/// Every key in the order of the sample file. Holds no secrets: settings name files only.
[[nodiscard]] std::vector<key_info> keys_of(const settings& s);

/// A line per key: "snapshot.bound = "2s"  # demo.toml:12" or "# default". What the environment had
/// a part in says so: "# demo.toml:12 with $CREDENTIALS_DIRECTORY".
[[nodiscard]] std::string show(const settings& s);

/// The text of config/default.toml: every key with its default, unit and reason.
[[nodiscard]] std::string default_document();

/// The text of docs/configuration.md: the same as a page, a table for each table of the file.
[[nodiscard]] std::string reference_document();

/// A key whose value differs between two configurations.
struct change {
  std::string name{};
  std::string before{};  ///< Empty: its table is new.
  std::string after{};   ///< Empty: its table is gone.
  changes when{changes::at_restart};
};

/// What a reload would change, in the order of the sample file. A reload is possible when every
/// change is `at_reload`.
[[nodiscard]] std::vector<change> diff(const settings& before, const settings& after);

}  // namespace sluice::config
