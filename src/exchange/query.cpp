// Percent-encoding and the joining of parameters.
#include "sluice/exchange/query.hpp"

namespace sluice::exchange {

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view digits = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(text.size());
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += digits[byte >> 4U];
    encoded += digits[byte & 15U];
  }
  return encoded;
}

query& query::add(std::string_view name, std::string_view value) {
  if (!text_.empty())
    text_ += '&';
  text_ += percent_encode(name);
  text_ += '=';
  text_ += percent_encode(value);
  return *this;
}

query& query::add(std::string_view name, std::int64_t value) {
  return add(name, std::to_string(value));
}

}  // namespace sluice::exchange
