// Signs query strings with the account's secret, by HMAC-SHA256 or Ed25519.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sluice/domain/result.hpp"
#include "sluice/exchange/secret.hpp"
#include "sluice/exchange/settings.hpp"

namespace sluice::exchange {

/// Holds the secret; usable on one thread at a time.
class signer {
 public:
  /// errc::invalid_value when the secret is empty or, for ed25519, no private key of that kind in
  /// PEM; or when OpenSSL has no HMAC-SHA256.
  [[nodiscard]] static result<signer> make(key_type kind, secret key);

  signer(signer&&) noexcept;
  signer& operator=(signer&&) noexcept;
  ~signer();

  /// The value of `signature` for exactly these bytes, ready for a query string: lower-case hex, or
  /// percent-encoded base64.
  [[nodiscard]] std::string sign(std::string_view payload) const;

 private:
  struct state;
  explicit signer(std::unique_ptr<state> s);

  std::unique_ptr<state> state_;
};

}  // namespace sluice::exchange
