// Bodies about the account, its settings and its conditional orders: read exactly or rejected
// whole.
#include <limits>

#include "sluice/exchange/replies.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

std::string with(std::string text, const std::string& what, const std::string& by) {
  const auto at = text.find(what);
  REQUIRE(at != std::string::npos);
  return text.replace(at, what.size(), by);
}

const std::string conditional_body =
    R"({"algoId":1000000033225453,"clientAlgoId":"slc-stop-1","algoType":"CONDITIONAL",)"
    R"("orderType":"STOP_MARKET","symbol":"DOGEUSDT","side":"SELL","positionSide":"BOTH",)"
    R"("quantity":"38","algoStatus":"NEW","triggerPrice":"0.13855","price":"0",)"
    R"("icebergQuantity":"None","closePosition":false,"reduceOnly":true,)"
    R"("createTime":1790000000001,"updateTime":1790000000002,"triggerTime":0})";

const std::string ladder_body =
    R"({"symbol":"ETHUSDT","notionalCoef":1.5,"brackets":[{"bracket":1,"initialLeverage":75,)"
    R"("notionalCap":10000,"notionalFloor":0,"maintMarginRatio":0.0065,"cum":0},)"
    R"({"bracket":2,"initialLeverage":50,"notionalCap":2.5e5,"notionalFloor":10000,)"
    R"("maintMarginRatio":0.01,"cum":35.5}]})";

}  // namespace

TEST_CASE("balances are exact, and those of an inactive account are zero") {
  const auto read = parse_balances(
      R"([{"accountAlias":"x","asset":"USDT","balance":"122607.35137903",)"
      R"("crossUnPnl":"-1.25","availableBalance":"23.72469206","marginAvailable":true,)"
      R"("updateTime":1790000000001},{"asset":"BNB","balance":"","availableBalance":""}])");
  REQUIRE(read.has_value());
  REQUIRE(read->size() == 2);
  CHECK((*read)[0].wallet.str() == "122607.35137903");
  CHECK((*read)[0].available.str() == "23.72469206");
  CHECK((*read)[0].cross_unrealised.str() == "-1.25");
  CHECK((*read)[1].wallet.is_zero());
  CHECK((*read)[1].counts_as_margin);
  for (const char* bad :
       {R"([{"asset":"USDT","balance":122607.3}])", R"({"asset":"USDT"})", R"([{"balance":"1"}])",
        R"([{"asset":"A","balance":"1e400"}])", R"([{"asset":"A","balance":"NaN"}])",
        R"([{"asset":"A","balance":"123456789012345678901234567890"}])",
        R"([{"asset":"A","asset":"A","balance":"1"}])"}) {
    INFO(bad);
    CHECK_FALSE(parse_balances(bad).has_value());
  }
}

TEST_CASE("totals that are those of USDT tell nothing of what is margined in another asset") {
  const auto of_usdt_alone = [](const std::string& assets, const char* margin = "100.5") {
    const auto read = parse_margin(
        R"({"totalWalletBalance":"100","totalInitialMargin":"40","totalMarginBalance":")" +
        std::string(margin) + R"(","availableBalance":"1","assets":[)" + assets + "]}");
    REQUIRE(read.has_value());
    return read->of_usdt_alone;
  };
  const std::string usdt = R"({"asset":"USDT","marginBalance":"100.50","initialMargin":"40"})";
  const std::string usdc = R"({"asset":"USDC","marginBalance":"900","initialMargin":"800"})";
  CHECK(of_usdt_alone(usdc + "," + usdt));
  // In USD, with everything in it.
  CHECK_FALSE(of_usdt_alone(usdc + "," + usdt, "1000.4"));
  // Nothing of USDT in single-asset mode: all totals are zero.
  const auto none = parse_margin(
      R"({"totalWalletBalance":"0","totalInitialMargin":"0","totalMarginBalance":"0","assets":[)" +
      usdc + "]}");
  REQUIRE(none.has_value());
  CHECK(none->of_usdt_alone);
}

