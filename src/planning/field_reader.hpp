// Reads the named fields of one object and collects what is wrong with them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "plan_text.hpp"

namespace sluice {

class field_reader {
 public:
  field_reader(const raw_object& object, const std::string& pointer,
               std::vector<field_fault>& faults)
      : object_(object), pointer_(pointer), faults_(faults) {}

  [[nodiscard]] bool has(std::string_view name) const { return find(name) != nullptr; }
  void fault(std::string_view name, std::string reason);
  /// One that is not collected.
  [[nodiscard]] field_fault fault_of(std::string_view name, std::string reason) const;

  /// None when absent, or wrong and then reported.
  [[nodiscard]] std::optional<std::string> text(std::string_view name);
  /// The same, and its absence is a fault.
  [[nodiscard]] std::optional<std::string> required(std::string_view name);
  /// A decimal >= 0, as text or as a whole number. Floats are refused: they have lost digits before
  /// anybody could look at them.
  template <class Fixed>
  [[nodiscard]] std::optional<Fixed> decimal(std::string_view name) {
    const auto raw = decimal_raw(name);
    return raw ? std::optional{Fixed::from_raw(*raw)} : std::nullopt;
  }
  /// The same, and zero is a fault.
  template <class Fixed>
  [[nodiscard]] std::optional<Fixed> positive(std::string_view name) {
    const auto value = decimal<Fixed>(name);
    if (value && value->is_zero()) {
      fault(name, "must be greater than 0");
      return std::nullopt;
    }
    return value;
  }
  /// A span of time greater than zero, with units.
  [[nodiscard]] std::optional<milliseconds> span(std::string_view name);
  [[nodiscard]] std::optional<wall_time> time(std::string_view name);

  /// Reads a text by a parser of the domain, which returns a result; reports its error.
  template <class T, class Parse>
  [[nodiscard]] std::optional<T> parsed(std::string_view name, std::optional<std::string> value,
                                        Parse parse) {
    if (!value)
      return std::nullopt;
    auto read = parse(*value);
    if (read)
      return std::move(*read);
    fault(name, read.error().text);
    return std::nullopt;
  }

  [[nodiscard]] const raw_object& object() const { return object_; }

 private:
  [[nodiscard]] const raw_field* find(std::string_view name) const;
  [[nodiscard]] std::optional<std::int64_t> decimal_raw(std::string_view name);

  const raw_object& object_;
  const std::string& pointer_;
  std::vector<field_fault>& faults_;
};

}  // namespace sluice
