// HMAC-SHA256 and Ed25519 over OpenSSL.
#include "sluice/exchange/signer.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#include <array>
#include <stdexcept>
#include <utility>

#include "sluice/exchange/query.hpp"

namespace sluice::exchange {
namespace {

struct key_deleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct context_deleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct mac_deleter {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
struct bio_deleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using private_key = std::unique_ptr<EVP_PKEY, key_deleter>;
using mac_context = std::unique_ptr<EVP_MAC_CTX, mac_deleter>;

private_key read_pem(std::string_view pem) {
  const std::unique_ptr<BIO, bio_deleter> bytes(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  // The callback stands in for OpenSSL's own, which would ask for a passphrase on the terminal.
  const auto no_passphrase = [](char*, int, int, void*) { return 0; };
  return private_key(bytes ? PEM_read_bio_PrivateKey(bytes.get(), nullptr, no_passphrase, nullptr)
                           : nullptr);
}

std::string hex(const unsigned char* bytes, std::size_t size) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  text.reserve(size * 2);
  for (std::size_t i = 0; i < size; ++i) {
    text += digits[bytes[i] >> 4U];
    text += digits[bytes[i] & 15U];
  }
  return text;
}

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// HMAC-SHA256 without a key; null when OpenSSL has none. Made once: to look its parts up by name
/// costs two thirds of a signature.
mac_context keyless_hmac() {
  EVP_MAC* hmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  mac_context made(hmac ? EVP_MAC_CTX_new(hmac) : nullptr);
  EVP_MAC_free(hmac);  // The context holds it.
  std::string sha256 = OSSL_DIGEST_NAME_SHA2_256;
  const std::array parts{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256.data(), sha256.size()),
      OSSL_PARAM_construct_end()};
  // Each signature begins with a copy, which OpenSSL 3.0.0 cannot make.
  if (made && (EVP_MAC_CTX_set_params(made.get(), parts.data()) != 1 ||
               !mac_context(EVP_MAC_CTX_dup(made.get()))))
    made.reset();
  return made;
}

/// OpenSSL wipes its copy of the key with the context.
std::string sign_hmac(const EVP_MAC_CTX* keyless, const secret& key, std::string_view payload) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  std::size_t size = 0;
  const auto bytes = key.reveal();
  const mac_context context(EVP_MAC_CTX_dup(keyless));
  if (!context || EVP_MAC_init(context.get(), bytes_of(bytes), bytes.size(), nullptr) != 1 ||
      EVP_MAC_update(context.get(), bytes_of(payload), payload.size()) != 1 ||
      EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) != 1)
    throw std::runtime_error("HMAC-SHA256 failed");
  return hex(digest.data(), size);
}

std::string sign_ed25519(EVP_PKEY* key, std::string_view payload) {
  std::array<unsigned char, 64> signature{};
  std::size_t size = signature.size();
  const std::unique_ptr<EVP_MD_CTX, context_deleter> context(EVP_MD_CTX_new());
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size, bytes_of(payload), payload.size()) !=
          1)
    throw std::runtime_error("signing with Ed25519 failed");
  std::array<unsigned char, 89> base64{};  // 64 bytes become 88 characters and a final zero.
  const int length = EVP_EncodeBlock(base64.data(), signature.data(), static_cast<int>(size));
  return percent_encode(
      {reinterpret_cast<const char*>(base64.data()), static_cast<std::size_t>(length)});
}

}  // namespace

struct signer::state {
  secret hmac_key{};
  mac_context keyless{};  ///< For HMAC.
  private_key ed25519_key{};
};

signer::signer(std::unique_ptr<state> s) : state_(std::move(s)) {}
signer::signer(signer&&) noexcept = default;
signer& signer::operator=(signer&&) noexcept = default;
signer::~signer() = default;

result<signer> signer::make(key_type kind, secret key) {
  auto made = std::make_unique<state>();
  if (key.empty())
    return fail(errc::invalid_value, "the API secret is empty");
  if (kind == key_type::hmac) {
    made->hmac_key = std::move(key);
    made->keyless = keyless_hmac();
    if (!made->keyless)
      return fail(errc::invalid_value,
                  "OpenSSL has no HMAC-SHA256: see its version (3.0.1 or newer) and configuration");
    return signer(std::move(made));
  }
  made->ed25519_key = read_pem(key.reveal());
  if (!made->ed25519_key || EVP_PKEY_get_base_id(made->ed25519_key.get()) != EVP_PKEY_ED25519)
    return fail(errc::invalid_value, "the API secret is not an Ed25519 private key in PEM");
  return signer(std::move(made));
}

std::string signer::sign(std::string_view payload) const {
  if (state_->ed25519_key)
    return sign_ed25519(state_->ed25519_key.get(), payload);
  return sign_hmac(state_->keyless.get(), state_->hmac_key, payload);
}

}  // namespace sluice::exchange
