// The rules of the house that a program can check, one function each.
#pragma once

#include "source_tree.hpp"

namespace sluice::structure {

inline constexpr std::size_t file_lines_max = 400;
inline constexpr std::size_t function_lines_max = 70;

/// The layer a file belongs to: "gate", "cli", "main"; the same for its headers, sources and tests.
/// "support" and "bench" for what belongs to none.
[[nodiscard]] std::string layer_of(std::string_view path);

/// Layers include only what stands before them in the pipeline.
[[nodiscard]] violations check_direction(const source_file& f);
/// Each third-party library has its one home, and no public header brings one along but CAF's.
[[nodiscard]] violations check_libraries(const source_file& f);
/// Files have at most 400 lines.
[[nodiscard]] violations check_file_length(const source_file& f);
/// Functions have at most 70 lines, from their first line to the closing brace.
[[nodiscard]] violations check_function_length(const source_file& f);
/// A file begins with a sentence that says what it holds.
[[nodiscard]] violations check_first_comment(const source_file& f);
/// Pure layers ask no clock and open no file.
[[nodiscard]] violations check_purity(const source_file& f);
/// No pointer is kept into what a board shows without what owns it: another thread replaces it.
[[nodiscard]] violations check_borrowing(const source_file& f);
/// Nothing is left for later in a comment.
[[nodiscard]] violations check_leftovers(const source_file& f);

[[nodiscard]] violations check_all(const source_file& f);

}  // namespace sluice::structure
