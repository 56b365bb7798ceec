// REST bodies: the documented shapes are read to the last digit, everything half-right is rejected
// whole.
#include "sluice/exchange/replies.hpp"

#include <rapidcheck.h>

#include <limits>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

const std::string row_fields =
    R"("symbol":"SOLUSDT","positionSide":"BOTH","positionAmt":"-12.50",)"
    R"("entryPrice":"141.123456789012",)"
    R"("breakEvenPrice":"141.05","markPrice":"139.99000000","unRealizedProfit":"14.16820986",)"
    R"("liquidationPrice":"0","isolatedMargin":"0","notional":"-1749.87","marginAsset":"USDT",)"
    R"("adl":2)";
const std::string position_body = "[{" + row_fields + R"(,"updateTime":1790000000123}])";

const std::string order_body =
    R"({"clientOrderId":"slc-7-1","cumQty":"0.40","executedQty":"0.40",)"
    R"("orderId":8389765739703625592,)"
    R"("origQty":"0.40","price":"0.00","reduceOnly":true,"side":"SELL","positionSide":"BOTH",)"
    R"("status":"FILLED","symbol":"ETHUSDT","timeInForce":"GTC","type":"MARKET",)"
    R"("updateTime":1790000001000})";

std::string with(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

}  // namespace

TEST_CASE("a position row is read to the last digit") {
  const auto rows = parse_positions(position_body);
  REQUIRE(rows.has_value());
  REQUIRE(rows->size() == 1);
  const auto& row = rows->front();
  CHECK(row.position == position_key{symbol("SOLUSDT"), position_side::both});
  CHECK(row.amount.str() == "-12.5");
  CHECK(row.entry.str() == "141.12345678");
  CHECK(row.mark.str() == "139.99");
  CHECK(row.liquidation.is_zero());
  CHECK(row.unrealised.str() == "14.16820986");
  CHECK(row.updated_at.ms == 1'790'000'000'123);
  CHECK(parse_positions("[]")->empty());
}

TEST_CASE("hedge rows carry their leg") {
  const auto rows =
      parse_positions(with(position_body, R"("positionSide":"BOTH")", R"("positionSide":"SHORT")"));
  CHECK(rows->front().position.leg == position_side::short_);
}

TEST_CASE("a position reply that is not quite right is rejected whole") {
  const std::string good = "{" + row_fields + "}";
  const std::pair<const char*, std::string> bad[] = {
      {"empty", ""},
      {"html", "<html></html>"},
      {"an object", "{}"},
      {"an error document", R"({"code":-1121,"msg":"Invalid symbol."})"},
      {"truncated", position_body.substr(0, position_body.size() - 1)},
      {"bytes after the end", position_body + "x"},
      {"row is no object", "[1]"},
      {"amount missing", with(position_body, R"("positionAmt":"-12.50",)", "")},
      {"amount null", with(position_body, R"("-12.50")", "null")},
      {"amount a number", with(position_body, R"("-12.50")", "-12.50")},
      {"amount empty", with(position_body, R"("-12.50")", R"("")")},
      {"amount NaN", with(position_body, R"("-12.50")", R"("NaN")")},
      {"amount with exponent", with(position_body, R"("-12.50")", R"("1e3")")},
      {"amount with nine decimals", with(position_body, R"("-12.50")", R"("0.000000001")")},
      {"amount too large", with(position_body, R"("-12.50")", R"("99999999999999")")},
      {"amount twice", with(position_body, R"("adl":2)", R"("positionAmt":"0")")},
      {"symbol missing", with(position_body, R"("symbol":"SOLUSDT",)", "")},
      {"symbol a number", with(position_body, R"("SOLUSDT")", "7")},
      {"symbol of no venue", with(position_body, R"("SOLUSDT")", R"("SOL USDT")")},
      {"leg of no venue", with(position_body, R"("BOTH")", R"("UP")")},
      {"entry price NaN", with(position_body, R"("141.123456789012")", R"("NaN")")},
      {"entry price with letters late", with(position_body, R"(456789012")", R"(4567890x2")")},
      {"time a string", with(position_body, "1790000000123", R"("1790000000123")")},
      {"the second row broken", "[" + good + R"(,{"symbol":"X"}])"},
      {"bad UTF-8", with(position_body, "SOLUSDT", "SOL\xff")},
  };
  for (const auto& [name, body] : bad) {
    INFO(name);
    const auto rows = parse_positions(body);
    REQUIRE_FALSE(rows.has_value());
    CHECK(rows.error().code == errc::malformed);
  }
}

TEST_CASE("unknown fields and missing display fields change nothing") {
  const auto rows = parse_positions(
      R"([{"positionAmt":"0.000","new":{"a":[1,2,{}]},"symbol":"测试USDT","liquidationPrice":"",)"
      R"("entryPrice":null}])");
  REQUIRE(rows.has_value());
  CHECK(rows->front().amount.is_zero());
  CHECK(rows->front().position.instrument.str() == "测试USDT");
}

TEST_CASE("no damage to a reply makes it say something else about the amount") {
  CHECK(rc::check([] {
    auto body = position_body;
    const auto at = *rc::gen::inRange<std::size_t>(0, body.size());
    if (*rc::gen::arbitrary<bool>())
      body.resize(at);
    else
      body[at] = *rc::gen::arbitrary<char>();
    const auto amount_at = position_body.find("-12.50");
    RC_PRE(at < amount_at || at >= amount_at + 6);
    const auto rows = parse_positions(body);
    if (rows && !rows->empty())
      RC_ASSERT(rows->front().amount.str() == "-12.5");
    else
      RC_ASSERT(!rows.has_value());
  }));
}

