// What is wrong with a configuration file, and where: one value per fault, all of them at once.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <vector>

namespace sluice::config {

/// A place in a file; lines and columns count from 1, 0 means that the file does not name it.
struct place {
  std::uint32_t line{0};
  std::uint32_t column{0};
  friend auto operator<=>(const place&, const place&) = default;
};

/// One thing that keeps the configuration from being used.
struct fault {
  std::string file{};
  place at{};
  std::string key{};   ///< "snapshot.bound"; empty when the text is not TOML there.
  std::string text{};  ///< What was wrong, and what is allowed. Never holds a secret.
  friend bool operator==(const fault&, const fault&) = default;
};
using faults = std::vector<fault>;

/// "demo.toml:12:9: snapshot.bound: takes ...", as compilers write it.
[[nodiscard]] std::string to_string(const fault& f);

}  // namespace sluice::config
