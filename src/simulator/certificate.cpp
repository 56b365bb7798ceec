// Makes the server's certificate with OpenSSL.
#include "certificate.hpp"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <vector>

namespace sluice::simulator {
namespace {

template <auto Free>
struct freer {
  template <class T>
  void operator()(T* p) const {
    Free(p);
  }
};
using key_ptr = std::unique_ptr<EVP_PKEY, freer<EVP_PKEY_free>>;
using x509_ptr = std::unique_ptr<X509, freer<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, freer<BIO_free_all>>;
using extension_ptr = std::unique_ptr<X509_EXTENSION, freer<X509_EXTENSION_free>>;

bool add_extension(X509* cert, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, cert, cert, nullptr, nullptr, 0);
  const extension_ptr extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
  return extension && X509_add_ext(cert, extension.get(), -1) == 1;
}

bool set_serial(X509* cert) {
  std::uint64_t serial = 0;
  return RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial) == 1 &&
         ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert), serial >> 1U) == 1;
}

bool fill(X509* cert, EVP_PKEY* key, const std::string& names) {
  constexpr long day = 24L * 3600;
  X509_NAME* name = X509_get_subject_name(cert);
  const auto* common = reinterpret_cast<const unsigned char*>("Sluice simulated exchange");
  return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
         X509_gmtime_adj(X509_getm_notBefore(cert), -day) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(cert), 365 * day) != nullptr &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0) == 1 &&
         X509_set_issuer_name(cert, name) == 1 && X509_set_pubkey(cert, key) == 1 &&
         add_extension(cert, NID_basic_constraints, "critical,CA:TRUE") &&
         add_extension(cert, NID_key_usage, "critical,digitalSignature,keyCertSign") &&
         add_extension(cert, NID_ext_key_usage, "serverAuth") &&
         add_extension(cert, NID_subject_key_identifier, "hash") &&
         add_extension(cert, NID_subject_alt_name, names) && X509_sign(cert, key, EVP_sha256()) > 0;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

}  // namespace

result<certificate> make_certificate(const std::string& address) {
  const key_ptr key(EVP_EC_gen("P-256"));
  const x509_ptr cert(X509_new());
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  if (address != "127.0.0.1" && address != "::1" && address != "localhost")
    names += ",IP:" + address;
  if (!key || !cert || !fill(cert.get(), key.get(), names))
    return fail(errc::io_failure, "could not make a certificate");
  const bio_ptr cert_out(BIO_new(BIO_s_mem()));
  const bio_ptr key_out(BIO_new(BIO_s_mem()));
  if (!cert_out || !key_out || PEM_write_bio_X509(cert_out.get(), cert.get()) != 1 ||
      PEM_write_bio_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) !=
          1)
    return fail(errc::io_failure, "could not write a certificate");
  return certificate{text_of(cert_out.get()), text_of(key_out.get())};
}

result<std::string> random_key(std::size_t length) {
  static constexpr char letters[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  constexpr unsigned char usable =
      248;  // The largest multiple of 62 in a byte: no letter favoured.
  std::string text;
  std::vector<unsigned char> bytes(length);
  while (text.size() < length) {
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
      return fail(errc::io_failure, "no random numbers to be had");
    for (auto b : bytes)
      if (b < usable && text.size() < length)
        text += letters[b % 62];
  }
  return text;
}

result<void> write_whole_file(const std::string& path, const std::string& text) {
  const std::string beside = path + ".new";
  {
    std::ofstream out(beside, std::ios::binary | std::ios::trunc);
    out << text;
    out.flush();
    if (!out)
      return fail(errc::io_failure, "cannot write " + beside);
  }
  std::error_code ec;
  std::filesystem::rename(beside, path, ec);
  if (ec)
    return fail(errc::io_failure, "cannot write " + path + ": " + ec.message());
  return {};
}

}  // namespace sluice::simulator
