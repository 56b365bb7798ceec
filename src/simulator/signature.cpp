// Checks signed requests the way the general-info page describes them.
#include "signature.hpp"
#include "refusals.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#include <algorithm>
#include <array>
#include <cctype>

namespace sluice::simulator {
namespace {

constexpr std::int64_t recv_window_default_ms = 5'000;
constexpr std::int64_t ahead_max_ms = 1'000;
constexpr std::string_view marker = "signature=";

/// Takes "signature=..." off the end of a part; what stands elsewhere is not a signature.
std::string take_signature(std::string_view& part) {
  const auto last = part.rfind('&');
  const auto begin = last == std::string_view::npos ? 0 : last + 1;
  if (!part.substr(begin).starts_with(marker))
    return {};
  std::string found(part.substr(begin + marker.size()));
  part = part.substr(0, last == std::string_view::npos ? 0 : last);
  return found;
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

bool same(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

struct key_deleter {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct context_deleter {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct bio_deleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
struct mac_deleter {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using public_key = std::unique_ptr<EVP_PKEY, key_deleter>;
using mac_context = std::unique_ptr<EVP_MAC_CTX, mac_deleter>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// Null when the text is no Ed25519 public key.
public_key read_public_key(std::string_view pem) {
  const std::unique_ptr<BIO, bio_deleter> bytes(
      BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  public_key key(bytes ? PEM_read_bio_PUBKEY(bytes.get(), nullptr, nullptr, nullptr) : nullptr);
  if (key && EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519)
    key.reset();
  return key;
}

constexpr std::size_t ed25519_bytes = 64;
constexpr std::size_t ed25519_base64_size = 88;
using ed25519_signature = std::array<unsigned char, ed25519_bytes>;

/// Base64 as it is written: one spelling for each signature, nothing around it.
std::optional<ed25519_signature> read_base64(std::string_view text) {
  std::array<unsigned char, ed25519_base64_size / 4 * 3> decoded{};
  if (text.size() != ed25519_base64_size ||
      EVP_DecodeBlock(decoded.data(), bytes_of(text), static_cast<int>(text.size())) !=
          static_cast<int>(decoded.size()))
    return std::nullopt;
  ed25519_signature out{};
  std::copy_n(decoded.begin(), out.size(), out.begin());
  std::array<unsigned char, ed25519_base64_size + 1> again{};
  EVP_EncodeBlock(again.data(), out.data(), static_cast<int>(out.size()));
  if (!std::equal(text.begin(), text.end(), again.begin()))
    return std::nullopt;
  return out;
}

bool verify_ed25519(EVP_PKEY* key, std::string_view payload, std::string_view signature) {
  const auto plain = percent_decode(signature);
  const auto bytes = plain ? read_base64(*plain) : std::nullopt;
  const std::unique_ptr<EVP_MD_CTX, context_deleter> context(EVP_MD_CTX_new());
  return bytes && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytes->data(), bytes->size(), bytes_of(payload),
                          payload.size()) == 1;
}

/// What every HMAC-SHA256 with that secret begins with. Null when OpenSSL has none.
mac_context begun_with(std::string_view secret) {
  EVP_MAC* hmac = EVP_MAC_fetch(nullptr, OSSL_MAC_NAME_HMAC, nullptr);
  mac_context made(hmac ? EVP_MAC_CTX_new(hmac) : nullptr);
  EVP_MAC_free(hmac);  // The context holds it.
  std::string sha256 = OSSL_DIGEST_NAME_SHA2_256;
  const std::array parts{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256.data(), sha256.size()),
      OSSL_PARAM_construct_end()};
  if (made && EVP_MAC_init(made.get(), bytes_of(secret), secret.size(), parts.data()) != 1)
    made.reset();
  return made;
}

/// Empty when OpenSSL fails.
std::string hmac_hex(const EVP_MAC_CTX* begun, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  std::size_t size = 0;
  const mac_context context(begun ? EVP_MAC_CTX_dup(begun) : nullptr);
  if (!context || EVP_MAC_update(context.get(), bytes_of(text), text.size()) != 1 ||
      EVP_MAC_final(context.get(), digest.data(), &size, digest.size()) != 1)
    return {};
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * size);
  for (std::size_t i = 0; i < size; ++i) {
    hex += digits[digest[i] >> 4U];
    hex += digits[digest[i] & 15U];
  }
  return hex;
}

}  // namespace

struct signature_check::state {
  mac_context hmac{};  ///< Null without a secret.
  public_key key{};
};

signature_check::signature_check(const account_settings& a)
    : state_(
          std::make_unique<state>(state{a.api_secret.empty() ? nullptr : begun_with(a.api_secret),
                                        read_public_key(a.api_public_key)})) {}
signature_check::signature_check(signature_check&&) noexcept = default;
signature_check& signature_check::operator=(signature_check&&) noexcept = default;
signature_check::~signature_check() = default;

bool signature_check::accepts(std::string_view payload, std::string_view signature) const {
  if (state_->key)
    return verify_ed25519(state_->key.get(), payload, signature);
  const auto wanted = hmac_hex(state_->hmac.get(), payload);
  return !wanted.empty() && same(lower(std::string(signature)), wanted);
}

bool is_ed25519_public_key(std::string_view pem) {
  return read_public_key(pem) != nullptr;
}

signed_text split_signature(std::string_view query, std::string_view body) {
  signed_text out;
  out.signature = take_signature(body);
  if (out.signature.empty())
    out.signature = take_signature(query);
  out.payload = std::string(query) + std::string(body);
  return out;
}

std::optional<venue_error> check_key_format(std::string_view api_key) {
  const bool plain = std::all_of(api_key.begin(), api_key.end(),
                                 [](unsigned char c) { return std::isalnum(c) != 0; });
  if (api_key.empty() || api_key.size() > 128 || !plain)
    return refuse<-2014>();
  return std::nullopt;
}

std::optional<venue_error> check_signature(const request& r, const parameters& p,
                                           const signature_check& of, venue_time now) {
  for (auto name : {"timestamp", "signature"})
    if (!p.find(name))
      return missing_parameter(name);
  const auto timestamp = p.whole("timestamp");
  if (const auto* wrong = error_of(timestamp))
    return *wrong;
  const auto window = p.whole("recvWindow");
  if (const auto* wrong = error_of(window))
    return *wrong;
  const auto sent_ms = std::get<0>(timestamp).value_or(0);
  const auto window_ms = std::get<0>(window).value_or(recv_window_default_ms);
  if (window_ms <= 0)
    return refuse<-1131>();
  if (sent_ms >= now.ms + ahead_max_ms)
    return refuse<-1021, 1>();
  if (sent_ms < now.ms - std::min(window_ms, now.ms))
    return refuse<-1021>();
  const auto text = split_signature(r.query, r.body);
  if (!of.accepts(text.payload, text.signature))
    return refuse<-1022>();
  return std::nullopt;
}

std::optional<venue_error> check_still_in_window(const parameters& p, venue_time now) {
  const auto timestamp = p.whole("timestamp");
  const auto window = p.whole("recvWindow");
  if (error_of(timestamp) || error_of(window))
    return std::nullopt;  // Refused before it came here.
  const auto window_ms = std::get<0>(window).value_or(recv_window_default_ms);
  if (std::get<0>(timestamp).value_or(0) < now.ms - std::min(window_ms, now.ms))
    return refuse<-5028>();
  return std::nullopt;
}

}  // namespace sluice::simulator
