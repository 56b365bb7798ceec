// Builds query strings: names and values percent-encoded once, in the order in which they were
// added.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sluice::exchange {

/// RFC 3986: everything but letters, digits, '-', '.', '_' and '~' becomes %XX of its UTF-8 bytes.
[[nodiscard]] std::string percent_encode(std::string_view text);

class query {
 public:
  query& add(std::string_view name, std::string_view value);
  query& add(std::string_view name, std::int64_t value);

  /// "a=1&b=2": exactly the bytes to sign and to send.
  [[nodiscard]] const std::string& str() const { return text_; }

 private:
  std::string text_{};
};

}  // namespace sluice::exchange
