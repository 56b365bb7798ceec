// Walks paths; whatever is missing on the way is missing as a whole.
#include "json_view.hpp"

#include "terminal.hpp"

namespace sluice::cli {

namespace json = boost::json;

json::object parse_object(std::string_view text) {
  boost::system::error_code failed;
  auto document = json::parse(json::string_view(text.data(), text.size()), failed);
  return failed || !document.is_object() ? json::object{} : std::move(document.get_object());
}

const json::value* member(const json::object& o, std::string_view path) {
  const auto* within = &o;
  while (true) {
    const auto dot = path.find('.');
    const auto name = path.substr(0, dot);
    const auto* found = within->if_contains(json::string_view(name.data(), name.size()));
    if (!found || found->is_null())
      return nullptr;
    if (dot == std::string_view::npos)
      return found;
    within = found->if_object();
    if (!within)
      return nullptr;
    path.remove_prefix(dot + 1);
  }
}

std::string text_at(const json::object& o, std::string_view path, std::string_view otherwise) {
  const auto* found = member(o, path);
  if (!found)
    return std::string(otherwise);
  if (const auto* text = found->if_string())
    return printable({text->data(), text->size()});
  return json::serialize(*found);
}

std::optional<std::int64_t> number_at(const json::object& o, std::string_view path) {
  const auto* found = member(o, path);
  if (!found)
    return std::nullopt;
  boost::system::error_code failed;
  const auto number = found->to_number<std::int64_t>(failed);
  return failed ? std::nullopt : std::optional(number);
}

bool flag_at(const json::object& o, std::string_view path) {
  const auto* found = member(o, path);
  return found && found->is_bool() && found->get_bool();
}

const json::array& rows_at(const json::object& o, std::string_view path) {
  static const json::array none;
  const auto* found = member(o, path);
  return found && found->is_array() ? found->get_array() : none;
}

const json::object& row_of(const json::value& v) {
  static const json::object none;
  return v.is_object() ? v.get_object() : none;
}

const json::object& object_at(const json::object& o, std::string_view path) {
  static const json::object none;
  const auto* found = member(o, path);
  return found && found->is_object() ? found->get_object() : none;
}

}  // namespace sluice::cli
