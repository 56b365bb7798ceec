// Strict field access over simdjson's tree; the library's exceptions are never used.
#include "json.hpp"

#include <array>
#include <cassert>
#include <charconv>
#include <limits>
#include <utility>

namespace sluice::exchange {

using simdjson::dom::element;

namespace {

/// An array that may be walked, unlike a default one: it stands in where a fault has been noted.
simdjson::dom::array no_rows() {
  thread_local simdjson::dom::parser parser;
  element document;
  simdjson::dom::array rows;
  const bool made = parser.parse("[]", 2).get(document) == simdjson::SUCCESS &&
                    document.get(rows) == simdjson::SUCCESS;
  assert(made);
  static_cast<void>(made);
  return rows;
}

/// Holds a read of ten thousand positions.
constexpr std::size_t kept_capacity_max = 8ULL * 1024 * 1024;

}  // namespace

void json_faults::refuse(std::string_view key, std::string_view why) {
  if (!first_)
    first_ = fail(errc::malformed, "'" + std::string(key) + "' " + std::string(why));
}

result<element> read_document(std::string_view text) {
  thread_local simdjson::dom::parser parser;
  // Its memory is many times the largest document it has seen: not kept for one that is rare.
  if (parser.capacity() > kept_capacity_max && text.size() <= kept_capacity_max)
    parser = simdjson::dom::parser();
  element document;
  const auto code = parser.parse(text.data(), text.size()).get(document);
  if (code != simdjson::SUCCESS)
    return fail(errc::malformed, std::string("not JSON: ") + simdjson::error_message(code));
  return document;
}

json_object::json_object(element value, std::string_view name, json_faults& faults)
    : faults_(&faults) {
  simdjson::dom::object object;
  if (value.get(object) == simdjson::SUCCESS)
    object_ = object;
  else
    faults.refuse(name, "is not an object");
}

std::optional<element> json_object::optional(std::string_view key) const {
  std::optional<element> found;
  if (!object_)
    return found;
  for (const auto field : *object_) {
    if (field.key != key)
      continue;
    if (found)
      faults_->refuse(key, "stands there twice");
    found = field.value;
  }
  if (found && found->is_null())
    return std::nullopt;
  return found;
}

std::optional<element> json_object::required(std::string_view key) const {
  auto found = optional(key);
  if (!found)
    faults_->refuse(key, "is missing");
  return found;
}

std::string_view json_object::text(std::string_view key) const {
  std::string_view value;
  if (const auto found = required(key); found && found->get(value) != simdjson::SUCCESS)
    faults_->refuse(key, "is not a string");
  return value;
}

std::string_view json_object::text_or_empty(std::string_view key) const {
  std::string_view value;
  if (const auto found = optional(key); found && found->get(value) != simdjson::SUCCESS)
    faults_->refuse(key, "is not a string");
  return value;
}

std::int64_t json_object::integer(std::string_view key) const {
  std::int64_t value = 0;
  if (const auto found = required(key); found && found->get(value) != simdjson::SUCCESS)
    faults_->refuse(key, "is not an integer");
  return value;
}

std::int64_t json_object::integer_or(std::string_view key, std::int64_t otherwise) const {
  std::int64_t value = otherwise;
  if (const auto found = optional(key); found && found->get(value) != simdjson::SUCCESS)
    faults_->refuse(key, "is not an integer");
  return value;
}

bool json_object::flag(std::string_view key) const {
  bool value = false;
  if (const auto found = required(key); found && found->get(value) != simdjson::SUCCESS)
    faults_->refuse(key, "is not true or false");
  return value;
}

bool json_object::flag_or(std::string_view key, bool otherwise) const {
  bool value = otherwise;
  if (const auto found = optional(key); found && found->get(value) != simdjson::SUCCESS)
    faults_->refuse(key, "is not true or false");
  return value;
}

simdjson::dom::array json_object::array(std::string_view key) const {
  const auto found = required(key);
  return found ? rows_of(*found, *faults_) : no_rows();
}

symbol json_object::instrument(std::string_view key) const {
  auto parsed = parse_symbol(text(key));
  if (parsed)
    return std::move(*parsed);
  faults_->refuse(key, "is not a symbol");
  return {};
}

side json_object::direction(std::string_view key) const {
  const auto word = text(key);
  if (word != "BUY" && word != "SELL")
    faults_->refuse(key, "is neither BUY nor SELL");
  return word == "SELL" ? side::sell : side::buy;
}

position_side json_object::leg(std::string_view key) const {
  const auto word = text_or_empty(key);
  if (word == "LONG")
    return position_side::long_;
  if (word == "SHORT")
    return position_side::short_;
  if (!word.empty() && word != "BOTH")
    faults_->refuse(key, "is none of BOTH, LONG, SHORT");
  return position_side::both;
}

std::int64_t json_object::exact_raw(std::string_view key) const {
  const auto parsed = parse_fixed(text(key));
  if (parsed)
    return *parsed;
  faults_->refuse(key, parsed.error().text);
  return 0;
}

std::int64_t json_object::lenient_raw(std::string_view key) const {
  const auto parsed = parse_lenient(text_or_empty(key));
  if (parsed)
    return *parsed;
  faults_->refuse(key, parsed.error().text);
  return 0;
}

result<std::int64_t> json_object::written_number(std::string_view key) const {
  const auto found = required(key);
  if (!found)
    return 0;  // Refused already.
  std::array<char, 400> text{};
  std::to_chars_result written{text.data(), std::errc::invalid_argument};
  std::int64_t whole = 0;
  double fraction = 0;
  // The parser has turned the number into binary; its shortest form in decimals is the one that
  // was sent, for every number of at most fifteen digits.
  if (found->get(whole) == simdjson::SUCCESS)
    written = std::to_chars(text.data(), text.data() + text.size(), whole);
  else if (found->get(fraction) == simdjson::SUCCESS)
    written =
        std::to_chars(text.data(), text.data() + text.size(), fraction, std::chars_format::fixed);
  if (written.ec != std::errc{})
    return fail(errc::malformed, "is not a number");
  return parse_fixed({text.data(), static_cast<std::size_t>(written.ptr - text.data())});
}

std::int64_t json_object::number_raw(std::string_view key) const {
  const auto parsed = written_number(key);
  if (parsed)
    return *parsed;
  faults_->refuse(key, parsed.error().text);
  return 0;
}

std::int64_t json_object::number_or_most_raw(std::string_view key) const {
  const auto parsed = written_number(key);
  if (parsed)
    return *parsed;
  double sign = 0;
  const auto found = optional(key);
  if (parsed.error().code == errc::out_of_range && found->get(sign) == simdjson::SUCCESS &&
      sign > 0)
    return std::numeric_limits<std::int64_t>::max();
  faults_->refuse(key, parsed.error().text);
  return 0;
}

std::int64_t json_object::integer_or_text(std::string_view key) const {
  const auto found = optional(key);
  std::int64_t value = 0;
  std::string_view text;
  if (!found || found->get(value) == simdjson::SUCCESS)
    return value;
  if (found->get(text) == simdjson::SUCCESS) {
    if (text.empty())
      return 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (failed == std::errc{} && end == text.data() + text.size())
      return value;
  }
  faults_->refuse(key, "is not an integer");
  return 0;
}

simdjson::dom::array rows_of(element document, json_faults& faults) {
  simdjson::dom::array rows;
  if (document.get(rows) == simdjson::SUCCESS)
    return rows;
  faults.refuse("rows", "are not an array");
  return no_rows();
}

}  // namespace sluice::exchange
