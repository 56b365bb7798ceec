// Writes log lines as JSON objects that are whole and valid whatever their values hold.
#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>
#include <vector>

#include "log_escape.hpp"
#include "sluice/status/log_field.hpp"
#include "sluice/status/utf8.hpp"

namespace sluice::status {

namespace {

/// Room for the end of an object: `,"cut":true}`.
constexpr std::size_t end_size = 12;

/// The number of a character of two or three bytes.
unsigned code_point(std::string_view character) {
  unsigned point =
      static_cast<unsigned char>(character[0]) & (character.size() == 2 ? 0x1fU : 0xfU);
  for (const char c : character.substr(1))
    point = point << 6U | (static_cast<unsigned char>(c) & 0x3fU);
  return point;
}

/// In quotes, at most `size_max` bytes of it; false when something was left out.
bool append_text(std::string& out, std::string_view value, std::size_t size_max) {
  const std::size_t from = out.size();
  out += '"';
  std::string next;
  while (!value.empty()) {
    next.clear();
    const std::size_t length = utf8_length(value);
    const auto character = value.substr(0, std::max<std::size_t>(length, 1));
    if (length == 1)
      append_escaped_ascii(next, character.front(), control_form::unicode);
    else if (length == 0)  // As in logfmt, in a text that stays valid.
      fmt::format_to(std::back_inserter(next), "\\\\x{:02x}",
                     static_cast<unsigned char>(character.front()));
    else if (is_treacherous(character))
      fmt::format_to(std::back_inserter(next), "\\u{:04x}", code_point(character));
    else
      next = character;
    if (out.size() - from + next.size() + 1 > size_max)
      break;
    out += next;
    value.remove_prefix(character.size());
  }
  out += '"';
  return value.empty();
}

class json_line {
 public:
  json_line() { out_.reserve(256); }

  void add(std::string_view key, std::string_view value, bool bare) {
    if (cut_)
      return;
    std::string member;
    member += out_.size() > 1 ? "," : "";
    cut_ = !append_text(member, key_for(key), left());
    member += ':';
    if (bare)
      member += value;
    else
      cut_ =
          !append_text(member, value, left() > member.size() ? left() - member.size() : 2) || cut_;
    if (member.size() > left())
      cut_ = true;
    else
      out_ += member;
  }

  std::string end() && {
    out_ += cut_ ? R"(,"cut":true})" : "}";
    return std::move(out_);
  }

 private:
  [[nodiscard]] std::size_t left() const { return log_line_size_max - end_size - out_.size(); }

  std::string key_for(std::string_view key) {
    std::string own{key.empty() ? "_" : key};
    while (std::ranges::find(keys_, own) != keys_.end())
      own += '_';
    keys_.push_back(own);
    return own;
  }

  std::string out_{"{"};
  std::vector<std::string> keys_{"cut"};
  bool cut_{false};
};

}  // namespace

std::string format_json_line(wall_time at, log_level level, std::string_view component,
                             std::string_view event, std::span<const field> fields) {
  json_line line;
  line.add("ts", format_rfc3339(at), false);
  line.add("level", to_string(level), false);
  line.add("component", component, false);
  line.add("event", event, false);
  for (const auto& f : fields)
    line.add(f.key(), f.text(), f.is_bare());
  return std::move(line).end();
}

}  // namespace sluice::status
