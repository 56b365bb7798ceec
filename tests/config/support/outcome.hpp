// Short ways to parse a text and to ask what came of it.
#pragma once

#include <fstream>
#include <iterator>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <fmt/format.h>

#include "sluice/config/config.hpp"
#include "support/catch.hpp"

namespace sluice::config {

/// The faults of a text, as they are printed; empty when it loads.
inline std::vector<std::string> faults_of(std::string_view text, const environment& env = {}) {
  std::vector<std::string> lines;
  const auto outcome = parse(text, "test.toml", env);
  if (const auto* found = std::get_if<faults>(&outcome))
    for (const auto& f : *found)
      lines.push_back(to_string(f));
  return lines;
}

/// The settings of a text that must load.
inline settings settings_of(std::string_view text, const environment& env = {}) {
  const auto lines = faults_of(text, env);
  if (!lines.empty())
    FAIL("unexpected fault: " << lines.front());
  return std::get<settings>(parse(text, "test.toml", env));
}

inline bool any_contains(const std::vector<std::string>& lines, std::string_view part) {
  for (const auto& line : lines)
    if (line.find(part) != std::string::npos)
      return true;
  return false;
}

inline std::string file_text(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

inline std::string source_path(const std::string& relative) {
  return fmt::format("{}/{}", SLUICE_SOURCE_DIR, relative);
}

}  // namespace sluice::config
