// The one file that knows toml++: text becomes plain values, library exceptions become faults.
#include "document.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <optional>
#include <sstream>

#include "echo.hpp"
#include "stray_letter.hpp"

namespace sluice::config {
namespace {

/// Lines that may be left out of one file; more faults than this are not worth reading at once.
constexpr int recoveries_max = 64;

place place_of(const toml::source_region& r) {
  return {r.begin.line, r.begin.column};
}

template <class T>
std::string written(const toml::value<T>& v) {
  std::ostringstream out;
  out << v;
  return out.str();
}

node convert(const toml::node& from);

node convert_table(const toml::table& from) {
  node to{.kind = node_kind::table, .at = place_of(from.source())};
  for (const auto& [key, value] : from)
    to.members.push_back({std::string{key.str()}, place_of(key.source()), convert(value)});
  return to;
}

node convert_list(const toml::array& from) {
  node to{.kind = node_kind::list, .at = place_of(from.source())};
  for (const auto& item : from)
    to.items.push_back(convert(item));
  return to;
}

node convert(const toml::node& from) {
  if (const auto* table = from.as_table())
    return convert_table(*table);
  if (const auto* list = from.as_array())
    return convert_list(*list);
  node to{.kind = node_kind::time, .at = place_of(from.source())};
  if (const auto* text = from.as_string()) {
    to.kind = node_kind::text;
    to.text = text->get();
  } else if (const auto* integer = from.as_integer()) {
    to.kind = node_kind::integer;
    to.integer = integer->get();
  } else if (const auto* flag = from.as_boolean()) {
    to.kind = node_kind::flag;
    to.flag = flag->get();
  } else if (const auto* decimal = from.as_floating_point()) {
    to.kind = node_kind::decimal;
    to.text = written(*decimal);
  }
  return to;
}

/// The document, or why it is none.
std::optional<syntax_fault> try_parse(std::string_view text, node& root) {
  if (const auto at = find_stray_letter(text))
    return syntax_fault{*at,
                        "a letter outside ASCII stands only within quotes, not behind a "
                        "backslash, and in comments"};
  try {
    root = convert_table(toml::parse(text));
    return std::nullopt;
  } catch (const toml::parse_error& e) {
    return syntax_fault{place_of(e.source()), hide_secrets(e.description())};
  }
}

struct line_span {
  std::size_t begin{0};
  std::size_t length{0};
};

line_span span_of(std::string_view text, std::uint32_t line) {
  std::size_t begin = 0;
  for (std::uint32_t i = 1; i < line && begin < text.size(); ++i) {
    const auto end = text.find('\n', begin);
    begin = end == std::string_view::npos ? text.size() : end + 1;
  }
  return {begin, std::min(text.find('\n', begin), text.size()) - begin};
}

/// True when the fault lies in this line alone: it is a key with a value, and either repeats a key
/// or is no TOML even by itself. Leaving out part of a longer value would invent faults elsewhere.
bool can_leave_out(std::string_view line, const syntax_fault& fault) {
  const auto first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos || line[first] == '[' || line[first] == '#' ||
      line.find('=') == std::string_view::npos || line.find("\"\"\"") != std::string_view::npos ||
      line.find("'''") != std::string_view::npos)
    return false;
  node alone;
  const bool repeats = fault.text.find("redefine") != std::string::npos;
  return try_parse(line, alone).has_value() != repeats;
}

}  // namespace

std::string_view to_string(node_kind k) {
  switch (k) {
    case node_kind::text:
      return "a text";
    case node_kind::integer:
      return "a whole number";
    case node_kind::decimal:
      return "a number with a point";
    case node_kind::flag:
      return "a truth value";
    case node_kind::time:
      return "a date or time";
    case node_kind::list:
      return "a list";
    case node_kind::table:
      return "a table";
  }
  return "a value";
}

document read_document(std::string_view text) {
  document result;
  std::string left{text};
  for (int i = 0; i < recoveries_max; ++i) {
    auto fault = try_parse(left, result.root);
    if (!fault)
      return result;
    const auto span = span_of(left, fault->at.line);
    const auto line = std::string_view{left}.substr(span.begin, span.length);
    const bool recoverable = can_leave_out(line, *fault);
    result.faults.push_back(std::move(*fault));
    if (!recoverable)
      return result;
    left.replace(span.begin, span.length, span.length, ' ');
  }
  return result;
}

}  // namespace sluice::config
