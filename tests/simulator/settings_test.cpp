// Settings are checked all at once, and the defaults are usable.
#include "simulator/support/account_key.hpp"
#include "simulator/support/bench_venue.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;

TEST_CASE("the default settings of the venue have no fault") {
  CHECK(validate(settings{}).empty());
}

TEST_CASE("every wrong setting of the venue is named at once") {
  settings s;
  s.address = "0.0.0.0";
  s.symbols = 0;
  s.latency = milliseconds{-1};
  s.leverage = 126;
  s.account.api_key = "two words";
  std::vector<std::string> fields;
  for (const auto& f : validate(s)) {
    fields.push_back(f.field);
    CHECK_FALSE(f.text.empty());
  }
  CHECK(fields ==
        std::vector<std::string>{"address", "account.api_key", "symbols", "leverage", "latency"});
}

TEST_CASE("an account's public key must be an Ed25519 one, and stand alone") {
  settings s;
  s.account.api_public_key = test::account_key{1}.public_pem();
  CHECK(validate(s).empty());
  s.account.api_secret = "secret";
  REQUIRE(validate(s).size() == 1);
  CHECK(validate(s).front().field == "account.api_public_key");
  s.account.api_secret.clear();
  for (const auto& wrong : {std::string("plain text"), test::account_key{1}.private_pem()}) {
    s.account.api_public_key = wrong;
    REQUIRE(validate(s).size() == 1);
    CHECK(validate(s).front().text == "must be an Ed25519 public key in PEM");
  }
}

TEST_CASE("every wrong rule of trading is named at once") {
  settings s;
  s.trading.maker_fee_ppm = -1;
  s.trading.thin_book_percent = 101;
  s.trading.orders_per_symbol_max = 0;
  s.trading.algo_orders_max = 0;
  s.trading.funding_rate_ppm = -1;
  s.trading.trigger_delay = milliseconds{60'001};
  std::vector<std::string> fields;
  for (const auto& f : validate(s))
    fields.push_back(f.field);
  CHECK(fields == std::vector<std::string>{"maker_fee_ppm", "thin_book_percent",
                                           "orders_per_symbol_max", "algo_orders_max",
                                           "funding_rate_ppm", "trigger_delay"});
}

TEST_CASE("addresses beyond loopback are refused") {
  for (auto address : {"0.0.0.0", "192.168.1.1", "::", "example.com", "", "127", "127.0.0",
                       "127.0.0.256", "127.0.0.1.1", "127.evil", "127.0.0.1x"}) {
    settings s;
    s.address = address;
    CHECK(validate(s).size() == 1);
  }
  for (auto address : {"127.0.0.1", "127.0.0.2", "::1", "localhost"}) {
    settings s;
    s.address = address;
    CHECK(validate(s).empty());
  }
}

TEST_CASE("a venue is not made with an initial position its filters refuse") {
  auto s = test::quiet_settings();
  s.account.initial_positions = {{symbol{"BTCUSDT"}, *quantity::parse("0.0001")}};
  const auto made = venue::make(s, {});
  REQUIRE_FALSE(made);
  CHECK_THAT(made.error().text, ContainsSubstring("BTCUSDT"));
}

TEST_CASE("initial positions are held from the start, long and short") {
  auto s = test::quiet_settings();
  s.account.initial_positions = {{symbol{"BTCUSDT"}, *quantity::parse("0.5")},
                                 {symbol{"SOLUSDT"}, *quantity::parse("-12")}};
  test::bench_venue v(s);
  CHECK(v.held("BTCUSDT").str() == "0.5");
  CHECK(v.held("SOLUSDT").str() == "-12");
}
