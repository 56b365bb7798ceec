// Identifiers: what may be one, and that a hostile one is refused whole.
#include "sluice/domain/ids.hpp"

#include "support/catch.hpp"

using namespace sluice;

TEST_CASE("a plan id takes 1 to 64 safe characters and nothing else") {
  CHECK(parse_plan_id("exit:BTCUSDT:both-1.0_x"));
  CHECK(parse_plan_id(std::string(64, 'a')));
  const std::string text = GENERATE(std::string(), std::string(65, 'a'), std::string("../etc"),
                                    std::string("a b"), std::string("a\nb"), std::string("a\0b", 3),
                                    std::string("ä"), std::string(1'000'000, 'x'));
  CHECK_FALSE(parse_plan_id(text).has_value());
}

TEST_CASE("a symbol may be non-ASCII but never break a query or a line") {
  CHECK(parse_symbol("BTCUSDT"));
  CHECK(parse_symbol("测试USDT"));
  CHECK(parse_symbol("BTCUSDT_261226"));
  const std::string text = GENERATE("", "BTC USDT", "A&B=1", "A?x", "A\"B", "A\nB", "A/../B",
                                    "A%20", "ABCDEFGHIJKLMNOPQRSTUVWXYZABCDEFG");
  INFO(text);
  CHECK_FALSE(parse_symbol(text).has_value());
}

TEST_CASE("the stable hash is the same in every build and differs by one bit of input") {
  CHECK(stable_hash("") == 0xefd01f60ba992926ULL);
  CHECK(stable_hash("a") != stable_hash("b"));
  CHECK(stable_hash("a", 1) != stable_hash("a", 2));
}
