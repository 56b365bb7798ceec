// exchangeInfo: filters per symbol, and what makes a symbol not tradable instead of the reply
// malformed.
#include "sluice/exchange/replies.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

std::string filters(const std::string& step = "0.01", const std::string& max = "2000") {
  return R"([{"filterType":"PRICE_FILTER","tickSize":"0.0100","minPrice":"0.42",)"
         R"("maxPrice":"6857"},)"
         R"({"filterType":"LOT_SIZE","stepSize":")" +
         step +
         R"(","maxQty":"100000","minQty":"0.01"},)"
         R"({"filterType":"MARKET_LOT_SIZE","minQty":"0.01","stepSize":"0.01","maxQty":")" +
         max +
         R"("},{"filterType":"MAX_NUM_ORDERS","limit":200},)"
         R"({"filterType":"MIN_NOTIONAL","notional":"5"},{"filterType":"OF_TOMORROW"}])";
}

std::string listed(const std::string& name, const std::string& status, const std::string& rules) {
  return R"({"symbol":")" + name + R"(","contractType":"PERPETUAL","status":")" + status +
         R"(","quoteAsset":"USDT","filters":)" + rules + "}";
}

std::string info(const std::string& symbols) {
  return R"({"timezone":"UTC","rateLimits":[)"
         R"({"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":2400},)"
         R"({"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":300}],)"
         R"("symbols":[)" +
         symbols + "]}";
}

}  // namespace

TEST_CASE("symbols come with their filters and the venue with its limits") {
  const auto read = parse_exchange_info(info(listed("SOLUSDT", "TRADING", filters())));
  REQUIRE(read.has_value());
  CHECK(read->source == universe_source::live);
  const auto* rules = read->find(symbol("SOLUSDT"));
  REQUIRE(rules != nullptr);
  CHECK(rules->tradable);
  CHECK(rules->contract_type == "PERPETUAL");
  CHECK(rules->tick.str() == "0.01");
  CHECK(rules->max_price.str() == "6857");
  CHECK(rules->lot.max.str() == "100000");
  CHECK(rules->market_lot.max.str() == "2000");
  CHECK(rules->market_lot.step.str() == "0.01");
  CHECK(rules->min_notional.str() == "5");
  REQUIRE(read->limits.size() == 2);
  CHECK(read->limits[0].limit == 2'400);
  CHECK(read->limits[0].window == std::chrono::minutes(1));
  CHECK(read->limits[1].window == std::chrono::seconds(10));
}

TEST_CASE("a symbol with another or an unknown status is listed but not tradable") {
  for (const char* status : {"SETTLING", "PENDING_TRADING", "TRADING_HALT", "WORD_OF_TOMORROW"}) {
    const auto read = parse_exchange_info(info(listed("SOLUSDT", status, filters())));
    REQUIRE(read.has_value());
    CHECK_FALSE(read->find(symbol("SOLUSDT"))->tradable);
    CHECK(read->find(symbol("SOLUSDT"))->status == status);
  }
}

TEST_CASE("what is held may be tried to be closed until the venue has settled the symbol") {
  const auto closed = [](const char* status) {
    return parse_exchange_info(info(listed("SOLUSDT", status, filters())))
        ->find(symbol("SOLUSDT"))
        ->closed;
  };
  for (const auto* status :
       {"TRADING", "PRE_SETTLE", "PRE_DELIVERING", "TRADING_HALT", "WORD_OF_TOMORROW"})
    CHECK_FALSE(closed(status));
  for (const auto* status : {"PENDING_TRADING", "DELIVERING", "DELIVERED", "SETTLING", "CLOSE"})
    CHECK(closed(status));
  // By rules that we cannot hold no order can be made.
  CHECK(parse_exchange_info(info(listed("AUSDT", "TRADING", filters("0.000000001"))))
            ->find(symbol("AUSDT"))
            ->closed);
}

TEST_CASE("a filter that cannot be represented stops its own symbol only") {
  const auto read = parse_exchange_info(info(listed("AUSDT", "TRADING", filters("0.000000001")) +
                                             "," + listed("BUSDT", "TRADING", filters())));
  REQUIRE(read.has_value());
  CHECK_FALSE(read->find(symbol("AUSDT"))->tradable);
  CHECK(read->find(symbol("BUSDT"))->tradable);
}

TEST_CASE("a filter below zero stops its symbol") {
  for (const auto& rules : {filters("-0.01"), filters("0.01", "-2000")}) {
    const auto read = parse_exchange_info(info(listed("AUSDT", "TRADING", rules)));
    REQUIRE(read.has_value());
    CHECK_FALSE(read->find(symbol("AUSDT"))->tradable);
    CHECK(read->find(symbol("AUSDT"))->lot.step.sign() >= 0);
  }
}

TEST_CASE("a maximum past what we can represent is as good as none") {
  const auto read =
      parse_exchange_info(info(listed("AUSDT", "TRADING", filters("0.01", "900000000000"))));
  REQUIRE(read.has_value());
  CHECK(read->find(symbol("AUSDT"))->tradable);
  CHECK(read->find(symbol("AUSDT"))->market_lot.max.raw() > quantity::whole(90'000'000'000).raw());
}

TEST_CASE("a listing without a single symbol is none") {
  CHECK_FALSE(parse_exchange_info(R"({"rateLimits":[],"symbols":[]})").has_value());
}

TEST_CASE("a listing that is not quite right is rejected whole") {
  const auto good = listed("AUSDT", "TRADING", filters());
  CHECK_FALSE(parse_exchange_info(info(good + "," + good)).has_value());
  CHECK_FALSE(parse_exchange_info(info(listed("AUSDT", "TRADING", "7"))).has_value());
  CHECK_FALSE(parse_exchange_info(info(R"({"symbol":"AUSDT","status":"TRADING"})")).has_value());
  CHECK_FALSE(parse_exchange_info(R"({"symbols":[]})").has_value());
  CHECK_FALSE(parse_exchange_info("{").has_value());
}
