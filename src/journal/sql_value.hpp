// What is bound to a statement and read from a row, with the domain's types in their stored form:
// decimals, names and enumerations as text, times as whole milliseconds.
#pragma once

#include <bit>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"
#include "words.hpp"

namespace sluice::journal {

/// A value to bind. Text given as a view or name must live until the statement has run.
class sql_value {
 public:
  using variant = std::variant<std::nullptr_t, std::int64_t, std::string_view, std::string>;

  sql_value(std::nullptr_t) {}  // NOLINT(google-explicit-constructor): binding lists stay readable
  sql_value(std::int64_t v) : value_(v) {}                                // NOLINT
  sql_value(int v) : value_(std::int64_t{v}) {}                           // NOLINT
  sql_value(bool v) : value_(std::int64_t{v ? 1 : 0}) {}                  // NOLINT
  sql_value(std::uint64_t v) : value_(std::bit_cast<std::int64_t>(v)) {}  // NOLINT
  sql_value(std::string_view v) : value_(v) {}                            // NOLINT
  sql_value(const std::string& v) : value_(std::string_view(v)) {}        // NOLINT
  sql_value(const char* v) : value_(std::string_view(v)) {}               // NOLINT
  sql_value(wall_time v) : value_(v.ms) {}                                // NOLINT
  sql_value(venue_time v) : value_(v.ms) {}                               // NOLINT
  sql_value(milliseconds v) : value_(std::int64_t{v.count()}) {}          // NOLINT
  template <class Tag>
  sql_value(const name<Tag>& v) : value_(std::string_view(v.str())) {}  // NOLINT
  template <class Tag>
  sql_value(fixed<Tag> v) : value_(v.str()) {}  // NOLINT
  template <class E>
  requires std::is_enum_v<E> sql_value(E v) : value_(to_string(v)) {}  // NOLINT
  template <class T>
  sql_value(const std::optional<T>& v) {  // NOLINT
    if (v)
      value_ = sql_value(*v).value_;
  }

  [[nodiscard]] const variant& get() const { return value_; }

 private:
  variant value_{nullptr};
};

/// The current row of a statement; valid inside the visitor only.
class row {
 public:
  explicit row(void* statement) : statement_(statement) {}
  [[nodiscard]] std::int64_t number(int column) const;
  [[nodiscard]] std::string_view text(int column) const;
  [[nodiscard]] bool is_null(int column) const;

 private:
  void* statement_;
};

// read_column tells whether the stored value fits.

inline bool read_column(const row& r, int i, std::int64_t& out) {
  out = r.number(i);
  return !r.is_null(i);
}
inline bool read_column(const row& r, int i, int& out) {
  out = static_cast<int>(r.number(i));
  return std::in_range<int>(r.number(i));
}
inline bool read_column(const row& r, int i, std::uint64_t& out) {
  out = std::bit_cast<std::uint64_t>(r.number(i));
  return !r.is_null(i);
}
inline bool read_column(const row& r, int i, bool& out) {
  out = r.number(i) != 0;
  return !r.is_null(i);
}
inline bool read_column(const row& r, int i, std::string& out) {
  out = r.text(i);
  return !r.is_null(i);
}
inline bool read_column(const row& r, int i, wall_time& out) {
  return read_column(r, i, out.ms);
}
inline bool read_column(const row& r, int i, milliseconds& out) {
  out = milliseconds{r.number(i)};
  return !r.is_null(i);
}
template <class Tag>
bool read_column(const row& r, int i, name<Tag>& out) {
  out = name<Tag>(std::string(r.text(i)));
  return !r.is_null(i);
}
template <class Tag>
bool read_column(const row& r, int i, fixed<Tag>& out) {
  const auto parsed = fixed<Tag>::parse(r.text(i));
  if (parsed)
    out = *parsed;
  return parsed.has_value();
}
template <class E>
requires std::is_enum_v<E>
bool read_column(const row& r, int i, E& out) {
  const auto parsed = parse_word<E>(r.text(i));
  if (parsed)
    out = *parsed;
  return parsed.has_value();
}
template <class T>
bool read_column(const row& r, int i, std::optional<T>& out) {
  out.reset();
  return r.is_null(i) || read_column(r, i, out.emplace());
}

/// Reads the row's columns in order into `out...`. Errors: malformed, naming table and column.
template <class... Ts>
[[nodiscard]] result<void> read_row(const row& r, std::string_view table, Ts&... out) {
  int column = 0;
  const bool fits = (... && (read_column(r, column, out) && ++column > 0));
  if (fits)
    return {};
  return fail(errc::malformed, "table " + std::string(table) + ": column " +
                                   std::to_string(column) + " holds what it cannot: \"" +
                                   std::string(r.text(column)) + "\"");
}

}  // namespace sluice::journal
