// Isolated margin: what a position sets aside, gives back, and can lose at most.
#include "simulator/support/trader.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::bench_venue;
using test::elements;
using test::field;
using test::limit_order;
using test::outcome_of;

namespace {

reply set_margin(bench_venue& v, const std::string& type, const std::string& symbol = "BTCUSDT") {
  return v.call("POST", "/fapi/v1/marginType", "symbol=" + symbol + "&marginType=" + type);
}

/// A venue of one account whose BTCUSDT is isolated.
bench_venue isolated(settings s = test::quiet_settings()) {
  bench_venue v(std::move(s));
  if (set_margin(v, "ISOLATED").status != 200)
    throw std::runtime_error("not isolated");
  return v;
}

std::string risk(bench_venue& v, const std::string& name, const std::string& symbol = "BTCUSDT") {
  return field(elements(v.call("GET", "/fapi/v3/positionRisk", "symbol=" + symbol).body).at(0),
               name);
}

std::string account(bench_venue& v, const std::string& name) {
  return field(v.call("GET", "/fapi/v3/account").body, name);
}

notional set_aside(const bench_venue& v) {
  notional sum;
  for (const auto& p : test::books_of(v).positions)
    sum += p.isolated_wallet;
  return sum;
}

}  // namespace

TEST_CASE("the margin type is set per symbol, told as an account update, and shown") {
  bench_venue v;
  const auto stream = test::listen(v);
  CHECK(set_margin(v, "ISOLATED").body == R"({"code":200,"msg":"success"})");
  const auto texts = v.heard(stream);
  REQUIRE(texts.size() == 1);
  const auto told = field(texts[0], "a");
  CHECK(field(told, "m") == "MARGIN_TYPE_CHANGE");
  const auto rows = elements(field(told, "P"));
  REQUIRE(rows.size() == 1);
  CHECK(field(rows[0], "s") == "BTCUSDT");
  CHECK(field(rows[0], "mt") == "isolated");
  const auto shown = [&](const std::string& symbol) {
    const auto config = v.call("GET", "/fapi/v1/symbolConfig", "symbol=" + symbol).body;
    return field(elements(config)[0], "marginType");
  };
  CHECK(shown("BTCUSDT") == "ISOLATED");
  CHECK(shown("ETHUSDT") == "CROSSED");
  CHECK(v.call("GET", "/fapi/v3/positionRisk").body == "[]");
}

TEST_CASE("the margin type cannot be changed without need, beside orders, or with a position") {
  bench_venue v;
  CHECK(outcome_of(set_margin(v, "CROSSED")) == "400 -4046");
  CHECK(outcome_of(set_margin(v, "CROSS")) == "400 -1130");
  CHECK(outcome_of(v.call("POST", "/fapi/v1/marginType", "symbol=BTCUSDT")) == "400 -1102");
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "80000").status == 200);
  CHECK(outcome_of(set_margin(v, "ISOLATED")) == "400 -4047");
  REQUIRE(v.call("DELETE", "/fapi/v1/allOpenOrders", "symbol=BTCUSDT").status == 200);
  REQUIRE(test::algo_order(v, "STOP_MARKET", "BTCUSDT", "SELL", "&quantity=0.01&triggerPrice=80000")
              .status == 200);
  CHECK(outcome_of(set_margin(v, "ISOLATED")) == "400 -4047");
  CHECK(set_margin(v, "ISOLATED", "ETHUSDT").status == 200);
  REQUIRE(v.call("DELETE", "/fapi/v1/algoOpenOrders", "symbol=BTCUSDT").status == 200);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.01").status == 200);
  CHECK(outcome_of(set_margin(v, "ISOLATED")) == "400 -4048");
  REQUIRE(v.market("BTCUSDT", "SELL", "0.01").status == 200);
  CHECK(set_margin(v, "ISOLATED").status == 200);
  CHECK(set_margin(v, "CROSSED").status == 200);
}

