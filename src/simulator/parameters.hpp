// The parameters of a request: query and form body, percent-decoded, the query winning.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "venue_error.hpp"

namespace sluice::simulator {

/// A value, or how the venue refuses.
template <class T>
using outcome = std::variant<T, venue_error>;

template <class T>
[[nodiscard]] const venue_error* error_of(const outcome<T>& o) {
  return std::get_if<venue_error>(&o);
}

/// "%41+b" to "A b"; none when a percent sign is not followed by two hex digits, or a byte beyond
/// ASCII is not encoded.
[[nodiscard]] std::optional<std::string> percent_decode(std::string_view text);

class parameters {
 public:
  /// Refuses broken percent-encoding (-1100) and a name given twice in one part (-1101).
  [[nodiscard]] static outcome<parameters> parse(std::string_view query, std::string_view body);

  /// Names and values that are decoded already; of a name given twice, the first counts.
  [[nodiscard]] static parameters of(std::vector<std::pair<std::string, std::string>> values);

  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& all() const {
    return values_;
  }
  /// None when absent; an empty value counts as absent.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const;
  /// -1102 when absent.
  [[nodiscard]] outcome<std::string_view> need(std::string_view name) const;
  /// None when absent, -1102 when not a whole number of 64 bits.
  [[nodiscard]] outcome<std::optional<std::int64_t>> whole(std::string_view name) const;

 private:
  [[nodiscard]] std::optional<venue_error> add_all(std::string_view text);
  std::vector<std::pair<std::string, std::string>> values_{};
};

}  // namespace sluice::simulator
