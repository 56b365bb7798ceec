// Ed25519 keys as clients have them: the private half signs here, the public half goes to the
// venue.
#pragma once

#include <openssl/evp.h>

#include <cstdint>
#include <memory>
#include <string>

namespace sluice::simulator::test {

class account_key {
 public:
  /// The same number, the same key: its 32 bytes are all that number.
  explicit account_key(std::uint8_t number);
  [[nodiscard]] std::string public_pem() const;
  /// PKCS#8, not encrypted.
  [[nodiscard]] std::string private_pem() const;
  /// Base64 in one line, not percent-encoded.
  [[nodiscard]] std::string sign(const std::string& text) const;

 private:
  std::shared_ptr<EVP_PKEY> key_{};
};

/// Every byte that is no letter or digit as "%2B".
[[nodiscard]] std::string escaped(const std::string& text);

}  // namespace sluice::simulator::test
