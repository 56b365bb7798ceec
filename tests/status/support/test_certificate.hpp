// Certificates made anew for every test: an authority of its own that vouches for itself.
#pragma once

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <string>

namespace sluice::status::testing {

struct test_certificate {
  std::string pem{};
  std::string key_pem{};
};

template <class Write>
std::string pem_text(Write write) {
  BIO* bytes = BIO_new(BIO_s_mem());
  write(bytes);
  char* text = nullptr;
  const long size = BIO_get_mem_data(bytes, &text);
  std::string pem(text, static_cast<std::size_t>(size));
  BIO_free(bytes);
  return pem;
}

/// `names` as OpenSSL writes them: "IP:127.0.0.1,DNS:localhost".
inline test_certificate make_certificate(const std::string& names) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* made = X509_new();
  X509_set_version(made, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_gmtime_adj(X509_getm_notBefore(made), -3'600);
  X509_gmtime_adj(X509_getm_notAfter(made), 3'600);
  X509_set_pubkey(made, key);
  X509_NAME* name = X509_get_subject_name(made);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("a test"), -1, -1, 0);
  X509_set_issuer_name(made, name);
  X509V3_CTX context;
  X509V3_set_ctx(&context, made, made, nullptr, nullptr, 0);
  X509_EXTENSION* who = X509V3_EXT_conf_nid(nullptr, &context, NID_subject_alt_name, names.c_str());
  X509_add_ext(made, who, -1);
  X509_EXTENSION_free(who);
  X509_sign(made, key, EVP_sha256());
  test_certificate out;
  out.pem = pem_text([&](BIO* to) { PEM_write_bio_X509(to, made); });
  out.key_pem = pem_text(
      [&](BIO* to) { PEM_write_bio_PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr); });
  X509_free(made);
  EVP_PKEY_free(key);
  return out;
}

}  // namespace sluice::status::testing
