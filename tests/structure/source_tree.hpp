// The source files of the project as text, with the layer each belongs to.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::structure {

struct source_file {
  std::string path{};  ///< Relative to the project, with forward slashes.
  std::vector<std::string> lines{};
};

/// A rule that is broken, at a line that counts from 1.
struct violation {
  std::string path{};
  std::size_t line{0};
  std::string text{};
};
using violations = std::vector<violation>;

/// "src/gate/judge.cpp:12: ..."
[[nodiscard]] std::string to_string(const violation& v);

/// Made of text, for tests of the rules themselves.
[[nodiscard]] source_file make_file(std::string path, std::string_view text);

/// Every .hpp and .cpp under include, src, tests and bench, sorted by path.
[[nodiscard]] std::vector<source_file> read_tree(const std::filesystem::path& root);

/// The lines with comments, texts, characters and preprocessor directives blanked, so that only
/// code is left; their number stays.
[[nodiscard]] std::vector<std::string> code_of(const source_file& f);

}  // namespace sluice::structure