TEST_CASE("the account's totals are read, and another document is not taken for them") {
  const auto read = parse_margin(
      R"({"totalInitialMargin":"10.5","totalMaintMargin":"1","totalWalletBalance":"126.72469206",)"
      R"("totalUnrealizedProfit":"-0.1","totalMarginBalance":"126.62469206",)"
      R"("availableBalance":"116.1","assets":[],"positions":[]})");
  REQUIRE(read.has_value());
  CHECK(read->wallet.str() == "126.72469206");
  CHECK(read->unrealised.str() == "-0.1");
  CHECK(read->initial.str() == "10.5");
  CHECK(read->maintenance.str() == "1");
  CHECK(read->available.str() == "116.1");
  CHECK_FALSE(read->of_usdt_alone);
  CHECK_FALSE(parse_margin("{}").has_value());
  CHECK_FALSE(parse_margin("[]").has_value());
}

TEST_CASE("a symbol's leverage and margin are read in each of the venue's spellings") {
  const auto body = [](const std::string& margin) {
    return R"([{"symbol":"BTCUSDT","marginType":")" + margin +
           R"(","isAutoAddMargin":false,"leverage":21,"maxNotionalValue":"1000000"}])";
  };
  CHECK(parse_symbol_settings(body("CROSSED"))->front().margin == margin_mode::cross);
  CHECK(parse_symbol_settings(body("cross"))->front().margin == margin_mode::cross);
  CHECK(parse_symbol_settings(body("ISOLATED"))->front().margin == margin_mode::isolated);
  CHECK(parse_symbol_settings(body("SHARED"))->front().margin == margin_mode::other);
  const auto read = parse_symbol_settings(body("CROSSED"))->front();
  CHECK(read.leverage == 21);
  CHECK(read.max_notional.str() == "1000000");
  CHECK_FALSE(parse_symbol_settings(with(body("CROSSED"), ":21", R"(:"21")")).has_value());
  CHECK_FALSE(parse_symbol_settings(with(body("CROSSED"), ":21", ":0")).has_value());
}

TEST_CASE("leverage brackets are JSON numbers and still read to the last digit") {
  for (const auto& body : {ladder_body, "[" + ladder_body + "]"}) {
    const auto read = parse_leverage_brackets(body);
    REQUIRE(read.has_value());
    const auto& steps = read->front().steps;
    REQUIRE(steps.size() == 2);
    CHECK(steps[0].leverage == 75);
    CHECK(steps[0].maintenance.str() == "0.0065");
    CHECK(steps[1].cap.str() == "250000");
    CHECK(steps[1].deduction.str() == "35.5");
  }
  for (const auto& [what, by] : {std::pair("0.0065", R"("0.0065")"), std::pair("0.0065", "1e400"),
                                 std::pair("0.0065", "-0.1"), std::pair(":75", ":0"),
                                 std::pair(":10000,\"notionalFloor\":0", ":0,\"notionalFloor\":0"),
                                 std::pair("0.0065", "1e30")}) {
    INFO(what << " by " << by);
    CHECK_FALSE(parse_leverage_brackets(with(ladder_body, what, by)).has_value());
  }
  CHECK_FALSE(parse_leverage_brackets(R"({"symbol":"ETHUSDT","brackets":[]})").has_value());
}

TEST_CASE("a leverage bracket without end is held at the largest cap, one out of reach left out") {
  const auto most = notional::from_raw(std::numeric_limits<std::int64_t>::max());
  for (const char* endless :
       {"9223372036854775807", "18446744073709551615", "1e30", "92233720368547758"}) {
    INFO(endless);
    const auto read = parse_leverage_brackets(with(ladder_body, "2.5e5", endless));
    REQUIRE(read.has_value());
    REQUIRE(read->front().steps.size() == 2);
    CHECK(read->front().steps[0].cap.str() == "10000");
    CHECK(read->front().steps[1].cap == most);
    CHECK(read->front().steps[1].leverage == 50);
  }
  const auto beyond =
      with(with(ladder_body, "2.5e5", "1e31"), "\"notionalFloor\":10000", "\"notionalFloor\":1e30");
  const auto read = parse_leverage_brackets(beyond);
  REQUIRE(read.has_value());
  CHECK(read->front().steps.size() == 1);
  for (const auto& [what, by] : {std::pair("2.5e5", "-1e30"), std::pair("35.5", "1e30"),
                                 std::pair("2.5e5", "\"9223372036854775807\"")}) {
    INFO(what << " by " << by);
    CHECK_FALSE(parse_leverage_brackets(with(ladder_body, what, by)).has_value());
  }
}

