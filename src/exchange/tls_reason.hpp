// Why a TLS handshake failed, in words that tell the operator's cases apart.
#pragma once

#include <openssl/ssl.h>

#include <string>

#include "net.hpp"

namespace sluice::exchange {

/// "the certificate has expired", "the certificate is for another host", "the certificate is
/// self-signed", "the authority of the certificate is not trusted", "the venue speaks no TLS 1.2 or
/// newer", or else OpenSSL's or the system's own words.
[[nodiscard]] std::string tls_reason(const error_code& failed, const SSL* connection);

}  // namespace sluice::exchange
