// HMAC-SHA256 and Ed25519 over OpenSSL.
#include "sluice/exchange/signer.hpp"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
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
struct bio_deleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using private_key = std::unique_ptr<EVP_PKEY, key_deleter>;

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

std::string sign_hmac(const secret& key, std::string_view payload) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  const auto bytes = key.reveal();
  if (HMAC(EVP_sha256(), bytes.data(), static_cast<int>(bytes.size()), bytes_of(payload),
           payload.size(), digest.data(), &size) == nullptr)
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
  return sign_hmac(state_->hmac_key, payload);
}

}  // namespace sluice::exchange
