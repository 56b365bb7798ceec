// Reads JSON strictly: wrong types and doubled keys are remembered as one error instead of half a
// value.
#pragma once

#include <simdjson.h>

#include <optional>
#include <string>
#include <string_view>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/side.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/exchange/replies.hpp"

namespace sluice::exchange {

/// Remembers the first thing that was wrong in a document; later ones change nothing.
class json_faults {
 public:
  void refuse(std::string_view key, std::string_view why);
  [[nodiscard]] bool none() const { return !first_; }
  /// Only when !none().
  [[nodiscard]] const error& first() const { return *first_; }

 private:
  std::optional<error> first_{};
};

/// The whole text as one document; valid until the next call on the same thread.
[[nodiscard]] result<simdjson::dom::element> read_document(std::string_view text);

/// One object, field by field. A required field that is absent, null, doubled or of another type is
/// refused in the faults and read as a zero value; an optional one may be absent or null.
class json_object {
 public:
  json_object(simdjson::dom::element element, std::string_view name, json_faults& faults);

  [[nodiscard]] std::optional<simdjson::dom::element> optional(std::string_view key) const;
  [[nodiscard]] std::optional<simdjson::dom::element> required(std::string_view key) const;

  [[nodiscard]] std::string_view text(std::string_view key) const;
  [[nodiscard]] std::string_view text_or_empty(std::string_view key) const;
  [[nodiscard]] std::int64_t integer(std::string_view key) const;
  [[nodiscard]] std::int64_t integer_or(std::string_view key, std::int64_t otherwise) const;
  [[nodiscard]] bool flag(std::string_view key) const;
  [[nodiscard]] bool flag_or(std::string_view key, bool otherwise) const;
  [[nodiscard]] simdjson::dom::array array(std::string_view key) const;
  [[nodiscard]] symbol instrument(std::string_view key) const;
  [[nodiscard]] side direction(std::string_view key) const;
  /// BOTH when absent, as in one-way accounts of old.
  [[nodiscard]] position_side leg(std::string_view key) const;

  /// A decimal in a string that must fit exactly.
  template <class Fixed>
  [[nodiscard]] Fixed exact(std::string_view key) const {
    return Fixed::from_raw(exact_raw(key));
  }
  /// The same for values that the venue leaves out or empty when there are none.
  template <class Fixed>
  [[nodiscard]] Fixed exact_or_zero(std::string_view key) const {
    return text_or_empty(key).empty() ? Fixed{} : exact<Fixed>(key);
  }
  /// A decimal that the venue writes as a JSON number.
  template <class Fixed>
  [[nodiscard]] Fixed number(std::string_view key) const {
    return Fixed::from_raw(number_raw(key));
  }
  /// The same, but what is too large for us becomes the largest that we have.
  template <class Fixed>
  [[nodiscard]] Fixed number_or_most(std::string_view key) const {
    return Fixed::from_raw(number_or_most_raw(key));
  }
  /// An integer that stands there as a number or as text, e.g. 200 or "200"; empty text is zero.
  [[nodiscard]] std::int64_t integer_or_text(std::string_view key) const;
  /// A display value that may be absent, empty, too long or too large.
  template <class Fixed>
  [[nodiscard]] Fixed lenient(std::string_view key) const {
    return Fixed::from_raw(lenient_raw(key));
  }

 private:
  [[nodiscard]] std::int64_t exact_raw(std::string_view key) const;
  [[nodiscard]] std::int64_t lenient_raw(std::string_view key) const;
  [[nodiscard]] std::int64_t number_raw(std::string_view key) const;
  [[nodiscard]] std::int64_t number_or_most_raw(std::string_view key) const;
  [[nodiscard]] result<std::int64_t> written_number(std::string_view key) const;

  std::optional<simdjson::dom::object> object_{};
  json_faults* faults_{nullptr};
};

/// The elements of a document that must be an array.
[[nodiscard]] simdjson::dom::array rows_of(simdjson::dom::element document, json_faults& faults);

}  // namespace sluice::exchange
