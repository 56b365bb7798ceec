// Public endpoints: the listing, marks, time.
#include <set>

#include "simulator/support/bench_venue.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::elements;
using test::field;

TEST_CASE("exchangeInfo lists as many tradable symbols as asked for, and closed ones beyond") {
  auto s = test::quiet_settings();
  s.symbols = 566;
  s.closed_symbols = 4;
  bench_venue v(s);
  const auto info = v.get_public("/fapi/v1/exchangeInfo");
  REQUIRE(info.status == 200);
  std::set<std::string> names;
  int trading = 0;
  for (const auto& row : elements(field(info.body, "symbols"))) {
    names.insert(field(row, "symbol"));
    trading += field(row, "status") == "TRADING" ? 1 : 0;
  }
  CHECK(names.size() == 570);
  CHECK(trading == 566);
  CHECK(names.count("BTCUSDT") == 1);
  CHECK(names.count("ETHUSDT") == 1);
  CHECK(v.it->symbols().size() == 566);
}

TEST_CASE("a reply tells its second in HTTP's words") {
  bench_venue v;
  CHECK(test::header(v.get_public("/fapi/v1/time"), "Date") == "Mon, 21 Sep 2026 14:13:20 GMT");
  v.now.venue.ms = 1'799'087'000'999;
  CHECK(test::header(v.get_public("/fapi/v1/time"), "Date") == "Mon, 04 Jan 2027 18:23:20 GMT");
}

TEST_CASE("exchangeInfo has the documented fields, filters and limits") {
  bench_venue v;
  const auto info = v.get_public("/fapi/v1/exchangeInfo");
  CHECK(test::names_of(info.body) ==
        "assets exchangeFilters futuresType rateLimits serverTime symbols timezone");
  CHECK(field(info.body, "serverTime") == std::to_string(v.now.venue.ms));
  CHECK(elements(field(info.body, "rateLimits")).front() ==
        R"({"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":2400})");
  const auto btc = elements(field(info.body, "symbols")).front();
  CHECK(field(btc, "pricePrecision") == "2");
  CHECK(field(btc, "contractType") == "PERPETUAL");
  std::vector<std::string> filters;
  for (const auto& f : elements(field(btc, "filters")))
    filters.push_back(field(f, "filterType") + ": " + test::names_of(f));
  CHECK(filters == std::vector<std::string>{
                       "PRICE_FILTER: filterType maxPrice minPrice tickSize",
                       "LOT_SIZE: filterType maxQty minQty stepSize",
                       "MARKET_LOT_SIZE: filterType maxQty minQty stepSize",
                       "MAX_NUM_ORDERS: filterType limit", "MIN_NOTIONAL: filterType notional",
                       "PERCENT_PRICE: filterType multiplierDecimal multiplierDown multiplierUp",
                       "POSITION_RISK_CONTROL: filterType positionControlSide"});
}

