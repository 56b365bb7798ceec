// Draws and counts what was found.
#include "diagnosis.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

namespace sluice::cli {
namespace {

namespace json = boost::json;

tone tone_of(grade g) {
  return g == grade::pass ? tone::good : g == grade::warn ? tone::warning : tone::bad;
}

auto count_of(const diagnosis& d, grade g) {
  return std::ranges::count(d, g, &finding_line::how);
}

}  // namespace

std::string_view to_string(grade g) {
  return g == grade::pass ? "pass" : g == grade::warn ? "warn" : "fail";
}

grade worst(const diagnosis& d) {
  const auto found = std::ranges::max_element(d, {}, &finding_line::how);
  return found == d.end() ? grade::pass : found->how;
}

int exit_code_of(const diagnosis& d) {
  const auto how = worst(d);
  return how == grade::fail ? 3 : how == grade::warn ? 1 : 0;
}

std::string draw(const diagnosis& d, std::size_t width, const painter& paint) {
  std::string out;
  for (const auto& line : d) {
    const auto head =
        fmt::format("{}  {:<10} ", paint(tone_of(line.how), to_string(line.how)), line.step);
    out += hanging(head, line.seen, width);
    if (!line.cure.empty())
      out += hanging(std::string(17, ' ') + "cure: ", line.cure, width);
  }
  return out + fmt::format("\n{} pass, {} warn, {} fail\n", count_of(d, grade::pass),
                           count_of(d, grade::warn), count_of(d, grade::fail));
}

std::string as_json(const diagnosis& d) {
  json::array rows;
  for (const auto& line : d)
    rows.push_back(json::object{
        {"step", line.step},
        {"result", to_string(line.how)},
        {"seen", line.seen},
        {"cure", line.cure.empty() ? json::value(nullptr) : json::value(json::string(line.cure))}});
  return json::serialize(json::object{{"worst", to_string(worst(d))}, {"checks", std::move(rows)}});
}

}  // namespace sluice::cli
