// Field access with messages for the control interface.
#include "json_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/parse.hpp>

namespace sluice::simulator {

namespace json = boost::json;

result<json::object> json_fields::parse(std::string_view text) {
  boost::system::error_code ec;
  json::parse_options options;
  options.max_depth = 16;
  auto value = json::parse(text, ec, {}, options);
  if (ec)
    return fail(errc::malformed, "not JSON: " + ec.message());
  if (!value.is_object())
    return fail(errc::malformed, "not a JSON object");
  return std::move(value.get_object());
}

const json::value* json_fields::take(std::string_view name) {
  taken_.emplace_back(name);
  return object_->if_contains(name);
}

void json_fields::complain(std::string text) {
  if (wrong_.empty())
    wrong_ = std::move(text);
}

std::optional<std::string> json_fields::text(std::string_view name) {
  const auto* value = take(name);
  if (!value)
    return std::nullopt;
  if (const auto* s = value->if_string())
    return std::string(s->data(), s->size());
  complain(fmt::format("{}: must be a string", name));
  return std::nullopt;
}

std::string json_fields::need_text(std::string_view name) {
  auto value = text(name);
  if (!value)
    complain(fmt::format("{}: is missing", name));
  return value.value_or("");
}

std::vector<std::pair<std::string, std::string>> json_fields::texts(std::string_view name) {
  std::vector<std::pair<std::string, std::string>> out;
  const auto* value = take(name);
  const auto* object = value ? value->if_object() : nullptr;
  if (value && !object)
    complain(fmt::format("{}: must be an object of strings", name));
  if (!object)
    return out;
  for (const auto& member : *object) {
    const auto* s = member.value().if_string();
    if (!s)
      complain(fmt::format("{}: must be an object of strings", name));
    else
      out.emplace_back(std::string(member.key()), std::string(s->data(), s->size()));
  }
  return out;
}

std::optional<std::int64_t> json_fields::whole(std::string_view name, std::int64_t low,
                                               std::int64_t high) {
  const auto* value = take(name);
  if (!value)
    return std::nullopt;
  const auto* number = value->if_int64();
  if (number && *number >= low && *number <= high)
    return *number;
  complain(fmt::format("{}: must be a whole number from {} to {}", name, low, high));
  return std::nullopt;
}

std::optional<bool> json_fields::flag(std::string_view name) {
  const auto* value = take(name);
  if (!value)
    return std::nullopt;
  if (const auto* b = value->if_bool())
    return *b;
  complain(fmt::format("{}: must be true or false", name));
  return std::nullopt;
}

result<void> json_fields::finish() const {
  if (!wrong_.empty())
    return fail(errc::invalid_value, wrong_);
  for (const auto& field : *object_)
    if (std::find(taken_.begin(), taken_.end(), std::string_view(field.key())) == taken_.end())
      return fail(errc::invalid_value, fmt::format("{}: is not known", std::string(field.key())));
  return {};
}

}  // namespace sluice::simulator
