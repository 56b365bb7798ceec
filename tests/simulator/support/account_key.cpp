// Makes Ed25519 keys of numbers and signs with them.
#include "simulator/support/account_key.hpp"

#include <openssl/bio.h>
#include <openssl/pem.h>

#include <array>
#include <cctype>
#include <cstdio>
#include <stdexcept>

namespace sluice::simulator::test {
namespace {

/// What OpenSSL writes into memory, as text.
template <class F>
std::string written(F&& write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  if (!out || write(out.get()) != 1)
    throw std::runtime_error("cannot write PEM");
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

account_key::account_key(std::uint8_t number) {
  std::array<unsigned char, 32> seed{};
  seed.fill(number);
  key_ = {EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, seed.data(), seed.size()),
          &EVP_PKEY_free};
  if (!key_)
    throw std::runtime_error("no Ed25519");
}

std::string account_key::public_pem() const {
  return written([&](BIO* out) { return PEM_write_bio_PUBKEY(out, key_.get()); });
}

std::string account_key::private_pem() const {
  return written([&](BIO* out) {
    return PEM_write_bio_PKCS8PrivateKey(out, key_.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

std::string account_key::sign(const std::string& text) const {
  std::array<unsigned char, 64> signature{};
  std::size_t size = signature.size();
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(),
                                                                        &EVP_MD_CTX_free);
  if (EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key_.get()) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
    throw std::runtime_error("cannot sign");
  std::array<unsigned char, 89> base64{};
  const auto length = EVP_EncodeBlock(base64.data(), signature.data(), static_cast<int>(size));
  return {reinterpret_cast<const char*>(base64.data()), static_cast<std::size_t>(length)};
}

std::string escaped(const std::string& text) {
  std::string out;
  for (const unsigned char c : text) {
    std::array<char, 4> hex{};
    std::snprintf(hex.data(), hex.size(), "%%%02X", c);
    out += std::isalnum(c) != 0 ? std::string(1, static_cast<char>(c)) : hex.data();
  }
  return out;
}

}  // namespace sluice::simulator::test
