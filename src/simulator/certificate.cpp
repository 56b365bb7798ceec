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

constexpr long day = 24L * 3600;

/// What every certificate here has in common: key, serial number, subject, names.
bool begin(X509* cert, EVP_PKEY* key, const char* subject, const std::string& names) {
  X509_NAME* name = X509_get_subject_name(cert);
  const auto* common = reinterpret_cast<const unsigned char*>(subject);
  return X509_set_version(cert, X509_VERSION_3) == 1 && set_serial(cert) &&
         X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0) == 1 &&
         X509_set_issuer_name(cert, name) == 1 && X509_set_pubkey(cert, key) == 1 &&
         add_extension(cert, NID_ext_key_usage, "serverAuth") &&
         add_extension(cert, NID_subject_key_identifier, "hash") &&
         add_extension(cert, NID_subject_alt_name, names);
}

bool set_validity(X509* cert, long from, long until) {
  return X509_gmtime_adj(X509_getm_notBefore(cert), from) != nullptr &&
         X509_gmtime_adj(X509_getm_notAfter(cert), until) != nullptr;
}

bool fill(X509* cert, EVP_PKEY* key, const char* subject, const std::string& names) {
  return begin(cert, key, subject, names) && set_validity(cert, -day, 365 * day) &&
         add_extension(cert, NID_basic_constraints, "critical,CA:TRUE") &&
         add_extension(cert, NID_key_usage, "critical,digitalSignature,keyCertSign") &&
         X509_sign(cert, key, EVP_sha256()) > 0;
}

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return size > 0 ? std::string(data, static_cast<std::size_t>(size)) : std::string{};
}

bio_ptr reader_of(const std::string& text) {
  return bio_ptr(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

result<certificate> write(X509* cert, EVP_PKEY* key) {
  const bio_ptr cert_out(BIO_new(BIO_s_mem()));
  const bio_ptr key_out(BIO_new(BIO_s_mem()));
  if (!cert_out || !key_out || PEM_write_bio_X509(cert_out.get(), cert) != 1 ||
      PEM_write_bio_PrivateKey(key_out.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return fail(errc::io_failure, "could not write a certificate");
  return certificate{text_of(cert_out.get()), text_of(key_out.get())};
}

/// Signs with the authority's key, in its name.
bool issue(X509* cert, const certificate& authority) {
  const auto cert_in = reader_of(authority.pem);
  const auto key_in = reader_of(authority.key_pem);
  const x509_ptr issuer(PEM_read_bio_X509(cert_in.get(), nullptr, nullptr, nullptr));
  const key_ptr key(PEM_read_bio_PrivateKey(key_in.get(), nullptr, nullptr, nullptr));
  return issuer && key && X509_set_issuer_name(cert, X509_get_subject_name(issuer.get())) == 1 &&
         X509_sign(cert, key.get(), EVP_sha256()) > 0;
}

}  // namespace

result<certificate> make_certificate(const std::string& address, const char* subject) {
  const key_ptr key(EVP_EC_gen("P-256"));
  const x509_ptr cert(X509_new());
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  if (address != "127.0.0.1" && address != "::1" && address != "localhost")
    names += ",IP:" + address;
  if (!key || !cert || !fill(cert.get(), key.get(), subject, names))
    return fail(errc::io_failure, "could not make a certificate");
  return write(cert.get(), key.get());
}

result<certificate> make_leaf(const certificate& authority, const leaf_options& options) {
  const key_ptr key(EVP_EC_gen("P-256"));
  const x509_ptr cert(X509_new());
  const bool expired = options.expired;
  if (!key || !cert || !begin(cert.get(), key.get(), "Sluice simulated leaf", options.names) ||
      !set_validity(cert.get(), -30 * day, expired ? -day : 30 * day))
    return fail(errc::io_failure, "could not make a certificate");
  const bool signed_ = authority.pem.empty() ? X509_sign(cert.get(), key.get(), EVP_sha256()) > 0
                                             : issue(cert.get(), authority);
  auto made = signed_ ? write(cert.get(), key.get())
                      : result<certificate>(fail(errc::io_failure, "could not sign a certificate"));
  if (made)
    made->pem += authority.pem;
  return made;
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
