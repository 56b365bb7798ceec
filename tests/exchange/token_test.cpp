// Tokens differ, and their digest is the published one.
#include "sluice/exchange/token.hpp"

#include <set>

#include "support/catch.hpp"

using namespace sluice::exchange;

TEST_CASE("tokens are 32 hex digits, and no two are equal") {
  std::set<std::string> seen;
  for (int i = 0; i < 1'000; ++i) {
    const auto token = random_token().value();
    CHECK(token.size() == 32);
    CHECK(token.find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(seen.insert(token).second);
  }
}

TEST_CASE("the digest of a token is SHA-256") {
  // FIPS 180-2, appendix B.1: "abc" is ba7816bf 8f01cfea ... f20015ad.
  const auto digest = digest_of("abc");
  CHECK(digest[0] == 0xba);
  CHECK(digest[1] == 0x78);
  CHECK(digest[30] == 0x15);
  CHECK(digest[31] == 0xad);
}
