// The certificate and key with which the HTTP server speaks TLS.
#pragma once

#include <memory>
#include <string_view>

#include "sluice/domain/result.hpp"

namespace sluice::status {

/// What a server shows in a handshake: TLS 1.2 or newer, no renegotiation. Immutable once made.
class tls_identity {
 public:
  struct impl;

  /// Both in PEM: the certificate with its chain, and its key without a passphrase. Errors:
  /// malformed when either cannot be read, invalid_value when they do not belong together.
  [[nodiscard]] static result<std::shared_ptr<tls_identity>> make(std::string_view certificate,
                                                                  std::string_view key);
  explicit tls_identity(std::unique_ptr<impl> made);
  tls_identity(const tls_identity&) = delete;
  tls_identity& operator=(const tls_identity&) = delete;
  ~tls_identity();

  [[nodiscard]] impl& internals() { return *impl_; }

 private:
  std::unique_ptr<impl> impl_;
};

}  // namespace sluice::status