TEST_CASE("ten thousand symbols have distinct names and tradable filters") {
  auto s = test::quiet_settings();
  s.symbols = 10'000;
  bench_venue v(s);
  const auto names = v.it->symbols();
  CHECK(std::set<symbol>(names.begin(), names.end()).size() == 10'000);
  const auto info = v.get_public("/fapi/v1/exchangeInfo");
  for (const auto& row : elements(field(info.body, "symbols"))) {
    const auto filters = elements(field(row, "filters"));
    const auto step = *quantity::parse(field(filters[2], "stepSize"));
    const auto most = *quantity::parse(field(filters[2], "maxQty"));
    const auto least = *notional::parse(field(filters[4], "notional"));
    const auto mark = *v.it->mark(symbol{field(row, "symbol")});
    INFO(row);
    REQUIRE(mark >= *price::parse(field(filters[0], "minPrice")));
    REQUIRE(on_step(mark, *price::parse(field(filters[0], "tickSize"))));
    REQUIRE(step.sign() > 0);
    REQUIRE(mark * most >= least + least);
  }
}

TEST_CASE("premiumIndex gives one symbol for weight 1 and all of them for weight 10") {
  bench_venue v;
  const auto one = v.get_public("/fapi/v1/premiumIndex", "symbol=BTCUSDT");
  CHECK(field(one.body, "markPrice") == "83860.20000000");
  CHECK(test::header(one, "x-mbx-used-weight-1m") == "1");
  const auto all = v.get_public("/fapi/v1/premiumIndex");
  CHECK(elements(all.body).size() == 64);
  CHECK(test::header(all, "x-mbx-used-weight-1m") == "11");
  CHECK(test::outcome_of(v.get_public("/fapi/v1/premiumIndex", "symbol=NOSUCH")) == "400 -1121");
}

TEST_CASE("an unknown path and a wrong method are told apart") {
  bench_venue v;
  CHECK(test::outcome_of(v.get_public("/fapi/v1/nothing")) == "404 -5000");
  CHECK(test::outcome_of(v.with_key("DELETE", "/fapi/v1/ping")) == "405 -5000");
  CHECK(v.get_public("/fapi/v1/ping").body == "{}");
}

TEST_CASE("malformed queries are refused with the venue's codes") {
  bench_venue v;
  CHECK(test::outcome_of(v.get_public("/fapi/v1/premiumIndex", "symbol=%zz")) == "400 -1100");
  CHECK(test::outcome_of(v.get_public("/fapi/v1/premiumIndex", "symbol=A&symbol=B")) ==
        "400 -1101");
  CHECK(test::outcome_of(v.get_public("/fapi/v1/premiumIndex", "&&=&symbol=BTCUSDT")) == "200");
}

TEST_CASE("marks walk by seed, stay within the price filter, and repeat for the same seed") {
  auto s = test::quiet_settings();
  s.volatility_bp = 100;
  bench_venue a(s);
  bench_venue b(s);
  s.seed = 2;
  bench_venue c(s);
  int moved = 0;
  int differ = 0;
  for (int n = 0; n < 500; ++n) {
    const auto before = a.it->mark(symbol{"ETHUSDT"});
    for (auto* v : {&a, &b, &c})
      v->pass(milliseconds{1'000});
    REQUIRE(a.it->mark(symbol{"ETHUSDT"}) == b.it->mark(symbol{"ETHUSDT"}));
    moved += a.it->mark(symbol{"ETHUSDT"}) != before ? 1 : 0;
    differ += a.it->mark(symbol{"ETHUSDT"}) != c.it->mark(symbol{"ETHUSDT"}) ? 1 : 0;
    REQUIRE(a.it->mark(symbol{"ETHUSDT"})->sign() > 0);
  }
  CHECK(moved > 490);
  CHECK(differ > 490);
}

TEST_CASE("a mark that is set holds for one tick, or until it is released") {
  auto s = test::quiet_settings();
  s.volatility_bp = 50;
  bench_venue v(s);
  const symbol btc{"BTCUSDT"};
  const auto at = price::whole(90'000);
  REQUIRE(v.it->set_mark(btc, at));
  v.pass(milliseconds{1'000});
  CHECK(v.it->mark(btc) == at);
  v.pass(milliseconds{5'000});
  CHECK(v.it->mark(btc) != at);
  REQUIRE(v.it->set_mark(btc, at, mark_pin::until_released));
  v.pass(milliseconds{5'000});
  CHECK(v.it->mark(btc) == at);
  REQUIRE(v.it->release_mark(btc));
  v.pass(milliseconds{5'000});
  CHECK(v.it->mark(btc) != at);
  CHECK_FALSE(v.it->set_mark(btc, price{}));
  CHECK_FALSE(v.it->set_mark(symbol{"NOSUCH"}, at));
}

TEST_CASE("a symbol beyond ASCII is listed, traded and streamed, and asked for percent-encoded") {
  auto s = test::quiet_settings();
  s.unicode_symbols = 2;
  bench_venue v(s);
  const std::string name = "测试USDT";
  const std::string encoded = "%E6%B5%8B%E8%AF%95USDT";
  const auto listed = elements(field(v.get_public("/fapi/v1/exchangeInfo").body, "symbols"));
  REQUIRE(listed.size() == 66);
  CHECK(field(listed[60], "symbol") == name);
  CHECK(field(listed[61], "symbol") == "测试2USDT");
  CHECK(field(v.get_public("/fapi/v1/premiumIndex", "symbol=" + encoded).body, "symbol") == name);
  CHECK(test::outcome_of(v.get_public("/fapi/v1/premiumIndex", "symbol=" + name)) == "400 -1100");
  const auto marks = *v.it->open_stream("/market/ws/%E6%B5%8B%E8%AF%95usdt@markPrice@1s");
  const auto step = *quantity::parse(field(elements(field(listed[60], "filters"))[1], "stepSize"));
  const auto amount = floor_to_step(notional::whole(100) / *v.it->mark(symbol{name}), step) + step;
  CHECK(v.market(encoded, "BUY", amount.str()).status == 200);
  CHECK(v.held(name) == amount);
  v.pass(milliseconds{1'000});
  const auto heard = v.heard(marks);
  REQUIRE(heard.size() == 1);
  CHECK(field(heard[0], "s") == name);
}
