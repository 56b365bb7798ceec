// Texts, decimals, spans and times out of plain fields.
#include "field_reader.hpp"

#include <algorithm>
#include <utility>

namespace sluice {

const raw_field* field_reader::find(std::string_view name) const {
  const auto at = std::find_if(object_.fields.begin(), object_.fields.end(),
                               [&](const raw_field& f) { return f.name == name; });
  return at == object_.fields.end() ? nullptr : &*at;
}

void field_reader::fault(std::string_view name, std::string reason) {
  faults_.push_back(fault_of(name, std::move(reason)));
}

field_fault field_reader::fault_of(std::string_view name, std::string reason) const {
  return {pointer_to(pointer_, name), std::move(reason)};
}

std::optional<std::string> field_reader::text(std::string_view name) {
  const auto* field = find(name);
  if (!field)
    return std::nullopt;
  if (field->kind == field_kind::text)
    return field->text;
  fault(name, "must be a string");
  return std::nullopt;
}

std::optional<std::string> field_reader::required(std::string_view name) {
  if (!has(name))
    fault(name, "is missing");
  return text(name);
}

std::optional<std::int64_t> field_reader::decimal_raw(std::string_view name) {
  const auto* field = find(name);
  if (!field)
    return std::nullopt;
  if (field->kind == field_kind::other_number) {
    fault(name, "must be a string such as \"0.010\": a JSON number with a point is not exact");
    return std::nullopt;
  }
  if (field->kind != field_kind::text && field->kind != field_kind::whole_number) {
    fault(name, "must be a decimal in a string, or a whole number");
    return std::nullopt;
  }
  // Also keeps foreign bytes out of the reason, which may quote the text cut short.
  const bool plain = std::all_of(field->text.begin(), field->text.end(),
                                 [](char c) { return c > ' ' && c < '\x7f'; });
  if (!plain) {
    fault(name, "is not a decimal number");
    return std::nullopt;
  }
  if (field->text.starts_with('-')) {
    fault(name, "must not be negative");
    return std::nullopt;
  }
  const auto raw = parse_fixed(field->text);
  if (raw)
    return *raw;
  fault(name, raw.error().text);
  return std::nullopt;
}

std::optional<milliseconds> field_reader::span(std::string_view name) {
  const auto value = parsed<milliseconds>(name, text(name), parse_duration);
  if (value && value->count() <= 0) {
    fault(name, "must be longer than 0");
    return std::nullopt;
  }
  return value;
}

std::optional<wall_time> field_reader::time(std::string_view name) {
  return parsed<wall_time>(name, text(name), parse_rfc3339);
}

}  // namespace sluice
