// Escape sequences and widths, counted by hand: no terminal library is worth its weight here.
#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace sluice::cli {
namespace {

constexpr std::size_t columns_min = 40;
constexpr std::size_t rows_min = 5;
constexpr std::string_view reset{"\x1b[0m"};

std::string_view code_of(tone how) {
  switch (how) {
    case tone::strong:
      return "\x1b[1m";
    case tone::dim:
      return "\x1b[2m";
    case tone::good:
      return "\x1b[32m";
    case tone::warning:
      return "\x1b[33m";
    case tone::bad:
      return "\x1b[1;31m";
    case tone::plain:
      break;
  }
  return {};
}

std::string_view variable(const char* name) {
  const char* value = std::getenv(name);
  return value ? value : "";
}

bool continues(char c) {
  return (static_cast<unsigned char>(c) & 0xc0U) == 0x80U;
}

/// Bytes of the escape sequence at the beginning of `text`; 0 when there is none.
std::size_t escape_length(std::string_view text) {
  if (!text.starts_with("\x1b["))
    return 0;
  const auto end = text.find('m');
  return end == std::string_view::npos ? 0 : end + 1;
}

/// Bytes of the character at the beginning of a text that is not empty.
std::size_t character_length(std::string_view text) {
  std::size_t length = 1;
  while (length < text.size() && continues(text[length]))
    ++length;
  return length;
}

/// The first `width` characters.
std::string_view head_of(std::string_view text, std::size_t width) {
  std::size_t at = 0;
  for (; width > 0 && at < text.size(); --width)
    at += character_length(text.substr(at));
  return text.substr(0, at);
}

}  // namespace

color_world color_world_of_stdout() {
  const auto term = variable("TERM");
  return {.terminal = ::isatty(STDOUT_FILENO) == 1,
          .no_color = !variable("NO_COLOR").empty(),
          .dumb = term.empty() || term == "dumb"};
}

bool wants_color(color_choice chosen, const color_world& world) {
  if (chosen != color_choice::automatic)
    return chosen == color_choice::always;
  return world.terminal && !world.no_color && !world.dumb;
}

std::string painter::operator()(tone how, std::string_view text) const {
  const auto code = code_of(how);
  if (!colored_ || code.empty() || text.empty())
    return std::string(text);
  return std::string(code).append(text).append(reset);
}

terminal_size size_of_stdout() {
  terminal_size size;
  winsize told{};
  if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &told) == 0 && told.ws_col > 0 && told.ws_row > 0)
    size = {told.ws_col, told.ws_row};
  else if (const auto columns = std::strtoul(std::string(variable("COLUMNS")).c_str(), nullptr, 10);
           columns > 0 && columns < 10'000)
    size.columns = columns;
  return {std::max(size.columns, columns_min), std::max(size.rows, rows_min)};
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // C1 controls are two bytes in UTF-8: 0xc2 and 0x80 to 0x9f.
    if (byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0) {
      ++i;
      out += ' ';
      continue;
    }
    out += byte < 0x20 || byte == 0x7f ? ' ' : text[i];
  }
  return out;
}

std::size_t width_of(std::string_view text) {
  std::size_t width = 0;
  while (!text.empty()) {
    if (const auto escape = escape_length(text); escape > 0) {
      text.remove_prefix(escape);
      continue;
    }
    text.remove_prefix(character_length(text));
    ++width;
  }
  return width;
}

std::string cut(std::string_view text, std::size_t width) {
  if (width_of(text) <= width)
    return std::string(text);
  std::string out;
  std::size_t left = width == 0 ? 0 : width - 1;
  bool told = width == 0;
  while (!text.empty()) {
    const auto escape = escape_length(text);
    const auto length = escape > 0 ? escape : character_length(text);
    if (escape > 0 || left > 0)
      out.append(text.substr(0, length));
    else if (!std::exchange(told, true))
      out += "…";
    if (escape == 0 && left > 0)
      --left;
    text.remove_prefix(length);
  }
  return out;
}

std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  width = std::max<std::size_t>(width, 1);
  std::vector<std::string> lines(1);
  std::size_t used = 0;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    auto word = text.substr(0, blank);
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
    auto length = width_of(word);
    if (length == 0)
      continue;
    if (used > 0 && used + 1 + length > width) {
      lines.emplace_back();
      used = 0;
    }
    for (; length > width; length = width_of(word)) {
      const auto part = head_of(word, width);
      lines.back() = part;
      lines.emplace_back();
      word.remove_prefix(part.size());
    }
    if (used > 0)
      lines.back() += ' ';
    lines.back() += word;
    used = width_of(lines.back());
  }
  return lines;
}

std::string hanging(std::string_view head, std::string_view text, std::size_t width) {
  const auto indent = width_of(head);
  constexpr std::size_t room_min = 8;
  const auto room = width > indent + room_min ? width - indent : room_min;
  std::string out;
  for (const auto& line : wrapped(text, room)) {
    out += out.empty() ? std::string(head) : std::string(indent, ' ');
    out += line;
    out += '\n';
  }
  return out;
}

}  // namespace sluice::cli
