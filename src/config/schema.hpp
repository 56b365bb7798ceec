// The description of every key, made once per settings struct: from it come parsing, refusals,
// defaults, the sample file, the dump and the list of changes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "document.hpp"
#include "sluice/config/report.hpp"
#include "sluice/domain/setting_fault.hpp"

namespace sluice::config {

/// One key, bound to the member of a settings object that holds its value.
struct key {
  std::string name{};
  std::string help{};   ///< What it is, with unit and reason, as sentences.
  std::string takes{};  ///< What is allowed: "a duration from 100ms to 10m, e.g. \"2s\"".
  key_kind kind{key_kind::text};
  changes when{changes::at_restart};
  bool required{false};
  std::string* file{nullptr};  ///< Set when it names a file: "$CREDENTIALS_DIRECTORY" is replaced.
  /// Stores a value; or says what was wrong with it, without repeating `takes`.
  std::function<std::optional<std::string>(const node&)> read{};
  std::function<std::string()> text{};  ///< The value as it stands in a file.
};

struct section;

/// Tables of one form whose last names the file chooses, e.g. [exits.symbols.BTCUSDT]. What such a
/// table does not say it takes from where its settings were copied from.
struct table_family {
  std::string name{};  ///< "symbols", within its section.
  std::string help{};
  std::string example{};  ///< A name for the sample file, e.g. "BTCUSDT".
  std::size_t tables_max{0};
  /// Says what is wrong with a table's name, or nothing.
  std::function<std::optional<std::string>(std::string_view)> check_name{};
  /// The names that the settings hold.
  std::function<std::vector<std::string>()> names{};
  /// Describes the table of this name, made first if the settings have none.
  std::function<section(std::string_view)> describe{};
};

/// One table of the file; the top level has no name.
struct section {
  std::string name{};
  std::string help{};
  std::vector<key> keys{};
  std::vector<table_family> families{};
  /// Relations between the values of this table.
  std::function<std::vector<setting_fault>()> validate{};

  [[nodiscard]] const key* find(std::string_view key_name) const;
  [[nodiscard]] const table_family* find_family(std::string_view family_name) const;
};

using schema = std::vector<section>;

/// "snapshot.bound", or "mode" at the top level.
[[nodiscard]] std::string full_name(const section& s, const key& k);
[[nodiscard]] std::string full_name(std::string_view section_name, std::string_view key_name);

}  // namespace sluice::config
