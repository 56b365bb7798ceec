// What every fuzz target is made of: one function for one input, and properties that end the
// process when they do not hold.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

namespace sluice::fuzz {

/// Looks at one input, whatever its bytes are. Each target defines it; libFuzzer calls it with
/// inputs of its own making, the tests with those that are kept.
void check(std::string_view input);

/// Ends the process when a property does not hold, in every build: libFuzzer then keeps the input.
inline void require(bool holds, std::string_view property) {
  if (holds)
    return;
  std::fprintf(stderr, "a property does not hold: %.*s\n", static_cast<int>(property.size()),
               property.data());
  std::abort();
}

/// The text as a JSON string, with its quotes.
[[nodiscard]] inline std::string json_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      constexpr std::string_view digits = "0123456789abcdef";
      out += "\\u00";
      out += digits[static_cast<unsigned char>(c) / 16U];
      out += digits[static_cast<unsigned char>(c) % 16U];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

/// A place in a text of `size` bytes that differs from input to input and is the same for each.
[[nodiscard]] inline std::size_t some_place(std::string_view input, std::size_t size) {
  std::size_t hash = 1'469'598'103U;
  for (const char c : input)
    hash = (hash ^ static_cast<unsigned char>(c)) * 16'777'619U % 4'294'967'291U;
  return size == 0 ? 0 : hash % size;
}

}  // namespace sluice::fuzz
