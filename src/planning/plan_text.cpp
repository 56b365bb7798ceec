// Documents to plain fields and back, by the JSON library.
#include "plan_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

namespace sluice {
namespace {

namespace json = boost::json;

/// Called by the parser for each piece of the document; keeps fields flat and within limits.
class plan_handler {
 public:
  static constexpr std::size_t max_array_size = document_bytes_max;
  static constexpr std::size_t max_object_size = document_bytes_max;
  static constexpr std::size_t max_string_size = document_bytes_max;
  static constexpr std::size_t max_key_size = document_bytes_max;

  explicit plan_handler(std::size_t objects_max) : objects_max_(objects_max) {}

  bool on_document_begin(json::error_code&) { return true; }
  bool on_document_end(json::error_code&) { return true; }

  bool on_array_begin(json::error_code& ec) {
    if (in_object_)
      return refuse_nested(ec);
    if (document_.batch)
      return refuse(ec, pointer_to_object(true, document_.objects.size()), "must be an object");
    document_.batch = true;
    return true;
  }
  bool on_array_end(std::size_t, json::error_code&) { return true; }

  bool on_object_begin(json::error_code& ec) {
    if (in_object_)
      return refuse_nested(ec);
    if (document_.objects.size() >= objects_max_)
      return refuse(ec, "", fmt::format("has more than {} plans", objects_max_));
    in_object_ = true;
    document_.objects.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, json::error_code&) {
    in_object_ = false;
    return true;
  }

  bool on_key_part(json::string_view s, std::size_t, json::error_code& ec) {
    return append(s, field_name_bytes_max, "has a field name that is too long", ec);
  }
  bool on_key(json::string_view s, std::size_t, json::error_code& ec) {
    if (!on_key_part(s, 0, ec))
      return false;
    return begin_field(std::exchange(piece_, {}), ec);
  }
  bool on_string_part(json::string_view s, std::size_t, json::error_code& ec) {
    return append(s, field_text_bytes_max, "is too long", ec);
  }
  bool on_string(json::string_view s, std::size_t, json::error_code& ec) {
    return on_string_part(s, 0, ec) && end_field(field_kind::text, ec);
  }
  bool on_number_part(json::string_view s, json::error_code& ec) {
    return append(s, field_text_bytes_max, "is too long", ec);
  }
  bool on_int64(std::int64_t, json::string_view s, json::error_code& ec) {
    return on_number_part(s, ec) && end_field(field_kind::whole_number, ec);
  }
  bool on_uint64(std::uint64_t, json::string_view s, json::error_code& ec) {
    return on_number_part(s, ec) && end_field(field_kind::whole_number, ec);
  }
  bool on_double(double, json::string_view s, json::error_code& ec) {
    return on_number_part(s, ec) && end_field(field_kind::other_number, ec);
  }
  bool on_bool(bool, json::error_code& ec) { return end_field(field_kind::truth_value, ec); }
  bool on_null(json::error_code& ec) { return end_field(field_kind::null, ec); }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

  [[nodiscard]] const std::vector<field_fault>& faults() const { return faults_; }
  [[nodiscard]] raw_document take() { return std::move(document_); }

 private:
  [[nodiscard]] std::string here() const {
    const auto object =
        pointer_to_object(document_.batch, document_.objects.size() - (in_object_ ? 1 : 0));
    if (!in_object_ || document_.objects.back().fields.empty())
      return object;
    return pointer_to(object, document_.objects.back().fields.back().name);
  }
  bool refuse(json::error_code& ec, std::string pointer, std::string reason) {
    faults_.push_back({std::move(pointer), std::move(reason)});
    ec = json::error::syntax;
    return false;
  }
  bool refuse_nested(json::error_code& ec) {
    return refuse(ec, here(), "must be a single value, not an object or array");
  }
  bool append(json::string_view s, std::size_t max, const char* too_long, json::error_code& ec) {
    if (piece_.size() + s.size() > max)
      return refuse(ec, here(), fmt::format("{}: at most {} bytes", too_long, max));
    piece_.append(s.data(), s.size());
    return true;
  }
  bool begin_field(std::string name, json::error_code& ec) {
    auto& fields = document_.objects.back().fields;
    const bool twice = std::any_of(fields.begin(), fields.end(),
                                   [&](const raw_field& f) { return f.name == name; });
    if (fields.size() >= fields_max)
      return refuse(ec, here(), fmt::format("is followed by more than {} fields", fields_max));
    fields.push_back({std::move(name), field_kind::null, {}});
    return twice ? refuse(ec, here(), "is given twice") : true;
  }
  bool end_field(field_kind kind, json::error_code& ec) {
    auto text = std::exchange(piece_, {});
    if (!in_object_)
      return refuse(ec, here(), "must be an object");
    auto& field = document_.objects.back().fields.back();
    field.kind = kind;
    field.text = std::move(text);
    return true;
  }

  std::size_t objects_max_{0};
  raw_document document_{};
  bool in_object_{false};
  std::string piece_{};
  std::vector<field_fault> faults_{};
};

std::vector<field_fault> document_fault(std::string reason) {
  return {{"", std::move(reason)}};
}

bool only_white_space(std::string_view rest) {
  return rest.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

raw_document_result read_raw(std::string_view text, std::size_t objects_max) {
  if (text.size() > document_bytes_max)
    return document_fault(fmt::format("is longer than {} bytes", document_bytes_max));
  json::parse_options options;
  options.max_depth = 8;
  json::basic_parser<plan_handler> parser(options, objects_max);
  json::error_code ec;
  const auto used = parser.write_some(false, text.data(), text.size(), ec);
  if (!parser.handler().faults().empty())
    return parser.handler().faults();
  if (ec)
    return document_fault(fmt::format("is not valid JSON at byte {}: {}", used, ec.message()));
  if (!only_white_space(text.substr(used)))
    return document_fault(fmt::format("has more text after its end, at byte {}", used));
  return parser.handler().take();
}

std::string write_raw(const raw_object& object) {
  json::object out;
  out.reserve(object.fields.size());
  for (const auto& field : object.fields)
    out.emplace(field.name, field.text);
  return json::serialize(out);
}

std::string pointer_to(const std::string& object, std::string_view field) {
  std::string pointer = object + "/";
  for (const char c : field) {
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  }
  return pointer;
}

std::string pointer_to_object(bool batch, std::size_t n) {
  return batch ? fmt::format("/{}", n) : std::string{};
}

}  // namespace sluice
