// Measures, leaves out, cuts, and only then writes.
#include "text_table.hpp"

#include <algorithm>
#include <numeric>

namespace sluice::cli {
namespace {

constexpr std::size_t indent = 2;
constexpr std::size_t gap = 2;
constexpr std::size_t cut_to_min = 6;

/// Of the columns that are shown: those with a width.
std::size_t whole_width(const std::vector<std::size_t>& widths) {
  const auto shown =
      static_cast<std::size_t>(std::ranges::count_if(widths, [](std::size_t w) { return w > 0; }));
  return indent + std::accumulate(widths.begin(), widths.end(), std::size_t{0}) +
         (shown > 0 ? (shown - 1) * gap : 0);
}

void leave_out(const std::vector<column>& columns, std::vector<std::size_t>& widths,
               std::size_t limit) {
  while (whole_width(widths) > limit) {
    std::size_t chosen = columns.size();
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (widths[i] > 0 && columns[i].rank > 0 &&
          (chosen == columns.size() || columns[i].rank > columns[chosen].rank))
        chosen = i;
    if (chosen == columns.size())
      return;
    widths[chosen] = 0;
  }
}

void cut_down(const std::vector<column>& columns, std::vector<std::size_t>& widths,
              std::size_t limit) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const auto now = whole_width(widths);
    if (now <= limit || !columns[i].may_cut || widths[i] == 0)
      continue;
    const auto too_much = now - limit;
    widths[i] =
        widths[i] > too_much + cut_to_min ? widths[i] - too_much : std::min(widths[i], cut_to_min);
  }
}

}  // namespace

std::vector<std::size_t> text_table::widths() const {
  std::vector<std::size_t> out(columns_.size(), 0);
  for (const auto& row : rows_)
    for (std::size_t i = 0; i < columns_.size(); ++i)
      out[i] = std::max(out[i], width_of(row[i].text));
  for (std::size_t i = 0; i < columns_.size(); ++i)
    if (out[i] > 0)
      out[i] = std::max(out[i], width_of(columns_[i].title));
  return out;
}

std::string text_table::draw(std::size_t width, const painter& paint) const {
  auto room = widths();
  leave_out(columns_, room, width);
  cut_down(columns_, room, width);
  std::string out;
  const auto line = [&](const auto& cell_at) {
    std::string text(indent, ' ');
    std::size_t pending = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      if (room[i] == 0)
        continue;
      const cell one = cell_at(i);
      const auto shown = cut(one.text, room[i]);
      const auto padding = room[i] - width_of(shown);
      text.append(pending, ' ');
      if (columns_[i].side == align::right)
        text.append(padding, ' ');
      text += paint(one.how, shown);
      pending = gap + (columns_[i].side == align::left ? padding : 0);
    }
    out += cut(text, width) + "\n";
  };
  line([&](std::size_t i) { return cell{columns_[i].title, tone::dim}; });
  for (const auto& row : rows_)
    line([&](std::size_t i) { return row[i]; });
  return out;
}

}  // namespace sluice::cli
