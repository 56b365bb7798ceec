// Checks signed requests the way the general-info page describes them.
#include "signature.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace sluice::simulator {
namespace {

constexpr std::int64_t recv_window_default_ms = 5'000;
constexpr std::int64_t ahead_max_ms = 1'000;
constexpr std::string_view marker = "signature=";

/// Takes "signature=..." off the end of a part; what stands elsewhere is not a signature.
std::string take_signature(std::string_view& part) {
  const auto last = part.rfind('&');
  const auto begin = last == std::string_view::npos ? 0 : last + 1;
  if (!part.substr(begin).starts_with(marker))
    return {};
  std::string found(part.substr(begin + marker.size()));
  part = part.substr(0, last == std::string_view::npos ? 0 : last);
  return found;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool same(const std::string& a, const std::string& b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace

std::string hmac_sha256_hex(std::string_view secret, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (unsigned int i = 0; i < size; ++i) {
    hex += digits[digest[i] >> 4U];
    hex += digits[digest[i] & 15U];
  }
  return hex;
}

signed_text split_signature(std::string_view query, std::string_view body) {
  signed_text out;
  out.signature = take_signature(body);
  if (out.signature.empty())
    out.signature = take_signature(query);
  out.payload = std::string(query) + std::string(body);
  return out;
}

std::optional<venue_error> check_key_format(std::string_view api_key) {
  const bool plain = std::all_of(api_key.begin(), api_key.end(),
                                 [](unsigned char c) { return std::isalnum(c) != 0; });
  if (api_key.empty() || api_key.size() > 128 || !plain)
    return venue_error{401, -2014, "API-key format invalid."};
  return std::nullopt;
}

std::optional<venue_error> check_signature(const request& r, const parameters& p,
                                           std::string_view secret, venue_time now) {
  for (auto name : {"timestamp", "signature"})
    if (!p.find(name))
      return missing_parameter(name);
  const auto timestamp = p.whole("timestamp");
  if (const auto* wrong = error_of(timestamp))
    return *wrong;
  const auto window = p.whole("recvWindow");
  if (const auto* wrong = error_of(window))
    return *wrong;
  const auto sent_ms = std::get<0>(timestamp).value_or(0);
  const auto window_ms = std::get<0>(window).value_or(recv_window_default_ms);
  if (window_ms <= 0)
    return venue_error{400, -1131, "recvWindow must be more than 0."};
  if (sent_ms >= now.ms + ahead_max_ms)
    return venue_error{400, -1021,
                       "Timestamp for this request was 1000ms ahead of the server's time."};
  if (sent_ms < now.ms - std::min(window_ms, now.ms))
    return venue_error{400, -1021, "Timestamp for this request is outside of the recvWindow."};
  const auto text = split_signature(r.query, r.body);
  if (!same(lower(text.signature), hmac_sha256_hex(secret, text.payload)))
    return venue_error{400, -1022, "Signature for this request is not valid."};
  return std::nullopt;
}

}  // namespace sluice::simulator
