// JSON documents of plans as plain fields, before anybody knows what the fields mean.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/planning/plan_json.hpp"

namespace sluice {

enum class field_kind { text, whole_number, other_number, truth_value, null };

struct raw_field {
  std::string name{};
  field_kind kind{field_kind::text};
  std::string text{};  ///< The text, or the number as it was written.
};

struct raw_object {
  std::vector<raw_field> fields{};  ///< In the document's order; no name twice.
};

struct raw_document {
  std::vector<raw_object> objects{};
  bool batch{false};
};

/// Largest document, as the HTTP interface admits it too.
inline constexpr std::size_t document_bytes_max = 1'048'576;
inline constexpr std::size_t field_name_bytes_max = 64;
inline constexpr std::size_t field_text_bytes_max = 256;
inline constexpr std::size_t fields_max = 32;

using raw_document_result = boost::system::result<raw_document, std::vector<field_fault>>;

/// One object or an array of at most `objects_max`, fields flat. Stops at the first fault.
[[nodiscard]] raw_document_result read_raw(std::string_view text, std::size_t objects_max);

/// The object as one line of JSON.
[[nodiscard]] std::string write_raw(const raw_object& object);

/// RFC 6901: '~' and '/' of a name are escaped.
[[nodiscard]] std::string pointer_to(const std::string& object, std::string_view field);
/// The pointer of the n-th object of an array, empty for a single object.
[[nodiscard]] std::string pointer_to_object(bool batch, std::size_t n);

}  // namespace sluice
