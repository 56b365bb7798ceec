// One fault found in a configuration: the setting it concerns and what is wrong, as values, so that
// every layer can check its own settings and the configuration can report all faults together.
#pragma once

#include <string>

namespace sluice {

/// A setting that cannot be used.
struct setting_fault {
  /// The setting's name inside its own table, for example `bound`.
  std::string key{};
  /// What is wrong and what would be accepted, as an operator reads it.
  std::string text{};
};

}  // namespace sluice
