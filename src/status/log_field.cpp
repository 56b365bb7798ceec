// Writes log lines in logfmt: what a value holds can neither end a line nor start another key.
#include "sluice/status/log_field.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "log_escape.hpp"
#include "sluice/status/utf8.hpp"

namespace sluice::status {

namespace {

constexpr std::string_view level_word(log_level level) {
  switch (level) {
    case log_level::debug:
      return "DEBUG";
    case log_level::info:
      return "INFO";
    case log_level::warn:
      return "WARN";
    case log_level::error:
      return "ERROR";
  }
  return "INFO";
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7f && c != '"' && c != '=' && c != '\\';
}

void append_quoted(std::string& out, std::string_view value) {
  out += '"';
  while (!value.empty()) {
    const std::size_t length = utf8_length(value);
    const auto character = value.substr(0, std::max<std::size_t>(length, 1));
    if (length == 1)
      append_escaped_ascii(out, character.front(), control_form::hex);
    else if (length == 0 || is_treacherous(character))
      for (const char c : character)
        fmt::format_to(std::back_inserter(out), "\\x{:02x}", static_cast<unsigned char>(c));
    else
      out += character;
    value.remove_prefix(character.size());
  }
  out += '"';
}

void append_value(std::string& out, std::string_view value) {
  if (!value.empty() && std::ranges::all_of(value, is_plain))
    out += value;
  else
    append_quoted(out, value);
}

/// Component, event and keys are ours; a stray character in one still must not break the line.
void append_word(std::string& out, std::string_view word) {
  for (const char c : word)
    out += is_plain(c) ? c : '_';
  if (word.empty())
    out += '_';
}

struct plain_text {
  std::string operator()(std::string_view v) const { return std::string{v}; }
  std::string operator()(const std::string& v) const { return v; }
  std::string operator()(milliseconds v) const { return fmt::format("{}ms", v.count()); }
  std::string operator()(auto v) const { return fmt::format("{}", v); }
};

/// Cuts at a character's border, so that the line stays UTF-8.
void cut(std::string& line) {
  constexpr std::string_view mark{"..."};
  if (line.size() <= log_line_size_max)
    return;
  std::size_t end = log_line_size_max - mark.size();
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0U) == 0x80U)
    --end;
  line.resize(end);
  line += mark;
}

}  // namespace

bool is_treacherous(std::string_view character) {
  if (character.size() == 2)
    return character[0] == '\xc2' && static_cast<unsigned char>(character[1]) < 0xa0;  // C1
  if (character.size() != 3 || character[0] != '\xe2')
    return false;
  const auto second = static_cast<unsigned char>(character[1]);
  const auto third = static_cast<unsigned char>(character[2]);
  if (second == 0x80)  // U+200B-200F, U+2028-202E
    return (third >= 0x8b && third <= 0x8f) || (third >= 0xa8 && third <= 0xae);
  return second == 0x81 && third >= 0xa6 && third <= 0xa9;  // U+2066-2069
}

std::string field::text() const {
  return std::visit(plain_text{}, value_);
}

bool field::is_bare() const {
  if (const auto* ratio = std::get_if<double>(&value_))
    return std::isfinite(*ratio);
  return std::holds_alternative<std::int64_t>(value_) ||
         std::holds_alternative<std::uint64_t>(value_) || std::holds_alternative<bool>(value_);
}

std::string escape_log_value(std::string_view value) {
  std::string out;
  append_value(out, value);
  return out;
}

std::string format_log_line(wall_time at, log_level level, std::string_view component,
                            std::string_view event, std::span<const field> fields) {
  std::string line = format_rfc3339(at);
  line.reserve(160);
  line += ' ';
  line += level_word(level);
  line += ' ';
  append_word(line, component);
  line += ' ';
  append_word(line, event);
  for (const auto& f : fields) {
    line += ' ';
    append_word(line, f.key());
    line += '=';
    append_value(line, f.text());
    if (line.size() > log_line_size_max)
      break;
  }
  cut(line);
  return line;
}

}  // namespace sluice::status
