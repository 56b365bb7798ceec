// Percent-decoding, queries and the Host allow-list.
#include "sluice/status/url.hpp"

#include "support/catch.hpp"

using namespace sluice::status;

TEST_CASE("percent escapes are decoded and broken ones refused") {
  CHECK(percent_decode("a%2Fb%20c", plus_sign::literal) == "a/b c");
  CHECK(percent_decode("a+b", plus_sign::literal) == "a+b");
  CHECK(percent_decode("a+b", plus_sign::space) == "a b");
  CHECK(percent_decode("%e5%B8%81", plus_sign::literal) == "\xe5\xb8\x81");
  for (const auto* broken : {"%", "%4", "%zz", "a%4", "%-1", "%00", "%0a", "a%7F"}) {
    CAPTURE(broken);
    CHECK_FALSE(percent_decode(broken, plus_sign::literal));
  }
}

TEST_CASE("a query is split into its parameters in their order") {
  const auto query = parse_query("wait=500ms&empty=&bare&a=1=2&&wait=1s");
  REQUIRE(query);
  CHECK(query->all().size() == 5);
  CHECK(query->find("wait") == "500ms");
  CHECK(query->find("empty") == "");
  CHECK(query->find("bare") == "");
  CHECK(query->find("a") == "1=2");
  CHECK_FALSE(query->find("none"));
  CHECK(parse_query("")->empty());
  CHECK_FALSE(parse_query("a=%"));
}

TEST_CASE("a query with too many parameters is refused") {
  std::string text;
  for (std::size_t i = 0; i < query_parameters_max; ++i)
    text += "a&";
  CHECK(parse_query(text));
  CHECK_FALSE(parse_query(text + "a"));
}

TEST_CASE("only loopback names and configured ones are admitted as Host") {
  const std::vector<std::string> allowed{"trade.example"};
  for (const auto* good : {"localhost", "LOCALHOST:8645", "127.0.0.1:1", "[::1]", "[::1]:8645",
                           "Trade.Example", "trade.example:80"}) {
    CAPTURE(good);
    CHECK(host_allowed(good, allowed));
  }
  for (const auto* bad :
       {"", "evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "localhost:8645x",
        "localhost:123456", "::1", "[::1]x", "127.0.0.2", "evil.example:localhost"}) {
    CAPTURE(bad);
    CHECK_FALSE(host_allowed(bad, allowed));
  }
}