TEST_CASE("isolated margin and multi-assets mode exclude each other") {
  auto v = isolated();
  const std::string path = "/fapi/v1/multiAssetsMargin";
  CHECK(outcome_of(v.call("POST", path, "multiAssetsMargin=true")) == "400 -4167");
  REQUIRE(set_margin(v, "CROSSED").status == 200);
  REQUIRE(v.call("POST", path, "multiAssetsMargin=true").status == 200);
  CHECK(outcome_of(set_margin(v, "ISOLATED")) == "400 -4168");
}

TEST_CASE("an isolated position sets its initial margin aside and shows it apart") {
  auto v = isolated();
  const auto stream = test::listen(v);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  // 0.1 at 83860.2 with leverage 20, and a fee of 0.04 % out of the shared wallet.
  CHECK(risk(v, "isolatedWallet") == "419.30100000");
  CHECK(risk(v, "isolatedMargin") == "419.30100000");
  CHECK(account(v, "totalWalletBalance") == "99996.64559200");
  CHECK(account(v, "totalCrossWalletBalance") == "99577.34459200");
  CHECK(account(v, "availableBalance") == "99577.34459200");
  CHECK(account(v, "totalCrossUnPnl") == "0.00000000");
  const auto update = field(v.heard(stream).at(1), "a");
  CHECK(field(elements(field(update, "B"))[0], "cw") == "99577.34459200");
  CHECK(field(elements(field(update, "P"))[0], "iw") == "419.30100000");
  test::tick_at(v, "BTCUSDT", "83960.2");
  CHECK(risk(v, "isolatedWallet") == "419.30100000");
  CHECK(risk(v, "isolatedMargin") == "429.30100000");
  CHECK(account(v, "availableBalance") == "99577.34459200");
  CHECK(account(v, "totalMarginBalance") == "100006.64559200");
  CHECK(account(v, "totalUnrealizedProfit") == "10.00000000");
}

TEST_CASE("what is closed gives its share back, and what flips sets aside anew") {
  auto v = isolated();
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  REQUIRE(v.market("BTCUSDT", "SELL", "0.025").status == 200);
  CHECK(set_aside(v).str() == "314.47575");
  REQUIRE(v.market("BTCUSDT", "SELL", "0.1").status == 200);
  CHECK(v.held("BTCUSDT").str() == "-0.025");
  CHECK(set_aside(v).str() == "104.82525");
  REQUIRE(v.market("BTCUSDT", "BUY", "0.025").status == 200);
  CHECK(set_aside(v).is_zero());
  CHECK(account(v, "totalCrossWalletBalance") == account(v, "totalWalletBalance"));
  CHECK(test::audit(v) == "");
}

TEST_CASE("orders of an isolated symbol need what is free of the shared wallet") {
  auto s = test::quiet_settings();
  s.account.balance = notional::whole(500);
  auto v = isolated(s);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  test::tick_at(v, "BTCUSDT", "90000");
  CHECK(outcome_of(v.market("BTCUSDT", "BUY", "0.1")) == "400 -2019");
  CHECK(outcome_of(limit_order(v, "ETHUSDT", "BUY", "1", "3100")) == "400 -2019");
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "89000").status == 200);
  CHECK(account(v, "totalOpenOrderInitialMargin") == "44.50000000");
}

TEST_CASE("an isolated position is warned of and liquidated alone") {
  auto v = isolated();
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  REQUIRE(v.market("ETHUSDT", "BUY", "1").status == 200);
  REQUIRE(limit_order(v, "BTCUSDT", "BUY", "0.01", "79000").status == 200);
  REQUIRE(limit_order(v, "ETHUSDT", "BUY", "1", "3000").status == 200);
  const auto stream = test::listen(v);
  // Set aside 419.301; maintenance is 0.4 % of what is held.
  test::tick_at(v, "BTCUSDT", "80060");
  auto texts = v.heard(stream);
  REQUIRE(texts.size() == 1);
  CHECK(test::names_of(texts[0]) == "E e p");
  const auto row = elements(field(texts[0], "p")).at(0);
  CHECK(field(row, "mt") == "ISOLATED");
  CHECK(field(row, "iw") == "419.30100000");
  test::tick_at(v, "BTCUSDT", "80050");
  CHECK(v.heard(stream).empty());

  const auto before = test::books_of(v).wallet;
  test::tick_at(v, "BTCUSDT", "79980");
  CHECK(test::story(v.heard(stream)) ==
        "ORDER_TRADE_UPDATE/EXPIRED/EXPIRED ACCOUNT_UPDATE ORDER_TRADE_UPDATE/CALCULATED/FILLED");
  CHECK(v.held("BTCUSDT").is_zero());
  CHECK(v.held("ETHUSDT").str() == "1");
  CHECK(elements(v.call("GET", "/fapi/v1/openOrders").body).size() == 1);
  const auto books = test::books_of(v);
  CHECK(books.cleared.is_zero());
  CHECK(before - books.wallet < notional::whole(419));
  CHECK(test::audit(v) == "");
}

