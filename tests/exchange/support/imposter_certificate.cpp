// The imposter's certificate, made anew for every test.
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <stdexcept>

#include "imposter.hpp"

namespace sluice::test {
namespace {

void add_extension(X509* certificate, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

std::string pem_of(X509* certificate) {
  BIO* bytes = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(bytes, certificate);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bytes, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(bytes);
  return pem;
}

/// As if somebody else had signed it.
void name_issuer(X509* certificate) {
  X509_NAME* issuer = X509_NAME_new();
  X509_NAME_add_entry_by_txt(issuer, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("nobody"), -1, -1, 0);
  X509_set_issuer_name(certificate, issuer);
  X509_NAME_free(issuer);
}

}  // namespace

void imposter::make_certificate(const std::string& certified_for, tls_flaw flaw) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -7'200);
  X509_gmtime_adj(X509_getm_notAfter(certificate), flaw == tls_flaw::expired ? -60 : 3'600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("imposter"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  EVP_PKEY* issuer = EVP_EC_gen("P-256");
  const bool foreign = flaw == tls_flaw::by_unknown_authority;
  if (foreign)
    name_issuer(certificate);
  add_extension(certificate, NID_basic_constraints, foreign ? "CA:FALSE" : "critical,CA:TRUE");
  add_extension(certificate, NID_subject_alt_name, certified_for);
  X509_sign(certificate, foreign ? issuer : key, EVP_sha256());
  EVP_PKEY_free(issuer);
  pem_ = pem_of(certificate);
  context_ = SSL_CTX_new(TLS_server_method());
  const bool usable = SSL_CTX_use_certificate(context_, certificate) == 1 &&
                      SSL_CTX_use_PrivateKey(context_, key) == 1;
  if (flaw == tls_flaw::old_version) {
    SSL_CTX_set_security_level(context_, 0);
    SSL_CTX_set_max_proto_version(context_, TLS1_1_VERSION);
  }
  X509_free(certificate);
  EVP_PKEY_free(key);
  if (!usable)
    throw std::runtime_error("the imposter has no certificate");
}

}  // namespace sluice::test
