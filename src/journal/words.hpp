// Enumerations from their words, by asking the domain's to_string for each value in turn.
#pragma once

#include <optional>
#include <string_view>
#include <type_traits>

#include "sluice/domain/record.hpp"

namespace sluice::journal {

/// None for a word the enumeration does not have. The domain's to_string answers "?" past the end
/// (refusal codes have their own table).
template <class E>
requires std::is_enum_v<E>
[[nodiscard]] std::optional<E> parse_word(std::string_view text) {
  if constexpr (std::is_same_v<E, refusal_code>)
    return parse_refusal_code(text);
  for (int i = 0;; ++i) {
    const auto word = to_string(static_cast<E>(i));
    if (word == "?")
      return std::nullopt;
    if (word == text)
      return static_cast<E>(i);
  }
}

}  // namespace sluice::journal
