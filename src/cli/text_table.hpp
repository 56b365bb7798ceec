// Rows and columns as text that fits a width: what does not fit is left out by importance, and only
// then cut.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "terminal.hpp"

namespace sluice::cli {

enum class align : std::uint8_t { left, right };

struct column {
  std::string title{};
  align side{align::left};
  int rank{0};          ///< 0 always stays; of the others the highest goes first.
  bool may_cut{false};  ///< Its cells may be cut when all else was left out.
};

struct cell {
  std::string text{};
  tone how{tone::plain};
};

class text_table {
 public:
  explicit text_table(std::vector<column> columns) : columns_(std::move(columns)) {}

  /// A row has as many cells as there are columns.
  void add(std::vector<cell> row) { rows_.push_back(std::move(row)); }
  [[nodiscard]] bool empty() const { return rows_.empty(); }

  /// Title line and rows, each indented by two and ended by a line break, none wider than `width`.
  /// Columns whose cells are all empty are left out.
  [[nodiscard]] std::string draw(std::size_t width, const painter& paint) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths() const;

  std::vector<column> columns_;
  std::vector<std::vector<cell>> rows_{};
};

}  // namespace sluice::cli