TEST_CASE("beyond what was set aside the insurance fund pays, not the account") {
  auto v = isolated();
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  REQUIRE(v.market("ETHUSDT", "BUY", "1").status == 200);
  const auto crossed = *notional::parse(account(v, "totalCrossWalletBalance"));
  const auto stream = test::listen(v);
  test::tick_at(v, "BTCUSDT", "75000");
  CHECK(v.held("BTCUSDT").is_zero());
  const auto books = test::books_of(v);
  CHECK(books.wallet == crossed);
  CHECK(books.cleared.sign() > 0);
  CHECK(field(field(v.heard(stream).back(), "a"), "m") == "INSURANCE_CLEAR");
  CHECK(test::audit(v) == "");
}

TEST_CASE("when the shared money is lost, isolated positions stay") {
  auto s = test::quiet_settings();
  s.account.balance = notional::whole(700);
  auto v = isolated(s);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  REQUIRE(v.market("ETHUSDT", "BUY", "1.5").status == 200);
  test::tick_at(v, "ETHUSDT", "2800");
  CHECK(v.held("ETHUSDT").is_zero());
  CHECK(v.held("BTCUSDT").str() == "0.1");
  const auto books = test::books_of(v);
  CHECK(books.wallet.str() == "419.301");
  CHECK(books.cleared.sign() > 0);
  CHECK(account(v, "totalCrossWalletBalance") == "0.00000000");
}

TEST_CASE("an isolated position's leverage is not cut while it is held") {
  auto v = isolated();
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  const auto leverage = [&](const char* to) {
    return outcome_of(
        v.call("POST", "/fapi/v1/leverage", std::string("symbol=BTCUSDT&leverage=") + to));
  };
  CHECK(leverage("19") == "400 -4161");
  CHECK(leverage("50") == "200");
  CHECK(risk(v, "isolatedWallet") == "419.30100000");
}

TEST_CASE("funding of an isolated position comes out of its own wallet, told with its leg") {
  auto s = test::quiet_settings();
  s.listen_key_life = milliseconds{40'000'000};
  auto v = isolated(s);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1").status == 200);
  const auto stream = test::listen(v);
  v.pass(milliseconds{8LL * 3'600'000});
  const auto texts = v.heard(stream);
  REQUIRE(texts.size() == 1);
  const auto told = field(texts[0], "a");
  CHECK(field(told, "m") == "FUNDING_FEE");
  CHECK(test::names_of(told) == "B P S m");
  CHECK(field(elements(field(told, "P")).at(0), "iw") == "418.46239800");
  CHECK(account(v, "totalCrossWalletBalance") == "99577.34459200");
  CHECK(test::audit(v) == "");
}

TEST_CASE("the legs of a hedge set aside each for itself") {
  auto s = test::quiet_settings();
  s.trading.hedge_mode = true;
  auto v = isolated(s);
  REQUIRE(v.market("BTCUSDT", "BUY", "0.1", "&positionSide=LONG").status == 200);
  REQUIRE(v.market("BTCUSDT", "SELL", "0.02", "&positionSide=SHORT").status == 200);
  CHECK(set_aside(v).str() == "503.1612");
  test::tick_at(v, "BTCUSDT", "79900");
  CHECK(test::leg_of(v, "BTCUSDT", position_side::long_).is_zero());
  CHECK(test::leg_of(v, "BTCUSDT", position_side::short_).str() == "-0.02");
  CHECK(set_aside(v).str() == "83.8602");
}
