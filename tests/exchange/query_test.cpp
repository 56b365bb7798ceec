// Query strings byte by byte, and addresses that may and may not be used.
#include "sluice/exchange/query.hpp"

#include <rapidcheck.h>

#include "sluice/exchange/url.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

std::string decode(const std::string& text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      plain += text[i];
      continue;
    }
    plain += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
    i += 2;
  }
  return plain;
}

}  // namespace

TEST_CASE("parameters are joined in the order in which they were added") {
  query q;
  q.add("symbol", "BTCUSDT").add("orderId", std::int64_t{8'389'765'739'703'625'592});
  CHECK(q.str() == "symbol=BTCUSDT&orderId=8389765739703625592");
  CHECK(query{}.str().empty());
}

TEST_CASE("a symbol outside ASCII is encoded by its UTF-8 bytes") {
  CHECK(query{}.add("symbol", "测试USDT").str() == "symbol=%E6%B5%8B%E8%AF%95USDT");
  CHECK(percent_encode("a/b:c d&e=f~g") == "a%2Fb%3Ac%20d%26e%3Df~g");
}

TEST_CASE("an encoded value holds no byte with a meaning in a URL and decodes to itself") {
  CHECK(rc::check([](const std::string& text) {
    const auto encoded = percent_encode(text);
    RC_ASSERT(encoded.find_first_of("&=?#+/ \r\n") == std::string::npos);
    RC_ASSERT(decode(encoded) == text);
  }));
}

TEST_CASE("an address gives host and port, and nothing else is let in") {
  const auto named = parse_address("https://fapi.example.com", "https");
  REQUIRE(named.has_value());
  CHECK(*named == web_address{"fapi.example.com", "443"});
  CHECK(named->authority() == "fapi.example.com");
  const auto local = parse_address("wss://127.0.0.1:8443/", "wss");
  REQUIRE(local.has_value());
  CHECK(local->authority() == "127.0.0.1:8443");
  const auto v6 = parse_address("https://[::1]:9443", "https");
  REQUIRE(v6.has_value());
  CHECK(v6->host == "::1");
  CHECK(v6->authority() == "[::1]:9443");
  for (const char* bad :
       {"http://fapi.example.com", "https://", "https://a/path", "https://user@host", "https://a:0",
        "https://a:70000", "https://a:x", "https://a:", "https://[::1", "https://a b",
        "https://a?x=1", "wss://a"}) {
    INFO(bad);
    CHECK_FALSE(parse_address(bad, "https").has_value());
  }
}
