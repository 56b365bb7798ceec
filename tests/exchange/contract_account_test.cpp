// The client's reads of the account and its settings against the venue, in both position modes.
#include "support/venue_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

template <class T, class Call>
T read(Call call) {
  return must(ask<read_result<T>>(call));
}

account_settings settings_of(exchange_port& port) {
  return read<account_settings>([&](auto done) { port.read_settings(within(5'000), done); });
}

margin_summary margin_of(exchange_port& port) {
  return read<margin_summary>([&](auto done) { port.read_margin(within(5'000), done); });
}

order_request on_leg(order_request wanted, position_side leg) {
  wanted.leg = leg;
  return wanted;
}

/// An account that holds each leg by itself.
simulator::settings hedged() {
  auto chosen = still_venue();
  chosen.trading.hedge_mode = true;
  return chosen;
}

}  // namespace

TEST_CASE("settings are read as they are, and changes of mode are seen") {
  const venue_under_test venue;
  const auto client = venue.client();
  const auto first = settings_of(*client);
  CHECK(first.can_trade);
  CHECK_FALSE(first.can_withdraw);
  CHECK_FALSE(first.hedge_mode);
  CHECK_FALSE(first.multi_assets);
  venue.act("position_mode", R"({"hedge":true})");
  venue.act("multi_assets", R"({"on":true})");
  const auto then = settings_of(*client);
  CHECK(then.hedge_mode);
  CHECK(then.multi_assets);
}

TEST_CASE("the settings of one symbol and of all are read, with leverage as set") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.act("leverage", R"({"symbol":"ETHUSDT","leverage":7})");
  const auto one = read<std::vector<symbol_settings>>(
      [&](auto done) { client->read_symbol_settings(eth, within(5'000), done); });
  REQUIRE(one.size() == 1);
  CHECK(one[0].instrument == eth);
  CHECK(one[0].leverage == 7);
  CHECK(one[0].margin == margin_mode::cross);
  CHECK(one[0].max_notional.sign() > 0);
  const auto all = read<std::vector<symbol_settings>>(
      [&](auto done) { client->read_symbol_settings({}, within(5'000), done); });
  CHECK(all.size() >= 10);
}

TEST_CASE("leverage brackets are read in every shape the venue has for one symbol") {
  for (const auto shape : {simulator::bracket_shape::array, simulator::bracket_shape::object}) {
    auto chosen = still_venue();
    chosen.trading.single_bracket = shape;
    const venue_under_test venue(chosen);
    const auto client = venue.client();
    const auto one = read<std::vector<leverage_ladder>>(
        [&](auto done) { client->read_leverage_brackets(eth, within(5'000), done); });
    REQUIRE(one.size() == 1);
    CHECK(one[0].instrument == eth);
    CHECK(one[0].steps.size() > 1);
    CHECK(one[0].steps[0].maintenance.sign() > 0);
    CHECK(one[0].steps[1].floor == one[0].steps[0].cap);
    const auto all = read<std::vector<leverage_ladder>>(
        [&](auto done) { client->read_leverage_brackets({}, within(5'000), done); });
    CHECK(all.size() >= 10);
  }
}

TEST_CASE("premiums are read for one symbol and for all") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000.5");
  const auto one = read<std::vector<premium>>(
      [&](auto done) { client->read_premiums(eth, within(5'000), done); });
  REQUIRE(one.size() == 1);
  CHECK(one[0].mark.str() == "3000.5");
  CHECK(one[0].index.sign() > 0);
  CHECK(one[0].next_funding_at.ms > one[0].at.ms);
  const auto all = read<std::vector<premium>>(
      [&](auto done) { client->read_premiums({}, within(5'000), done); });
  CHECK(all.size() >= 10);
}

TEST_CASE("balance and margin follow the position to the digit of the books") {
  const venue_under_test venue;
  const auto client = venue.client();
  venue.hold_mark(eth, "3000");
  must<order_done>(place(*client, market_order("o", side::buy, "2")));
  venue.hold_mark(eth, "3010");
  const auto books = venue.server().books().accounts.at(0);
  const auto balances = read<std::vector<asset_balance>>(
      [&](auto done) { client->read_balance(within(5'000), done); });
  REQUIRE_FALSE(balances.empty());
  CHECK(balances[0].asset == "USDT");
  CHECK(balances[0].wallet == books.wallet);
  const auto margin = margin_of(*client);
  CHECK(margin.wallet == books.wallet);
  CHECK(margin.unrealised.str() == "20");
  CHECK(margin.margin == margin.wallet + margin.unrealised);
  CHECK(margin.initial.str() == "301");
  CHECK(margin.maintenance.sign() > 0);
  CHECK(balances[0].available == margin.available);
}

TEST_CASE("the account's own limits of orders are read and obeyed") {
  auto chosen = still_venue();
  chosen.order_limit_10s = 10;
  const venue_under_test venue(chosen);
  const auto client = venue.client();
  const auto limits = read<std::vector<venue_limit>>(
      [&](auto done) { client->read_order_limits(within(5'000), done); });
  REQUIRE(limits.size() == 2);
  wait_for_room_in_window();
  std::size_t refused = 0;
  for (int n = 0; n < 12; ++n) {
    const auto outcome =
        place(*client, limit_order("n" + std::to_string(n), side::buy, "0.1", "2900"));
    if (std::holds_alternative<order_refused>(outcome)) {
      ++refused;
      CHECK(std::get<order_refused>(outcome).http_status == 0);
      CHECK(std::get<order_refused>(outcome).retryable);
    }
  }
  CHECK(refused >= 4);
  CHECK(venue.seen("POST", "/fapi/v1/order") <= 8);
}

TEST_CASE("the universe has the symbols that trade and those that do not") {
  const venue_under_test venue;
  const auto client = venue.client();
  const auto all = read<universe>([&](auto done) { client->read_universe(within(5'000), done); });
  std::size_t tradable = 0;
  for (const auto& one : all.instruments)
    tradable += one.tradable ? 1U : 0U;
  CHECK(tradable == 10);
  CHECK(all.instruments.size() == 12);
}

TEST_CASE("in hedge mode each leg is held by itself and closed by its own side") {
  const venue_under_test venue(hedged());
  const auto client = venue.client();
  const auto open_long = on_leg(market_order("l", side::buy, "0.5"), position_side::long_);
  const auto open_short = on_leg(market_order("s", side::sell, "0.2"), position_side::short_);
  CHECK(must<order_done>(place(*client, open_long)).report.leg == position_side::long_);
  CHECK(must<order_done>(place(*client, open_short)).report.leg == position_side::short_);
  const auto rows = must(positions(*client)).rows;
  REQUIRE(rows.size() == 2);
  for (const auto& row : rows)
    CHECK(row.amount == venue.held(eth, row.position.leg));
  CHECK(venue.held(eth, position_side::short_).str() == "-0.2");
  auto close_long = on_leg(reducing(market_order("lc", side::sell, "0.5")), position_side::long_);
  CHECK(must<order_done>(place(*client, close_long)).report.status == order_status::filled);
  CHECK(venue.held(eth, position_side::long_).is_zero());
  CHECK(venue.held(eth, position_side::short_).str() == "-0.2");
  close_long.id = client_order_id("lc2");
  const auto nothing = must<order_refused>(place(*client, close_long));
  CHECK(nothing.code == -2022);
}

TEST_CASE("an order of the other position mode is refused, and the settings are to be read") {
  const venue_under_test one_way;
  const venue_under_test hedge(hedged());
  const auto client = one_way.client();
  const auto other = hedge.client();
  for (const auto& refused :
       {must<order_refused>(
            place(*client, on_leg(market_order("l", side::buy, "0.5"), position_side::long_))),
        must<order_refused>(place(*other, market_order("b", side::buy, "0.5")))}) {
    CHECK(refused.code == -4061);
    CHECK(refused.cure == refusal_cure::reread_settings);
    CHECK(refused.for_operator);
    CHECK_FALSE(refused.retryable);
  }
}

TEST_CASE("reduce-only without a leg in hedge mode is refused in either wording") {
  for (const auto& [rule, code] : {std::pair{simulator::hedge_reduce::unwanted, -1106},
                                   std::pair{simulator::hedge_reduce::improper, -4062}}) {
    auto chosen = hedged();
    chosen.trading.reduce_in_hedge = rule;
    const venue_under_test venue(chosen);
    const auto client = venue.client();
    const auto refused =
        must<order_refused>(place(*client, reducing(market_order("r", side::sell, "0.5"))));
    CHECK(refused.code == code);
    CHECK(refused.cure == refusal_cure::reread_settings);
  }
}

TEST_CASE("a read of one flat symbol is flat, whether the venue says nothing or zero") {
  for (const auto rule : {simulator::flat_symbol::absent, simulator::flat_symbol::zero_row}) {
    auto chosen = still_venue();
    chosen.trading.flat = rule;
    const venue_under_test venue(chosen);
    const auto client = venue.client();
    const auto read_one = must(ask<read_result<snapshot>>(
        [&](auto done) { client->read_symbol(eth, within(5'000), done); }));
    CHECK(read_one.scope == eth);
    for (const auto& row : read_one.rows)
      CHECK(row.amount.is_zero());
  }
}