TEST_CASE("display values are cut and saturated, but nonsense stays nonsense") {
  CHECK(*parse_lenient("0.001234567891") == 123'456);
  CHECK(*parse_lenient("-0.0000000019") == 0);
  CHECK(*parse_lenient("7.") == 700'000'000);
  CHECK(*parse_lenient("") == 0);
  CHECK(*parse_lenient("99999999999999999999.5") == std::numeric_limits<std::int64_t>::max());
  CHECK(*parse_lenient("-99999999999999999999") == std::numeric_limits<std::int64_t>::min());
  for (const char* bad :
       {"NaN", "1e5", ".", "-", "1.2.3", "1.123456789x", "1.12345678.9", "Infinity"}) {
    INFO(bad);
    CHECK_FALSE(parse_lenient(bad).has_value());
  }
}

TEST_CASE("an order reply keeps its id exactly and needs no average price") {
  const auto report = parse_order(order_body);
  REQUIRE(report.has_value());
  CHECK(report->id == 8'389'765'739'703'625'592);
  CHECK(report->client_id.str() == "slc-7-1");
  CHECK(report->direction == side::sell);
  CHECK(report->status == order_status::filled);
  CHECK(report->executed.str() == "0.4");
  CHECK(report->average.is_zero());
  CHECK(report->reduce_only);
  const auto queried =
      parse_order(with(order_body, R"("cumQty":"0.40")", R"("avgPrice":"3105.20000")"));
  CHECK(queried->average.str() == "3105.2");
}

TEST_CASE("the venue's words for an order's life are known, and new ones are kept") {
  const std::pair<const char*, order_status> words[] = {
      {"NEW", order_status::new_},
      {"PARTIALLY_FILLED", order_status::partially_filled},
      {"FILLED", order_status::filled},
      {"CANCELED", order_status::cancelled},
      {"REJECTED", order_status::rejected},
      {"EXPIRED", order_status::expired},
      {"EXPIRED_IN_MATCH", order_status::expired},
      {"NEW_ADL", order_status::other}};
  for (const auto& [word, status] : words) {
    INFO(word);
    const auto report = parse_order(with(order_body, "FILLED", word));
    REQUIRE(report.has_value());
    CHECK(report->status == status);
    CHECK(report->status_text == word);
  }
}

TEST_CASE("an order reply without what identifies it is rejected") {
  for (const char* field :
       {R"("orderId":8389765739703625592,)", R"("clientOrderId":"slc-7-1",)",
        R"("executedQty":"0.40",)", R"("side":"SELL",)", R"("status":"FILLED",)"}) {
    INFO(field);
    CHECK_FALSE(parse_order(with(order_body, field, "")).has_value());
  }
  CHECK_FALSE(parse_order(with(order_body, "8389765739703625592", "8.3e18")).has_value());
  CHECK_FALSE(
      parse_order(with(order_body, "8389765739703625592", "9389765739703625592")).has_value());
}

TEST_CASE("user trades become fills") {
  const std::string body =
      R"([{"buyer":false,"commission":"0.07819010","commissionAsset":"USDT","id":698760,)"
      R"("maker":false,)"
      R"("orderId":25851814,"price":"7819.02","qty":"0.003","quoteQty":"23.45706",)"
      R"("realizedPnl":"-0.91539999",)"
      R"("side":"SELL","positionSide":"LONG","symbol":"BTCUSDT","time":1569514978021}])";
  const auto fills = parse_user_trades(body);
  REQUIRE(fills.has_value());
  const auto& f = fills->front();
  CHECK(f.id == 698'760);
  CHECK(f.order == 25'851'814);
  CHECK(signed_amount(f).str() == "-0.003");
  CHECK(f.at.str() == "7819.02");
  CHECK(f.fee.str() == "0.0781901");
  CHECK(f.realised.str() == "-0.91539999");
  CHECK(f.leg == position_side::long_);
  CHECK_FALSE(parse_user_trades(with(body, R"("0.003")", R"("0")")).has_value());
}

TEST_CASE("settings, time, keys and errors are read, and nothing else passes for them") {
  const auto account = parse_account_config(
      R"({"feeTier":0,"canTrade":true,"dualSidePosition":true,"updateTime":0})");
  REQUIRE(account.has_value());
  CHECK(account->can_trade);
  CHECK(account->hedge_mode);
  CHECK_FALSE(account->multi_assets);
  CHECK_FALSE(parse_account_config(R"({"canTrade":"true","dualSidePosition":true})").has_value());
  CHECK(parse_server_time(R"({"serverTime":1790000000000})")->ms == 1'790'000'000'000);
  CHECK_FALSE(parse_server_time(R"({"serverTime":0})").has_value());
  CHECK_FALSE(parse_server_time(R"({"serverTime":1.5})").has_value());
  CHECK(parse_listen_key(R"({"listenKey":"aZ09"})")->reveal() == "aZ09");
  CHECK_FALSE(parse_listen_key(R"({"listenKey":"a/../b"})").has_value());
  CHECK_FALSE(parse_listen_key("{}").has_value());
  CHECK(parse_error(R"({"code":-1021,"msg":"late"})")->code == -1'021);
  // Cut to 32 bits it would be -1008, which says that nothing was done.
  CHECK_FALSE(parse_error(R"({"code":4294966288,"msg":"x"})").has_value());
  CHECK_FALSE(parse_error("<html/>").has_value());
  CHECK_FALSE(parse_error("[]").has_value());
}
