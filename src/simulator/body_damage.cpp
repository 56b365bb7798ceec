// Finds fields and elements in JSON text that is known to be sound, and spoils them.
#include "body_damage.hpp"

#include <algorithm>
#include <optional>

namespace sluice::simulator {
namespace {

constexpr std::size_t nesting = 1'000'000;

/// A piece of text: from `begin` up to `end`.
struct span {
  std::size_t begin{0};
  std::size_t end{0};
};

/// The end of the JSON string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  for (++at; at < text.size() && text[at] != '"'; ++at)
    if (text[at] == '\\')
      ++at;
  return std::min(at + 1, text.size());
}

/// The end of a plain number, true, false or null.
std::size_t end_of_plain(std::string_view text, std::size_t at) {
  return std::min(text.find_first_of(",}]", at), text.size());
}

/// The end of the JSON value that begins at `at`.
std::size_t end_of_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  do {
    const char c = text[at];
    if (c == '"') {
      at = end_of_string(text, at);
      continue;
    }
    if (depth == 0 && c != '{' && c != '[')
      return end_of_plain(text, at);
    if (c == '{' || c == '[')
      ++depth;
    else if (c == '}' || c == ']')
      --depth;
    ++at;
  } while (depth > 0 && at < text.size());
  return at;
}

/// A field of an object: its name with quotes, and its value.
struct place {
  span name{};
  span value{};
};

std::optional<place> find_field(std::string_view text, std::string_view field) {
  for (std::size_t at = text.find('"'); at < text.size(); at = text.find('"', at)) {
    const span name{at, end_of_string(text, at)};
    at = name.end;
    const bool is_name = at < text.size() && text[at] == ':';
    const bool wanted =
        field.empty() || text.substr(name.begin + 1, name.end - name.begin - 2) == field;
    if (!is_name || !wanted)
      continue;
    return place{name, {at + 1, end_of_value(text, at + 1)}};
  }
  return std::nullopt;
}

/// The first element of the array the text is, or of the first array in it.
std::optional<span> first_element(std::string_view text) {
  const auto open = text.find('[');
  if (open == std::string_view::npos || open + 1 >= text.size() || text[open + 1] == ']')
    return std::nullopt;
  const auto begin = open + 1;
  return span{begin, end_of_value(text, begin)};
}

std::string half(std::string body) {
  body.resize(body.size() / 2);
  return body;
}

std::string with_value(std::string body, std::string_view field, std::string_view value) {
  const auto at = find_field(body, field);
  if (!at)
    return half(std::move(body));
  return body.replace(at->value.begin, at->value.end - at->value.begin, value);
}

std::string without_field(std::string body, std::string_view field) {
  const auto at = find_field(body, field);
  if (!at)
    return half(std::move(body));
  auto begin = at->name.begin;
  auto end = at->value.end;
  if (end < body.size() && body[end] == ',')
    ++end;
  else if (begin > 0 && body[begin - 1] == ',')
    --begin;
  return body.erase(begin, end - begin);
}

std::string with_twin(std::string body, std::string_view field) {
  const auto at = find_field(body, field);
  if (!at)
    return half(std::move(body));
  const auto name = body.substr(at->name.begin, at->name.end - at->name.begin);
  return body.insert(at->name.begin, name + R"(:"7",)");
}

std::string without_element(std::string body) {
  const auto at = first_element(body);
  if (!at)
    return half(std::move(body));
  const bool more = at->end < body.size() && body[at->end] == ',';
  return body.erase(at->begin, at->end - at->begin + (more ? 1 : 0));
}

std::string with_element(std::string body) {
  const auto at = first_element(body);
  if (!at)
    return half(std::move(body));
  auto ghost = with_value(body.substr(at->begin, at->end - at->begin), "symbol", R"("GHOSTUSDT")");
  return body.insert(at->begin, ghost + ",");
}

}  // namespace

std::string damaged(std::string body, body_damage how, std::string_view field) {
  switch (how) {
    case body_damage::cut:
      return half(std::move(body));
    case body_damage::nan:
      return with_value(std::move(body), field, "NaN");
    case body_damage::overflow:
      return with_value(std::move(body), field, "1e400");
    case body_damage::many_digits:
      return with_value(std::move(body), field, R"("123456789012345678901234567890.12345678")");
    case body_damage::wrong_type:
      return with_value(std::move(body), field, R"({"unexpected":[true]})");
    case body_damage::missing_field:
      return without_field(std::move(body), field);
    case body_damage::duplicate_key:
      return with_twin(std::move(body), field);
    case body_damage::deep_nesting:
      return std::string(nesting, '[') + std::string(nesting, ']');
    case body_damage::missing_element:
      return without_element(std::move(body));
    case body_damage::extra_element:
      return with_element(std::move(body));
    case body_damage::empty_list:
      return "[]";
    case body_damage::not_utf8:
      return with_value(std::move(body), field, "\"\xff\xfe\"");
  }
  return body;
}

}  // namespace sluice::simulator
