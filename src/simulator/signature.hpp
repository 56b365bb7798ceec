// Who may ask: API keys, HMAC-SHA256 and Ed25519 signatures, timestamps.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "parameters.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/simulator/settings.hpp"

namespace sluice::simulator {

[[nodiscard]] bool is_ed25519_public_key(std::string_view pem);

/// Whether signatures are an account's: of its secret, as hex digits of either case, or of its
/// Ed25519 key, as base64 that was percent-encoded.
class signature_check {
 public:
  /// The settings must have been validated.
  explicit signature_check(const account_settings& a);
  signature_check(signature_check&&) noexcept;
  signature_check& operator=(signature_check&&) noexcept;
  ~signature_check();
  [[nodiscard]] bool accepts(std::string_view payload, std::string_view signature) const;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// A request's text as signed, and the signature beside it.
struct signed_text {
  std::string payload{};    ///< Query and body run together, without the signature parameter.
  std::string signature{};  ///< Empty when there is none at the end of the query or the body.
};
[[nodiscard]] signed_text split_signature(std::string_view query, std::string_view body);

/// Key format (-2014), before it is looked up.
[[nodiscard]] std::optional<venue_error> check_key_format(std::string_view api_key);

/// Mandatory parameters (-1102), timestamp within recvWindow and at most 1 s ahead (-1021),
/// signature
/// (-1022); accepted when `timestamp < now + 1000 && now - timestamp <= recvWindow`.
[[nodiscard]] std::optional<venue_error> check_signature(const request& r, const parameters& p,
                                                         const signature_check& of, venue_time now);

/// The matching engine's own look at a timestamp that was good when the request came in: -5028.
[[nodiscard]] std::optional<venue_error> check_still_in_window(const parameters& p, venue_time now);

}  // namespace sluice::simulator
