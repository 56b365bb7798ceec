// OpenSSL's verdicts on certificates and versions, sorted into the few that matter.
#include "tls_reason.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

namespace sluice::exchange {
namespace {

std::string certificate_reason(long verdict) {
  switch (verdict) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
      return "the certificate has expired";
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return "the certificate is not valid yet";
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return "the certificate is for another host";
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
      return "the certificate is self-signed";
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
      return "the authority of the certificate is not trusted";
    default:
      return std::string("the certificate was refused: ") + X509_verify_cert_error_string(verdict);
  }
}

bool about_versions(const error_code& failed) {
  if (failed.category() != asio::error::get_ssl_category())
    return false;
  const int reason = ERR_GET_REASON(static_cast<unsigned long>(failed.value()));
  return reason == SSL_R_TLSV1_ALERT_PROTOCOL_VERSION || reason == SSL_R_UNSUPPORTED_PROTOCOL ||
         reason == SSL_R_WRONG_SSL_VERSION || reason == SSL_R_VERSION_TOO_LOW;
}

}  // namespace

std::string tls_reason(const error_code& failed, const SSL* connection) {
  if (const long verdict = SSL_get_verify_result(connection); verdict != X509_V_OK)
    return certificate_reason(verdict);
  if (about_versions(failed))
    return "the venue speaks no TLS 1.2 or newer";
  return failed.message();
}

}  // namespace sluice::exchange
