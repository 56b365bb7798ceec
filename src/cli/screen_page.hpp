// A page of text that fits a width: lines, headings, facts beside their names, tables.
#pragma once

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>

#include "text_table.hpp"

namespace sluice::cli {

struct screen_page {
  std::size_t width{80};
  const painter& paint;
  std::string_view indent{};    ///< Before the name of a fact.
  std::size_t names_width{10};  ///< Of the column of names.
  std::string out{};

  void line(std::string_view text) { out += cut(text, width) + "\n"; }
  void heading(std::string_view text) {
    out += "\n" + paint(tone::strong, cut(text, width)) + "\n";
  }
  void fact(std::string_view name, std::string_view text) {
    out += hanging(fmt::format("{}{:<{}}", indent, name, names_width), text, width);
  }
  void table(std::string_view title, const text_table& rows) {
    if (rows.empty())
      return;
    heading(title);
    out += rows.draw(width, paint);
  }
};

}  // namespace sluice::cli
