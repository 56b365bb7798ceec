// Reads the values of each kind of key, saying what was wrong with those that cannot be used.
#include "builder.hpp"

#include <algorithm>

#include "byte_size.hpp"
#include "echo.hpp"

namespace sluice::config {
namespace {

error wrong(std::string text) {
  return fail(errc::invalid_value, std::move(text));
}

/// "got 5, a whole number": what stands where something else should.
error wrong_kind(const node& n) {
  switch (n.kind) {
    case node_kind::text:
      return wrong(fmt::format("got {}, a text", echoed(n.text)));
    case node_kind::integer:
      return wrong(fmt::format("got {}, a whole number", n.integer));
    case node_kind::decimal:
      return wrong(fmt::format("got {}, a number with a point", hide_secrets(n.text)));
    case node_kind::flag:
      return wrong(fmt::format("got {}, a truth value", n.flag));
    case node_kind::time:
    case node_kind::list:
    case node_kind::table:
      return wrong(fmt::format("got {}", to_string(n.kind)));
  }
  return wrong("got another kind of value");
}

bool only_digits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// Why a text is no number with a unit: the unit is what people forget.
error no_unit_or_malformed(std::string_view text, std::string_view what) {
  if (only_digits(text))
    return wrong(fmt::format("{} has no unit", echoed(text)));
  if (text.starts_with('-'))
    return wrong(fmt::format("{} is negative", echoed(text)));
  return wrong(fmt::format("{} is no {}", echoed(text), what));
}

template <class T>
std::optional<error> outside(T value, range<T> allowed, std::string_view shown) {
  if (value < allowed.min)
    return wrong(fmt::format("{} is too small", shown));
  if (value > allowed.max)
    return wrong(fmt::format("{} is too large", shown));
  return std::nullopt;
}

}  // namespace

const key* section::find(std::string_view key_name) const {
  const auto it =
      std::find_if(keys.begin(), keys.end(), [&](const key& k) { return k.name == key_name; });
  return it == keys.end() ? nullptr : &*it;
}

const table_family* section::find_family(std::string_view family_name) const {
  const auto it = std::find_if(families.begin(), families.end(),
                               [&](const table_family& f) { return f.name == family_name; });
  return it == families.end() ? nullptr : &*it;
}

std::string full_name(std::string_view section_name, std::string_view key_name) {
  if (section_name.empty())
    return std::string{key_name};
  return fmt::format("{}.{}", section_name, key_name);
}

std::string full_name(const section& s, const key& k) {
  return full_name(s.name, k.name);
}

reading<std::int64_t> read_integer(const node& n, range<std::int64_t> allowed) {
  if (n.kind != node_kind::integer)
    return wrong_kind(n);
  if (auto bad = outside(n.integer, allowed, std::to_string(n.integer)))
    return *bad;
  return n.integer;
}

reading<milliseconds> read_duration(const node& n, range<milliseconds> allowed) {
  if (n.kind == node_kind::integer)
    return wrong(fmt::format("{} has no unit", n.integer));
  if (n.kind != node_kind::text)
    return wrong_kind(n);
  const auto value = parse_duration(n.text);
  if (!value)
    return no_unit_or_malformed(n.text, "duration");
  if (auto bad = outside(*value, allowed, echoed(n.text)))
    return *bad;
  return *value;
}

reading<std::int64_t> read_fixed(const node& n, range<std::int64_t> allowed_raw) {
  if (n.kind != node_kind::text)
    return wrong_kind(n);
  const auto value = parse_fixed(n.text);
  if (!value)
    return wrong(fmt::format("{} is no plain decimal of at most eight places", echoed(n.text)));
  if (auto bad = outside(*value, allowed_raw, echoed(n.text)))
    return *bad;
  return *value;
}

reading<std::uint64_t> read_byte_size(const node& n, range<std::uint64_t> allowed) {
  if (n.kind == node_kind::integer)
    return wrong(fmt::format("{} has no unit", n.integer));
  if (n.kind != node_kind::text)
    return wrong_kind(n);
  const auto value = parse_byte_size(n.text);
  if (!value)
    return no_unit_or_malformed(n.text, "size");
  if (auto bad = outside(*value, allowed, echoed(n.text)))
    return *bad;
  return *value;
}

reading<bool> read_flag(const node& n) {
  if (n.kind != node_kind::flag)
    return wrong_kind(n);
  return n.flag;
}

reading<std::string> read_text(const node& n, text_check check) {
  if (n.kind != node_kind::text)
    return wrong_kind(n);
  if (n.text.find('\0') != std::string::npos)
    return wrong("the text holds a zero byte");
  if (check)
    if (auto bad = check(n.text))
      return wrong(std::move(*bad));
  return n.text;
}

reading<std::vector<std::string>> read_list(const node& n, text_check each) {
  if (n.kind != node_kind::list)
    return wrong_kind(n);
  if (n.items.size() > list_items_max)
    return wrong(fmt::format("{} items are more than {}", n.items.size(), list_items_max));
  std::vector<std::string> items;
  for (const auto& item : n.items) {
    auto text = read_text(item, each);
    if (!text)
      return wrong(fmt::format("item {}: {}", items.size() + 1, text.error().text));
    items.push_back(std::move(*text));
  }
  return items;
}

reading<std::vector<milliseconds>> read_durations(const node& n, range<milliseconds> each) {
  if (n.kind != node_kind::list)
    return wrong_kind(n);
  if (n.items.size() > list_items_max)
    return wrong(fmt::format("{} items are more than {}", n.items.size(), list_items_max));
  std::vector<milliseconds> items;
  for (const auto& item : n.items) {
    const auto value = read_duration(item, each);
    if (!value)
      return wrong(fmt::format("item {}: {}", items.size() + 1, value.error().text));
    items.push_back(*value);
  }
  return items;
}

reading<std::size_t> read_word(const node& n, const std::vector<std::string_view>& allowed) {
  if (n.kind != node_kind::text)
    return wrong_kind(n);
  const auto it = std::find(allowed.begin(), allowed.end(), n.text);
  if (it == allowed.end())
    return wrong(fmt::format("{} is none of its words", echoed(n.text)));
  return static_cast<std::size_t>(it - allowed.begin());
}

std::string toml_text(std::string_view text) {
  std::string out{"\""};
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += fmt::format("\\{}", c);
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      out += fmt::format("\\u{:04X}", static_cast<unsigned char>(c));
    else
      out += c;
  }
  return out + '"';
}

std::string toml_list(const std::vector<std::string>& items) {
  std::string out{"["};
  for (const auto& item : items)
    out += (out.size() > 1 ? ", " : "") + toml_text(item);
  return out + "]";
}

std::string section_builder::size_text(std::uint64_t bytes) {
  return format_byte_size(bytes);
}

std::string section_builder::size_range(range<std::uint64_t> allowed, std::uint64_t example) {
  return fmt::format("a size from {} to {}, e.g. \"{}\"", format_byte_size(allowed.min),
                     format_byte_size(allowed.max), format_byte_size(example));
}

std::string section_builder::one_of(const std::vector<std::string_view>& names) {
  std::string out{"one of "};
  for (std::size_t i = 0; i < names.size(); ++i)
    out += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + toml_text(names[i]);
  return out;
}

}  // namespace sluice::config
