// Splits lines at blanks that stand outside of quotes, and compares.
#include "log_line.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "json_view.hpp"

namespace sluice::cli {
namespace {

/// The next word of a line; quotes keep blanks together, a backslash keeps a quote.
std::string_view next_word(std::string_view& rest) {
  rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
  bool quoted = false;
  std::size_t at = 0;
  for (; at < rest.size() && (quoted || rest[at] != ' '); ++at) {
    if (rest[at] == '\\')
      ++at;
    else if (rest[at] == '"')
      quoted = !quoted;
  }
  const auto word = rest.substr(0, at);
  rest.remove_prefix(std::min(at, rest.size()));
  return word;
}

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"')
    return std::string(text);
  std::string out;
  text = text.substr(1, text.size() - 2);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size())
      ++i;
    out += text[i];
  }
  return out;
}

std::optional<status::log_level> level_of(std::string_view word) {
  std::string lower(word);
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto parsed = status::parse_log_level(lower);
  return parsed ? std::optional(*parsed) : std::nullopt;
}

log_line read_json_line(std::string_view line) {
  const auto o = parse_object(line);
  log_line out{level_of(text_at(o, "level")), text_at(o, "component"), text_at(o, "plan"),
               text_at(o, "symbol")};
  return out;
}

}  // namespace

log_line read_log_line(std::string_view line) {
  if (line.starts_with('{'))
    return read_json_line(line);
  log_line out;
  (void)next_word(line);
  out.level = level_of(next_word(line));
  out.component = next_word(line);
  while (!line.empty()) {
    const auto word = next_word(line);
    if (word.starts_with("plan="))
      out.plan = unquoted(word.substr(5));
    else if (word.starts_with("symbol="))
      out.symbol = unquoted(word.substr(7));
  }
  return out;
}

bool wants(const tail_filter& f, const log_line& line) {
  if (f.lowest && (!line.level || *line.level < *f.lowest))
    return false;
  return (f.component.empty() || line.component == f.component) &&
         (f.plan.empty() || line.plan == f.plan) && (f.symbol.empty() || line.symbol == f.symbol);
}

bool wants_record(const tail_filter& f, std::string_view json_text) {
  if (f.plan.empty() && f.symbol.empty())
    return true;
  const auto o = parse_object(json_text);
  return (f.plan.empty() || text_at(o, "plan_id") == f.plan) &&
         (f.symbol.empty() || text_at(o, "symbol") == f.symbol);
}

std::string record_line(std::string_view json_text) {
  const auto o = parse_object(json_text);
  auto out = fmt::format("{} {} {}", text_at(o, "at", "?"), text_at(o, "seq", "?"),
                         text_at(o, "kind", "?"));
  if (const auto verdict = text_at(o, "verdict.kind"); !verdict.empty())
    out += " verdict=" + verdict;
  for (const auto& refusal : rows_at(o, "verdict.refusals"))
    out += " reason=" + text_at(row_of(refusal), "code");
  for (const auto* changes : {"applied", "restart_needed"})
    for (const auto& row : rows_at(o, changes))
      out += fmt::format(" {}={}", changes, text_at(row_of(row), "key"));
  for (const auto& [name, value] : o) {
    const std::string_view key{name.data(), name.size()};
    if (key == "at" || key == "seq" || key == "kind" || value.is_null() || value.is_structured() ||
        key.ends_with("_ns"))
      continue;
    const auto text = text_at(o, key);
    const bool quoted = text.empty() || text.find_first_of(" \"=") != text.npos;
    const auto* mark = quoted ? "\"" : "";
    out += fmt::format(" {}={}{}{}", printable(key), mark, text, mark);
  }
  return out;
}

tone tone_of(const std::optional<status::log_level>& level) {
  if (!level)
    return tone::plain;
  switch (*level) {
    case status::log_level::debug:
      return tone::dim;
    case status::log_level::warn:
      return tone::warning;
    case status::log_level::error:
      return tone::bad;
    case status::log_level::info:
      break;
  }
  return tone::plain;
}

}  // namespace sluice::cli
