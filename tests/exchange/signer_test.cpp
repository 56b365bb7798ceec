// Signatures against vectors that were computed with another tool, and keys that must be refused.
#include "sluice/exchange/signer.hpp"

#include <type_traits>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

// The key of Binance's public documentation, worthless anywhere else.
constexpr const char* documented_key =
    "2b5eb11e18796d12d88f13dc27dbbd02c2cc51ff7059765ed9821957d82bb4d9";

// RFC 8032 section 7.1 test 2 (its secret key as PKCS#8), message 0x72.
constexpr const char* rfc8032_key =
    "-----BEGIN PRIVATE KEY-----\n"
    "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
    "-----END PRIVATE KEY-----\n";

signer hmac(const char* key) {
  auto made = signer::make(key_type::hmac, secret(std::string(key)));
  return std::move(*made);
}

}  // namespace

TEST_CASE("HMAC signatures equal the documented ones") {
  struct row {
    const char* name;
    const char* payload;
    const char* signature;
  };
  const row rows[] = {
      {"documentation example",
       "symbol=BTCUSDT&side=BUY&type=LIMIT&quantity=1&price=9000&timeInForce=GTC&recvWindow=5000"
       "&timestamp=1591702613943",
       "3c661234138461fcc7a7d8746c6558c9842d4e10870d2ecbedf7777cad694af9"},
      {"another order of parameters",
       "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=9000&recvWindow=5000"
       "&timestamp=1591702613943",
       "ec11dcc17e67e47f0d3c3f513dfe9062307e37619c5c82ebaa8fe0bdf3d59519"},
      {"query and body without a separator",
       "symbol=BTCUSDT&side=BUY&type=LIMIT&timeInForce=GTCquantity=1&price=9000&recvWindow=5000"
       "&timestamp=1591702613943",
       "30baaf0fab549bbeda7f5ef201898b34122da25fd23c646cac2c529aebe670a4"},
  };
  const auto signs = hmac(documented_key);
  for (const auto& r : rows) {
    INFO(r.name);
    CHECK(signs.sign(r.payload) == r.signature);
  }
}

TEST_CASE("an Ed25519 signature equals that of RFC 8032, in base64 and percent-encoded") {
  auto signs = signer::make(key_type::ed25519, secret(std::string(rfc8032_key)));
  REQUIRE(signs.has_value());
  CHECK(signs->sign("r") ==
        "kqAJqfDUyrhyDoILX2QlQKKye1QWUD%2BPs3YiI%2BvbadoIWs"
        "HkPhWZbkWPNhPQ8R2MOHsurrQwKu6wDSkWErsMAA%3D%3D");
}

TEST_CASE("a secret that cannot sign is refused when the signer is made") {
  CHECK(signer::make(key_type::hmac, secret{}).error().code == errc::invalid_value);
  CHECK(signer::make(key_type::ed25519, secret(std::string("not a key"))).error().code ==
        errc::invalid_value);
}