TEST_CASE("marks with funding come as one object or as rows") {
  const std::string one =
      R"({"symbol":"BTCUSDT","markPrice":"11793.63104562","indexPrice":"11781.80495970",)"
      R"("lastFundingRate":"-0.00038246","nextFundingTime":1790000000000,"time":1789999990000})";
  for (const auto& body : {one, "[" + one + "]"}) {
    const auto read = parse_premiums(body);
    REQUIRE(read.has_value());
    CHECK(read->front().mark.str() == "11793.63104562");
    CHECK(read->front().funding.str() == "-0.00038246");
    CHECK(read->front().at.ms == 1'789'999'990'000);
  }
  CHECK_FALSE(parse_premiums(R"({"markPrice":"1"})").has_value());
}

TEST_CASE("the account's own order limits are read like those of exchangeInfo") {
  const auto read = parse_order_limits(
      R"([{"rateLimitType":"ORDERS","interval":"SECOND","intervalNum":10,"limit":10000}])");
  REQUIRE(read.has_value());
  CHECK(read->front().window == milliseconds(10'000));
  CHECK(read->front().limit == 10'000);
}

TEST_CASE("a conditional order is read with its trigger, and the order it became") {
  const auto read = parse_conditional(conditional_body);
  REQUIRE(read.has_value());
  CHECK(read->id == 1'000'000'033'225'453);
  CHECK(read->status == conditional_status::new_);
  CHECK(read->trigger.str() == "0.13855");
  CHECK(read->triggered_order == 0);
  const auto later = with(conditional_body, R"("algoStatus":"NEW")",
                          R"("algoStatus":"FINISHED","actualOrderId":"8389765739703625592")");
  CHECK(parse_conditional(later)->triggered_order == 8'389'765'739'703'625'592);
  CHECK(parse_conditional(later)->status == conditional_status::finished);
  const auto unknown = with(conditional_body, R"(:"NEW")", R"(:"DREAMING")");
  CHECK(parse_conditional(unknown)->status == conditional_status::other);
  CHECK(parse_conditional(unknown)->status_text == "DREAMING");
  CHECK(parse_conditionals("[" + conditional_body + "]")->size() == 1);
  CHECK_FALSE(parse_conditional(with(conditional_body, R"("38")", "38")).has_value());
  CHECK_FALSE(
      parse_conditional(with(conditional_body, R"("clientAlgoId":"slc-stop-1",)", "")).has_value());
}

TEST_CASE("a cancellation is done only when its code says 200, in either spelling") {
  CHECK(
      parse_conditional_cancelled(R"({"algoId":7,"clientAlgoId":"a","code":"200","msg":"success"})")
          ->id == 7);
  CHECK(parse_conditional_cancelled(R"({"algoId":7,"clientAlgoId":"a","code":200,"msg":"success"})")
            .has_value());
  CHECK_FALSE(
      parse_conditional_cancelled(R"({"algoId":7,"clientAlgoId":"a","code":"-2011","msg":"no"})")
          .has_value());
  CHECK(parse_done(R"({"code":200,"msg":"The operation is done."})").has_value());
  CHECK(parse_done(R"({"code":"200","msg":""})").has_value());
  CHECK_FALSE(parse_done(R"({"code":-1,"msg":""})").has_value());
  CHECK_FALSE(parse_done(R"({})").has_value());
}

TEST_CASE("the countdown comes back as text or as a number") {
  CHECK(parse_countdown(R"({"symbol":"BTCUSDT","countdownTime":"100000"})")->after ==
        milliseconds(100'000));
  CHECK(parse_countdown(R"({"symbol":"BTCUSDT","countdownTime":0})")->after == milliseconds(0));
  CHECK_FALSE(parse_countdown(R"({"symbol":"BTCUSDT"})").has_value());
  CHECK_FALSE(parse_countdown(R"({"symbol":"BTCUSDT","countdownTime":"soon"})").has_value());
}

TEST_CASE("what the account may do is read where the venue says it") {
  const auto read =
      parse_account_config(R"({"feeTier":0,"canTrade":true,"canDeposit":true,"canWithdraw":true,)"
                           R"("dualSidePosition":true,"multiAssetsMargin":true})");
  REQUIRE(read.has_value());
  CHECK(read->hedge_mode);
  CHECK(read->multi_assets);
  CHECK(read->can_withdraw);
  CHECK(read->can_deposit);
}
