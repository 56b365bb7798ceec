// Cancellations, limit and conditional orders and the account's reads over real TLS: what is sent,
// and what its answers are taken for.
#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

const symbol eth("ETHUSDT");
const client_order_id id("slc:7/1");
constexpr milliseconds second{1'000};

std::string order_document(const std::string& status = "CANCELED",
                           const std::string& client_id = "slc:7/1") {
  return R"({"clientOrderId":")" + client_id +
         R"(","executedQty":"0.10","orderId":77,"origQty":"0.40","price":"3100.5","side":"SELL",)"
         R"("positionSide":"BOTH","status":")" +
         status + R"(","symbol":"ETHUSDT","type":"LIMIT","updateTime":1})";
}

std::string conditional_document(const std::string& client_id = "slc:7/1") {
  return R"({"algoId":9,"clientAlgoId":")" + client_id +
         R"(","orderType":"STOP_MARKET","symbol":"ETHUSDT","side":"SELL","positionSide":"BOTH",)"
         R"("quantity":"0.4","algoStatus":"NEW","triggerPrice":"2900"})";
}

/// A venue with one script, and one question to it.
template <class Outcome, class Call>
Outcome ask(imposter& venue, const std::string& start, act answer, Call call) {
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when(start, {std::move(answer)});
  answers<Outcome> got;
  const auto client = client_for(venue);
  call(*client, got.taker());
  return got.wait();
}

order_request a_limit_order() {
  order_request wanted{id, eth, position_side::both, side::sell, *quantity::parse("0.4"), false};
  wanted.type = order_type::limit;
  wanted.limit = *price::parse("3100.5");
  wanted.lasts = time_in_force::ioc;
  return wanted;
}

conditional_request a_stop() {
  conditional_request wanted;
  wanted.id = id;
  wanted.instrument = eth;
  wanted.amount = *quantity::parse("0.4");
  wanted.trigger = *price::parse("2900");
  return wanted;
}

template <class T, class Outcome>
bool is(const Outcome& outcome) {
  return std::holds_alternative<T>(outcome);
}

}  // namespace

TEST_CASE("a limit order is sent with its price and how long it lasts") {
  imposter venue;
  const auto outcome = ask<order_outcome>(
      venue, "POST /fapi/v1/order", reply_with(200, order_document("NEW")),
      [](exchange_port& port, auto done) { port.place_order(a_limit_order(), second, done); });
  REQUIRE(is<order_done>(outcome));
  CHECK(std::get<order_done>(outcome).report.limit.str() == "3100.5");
  CHECK(venue.requests("POST /fapi/v1/order")[0].target.starts_with(
      "/fapi/v1/order?symbol=ETHUSDT&side=SELL&type=LIMIT&quantity=0.4&price=3100.5"
      "&timeInForce=IOC&newClientOrderId=slc%3A7%2F1"));
}

TEST_CASE("a limit order without a price and a market order with one are not sent") {
  imposter venue;
  auto none = a_limit_order();
  none.limit = price{};
  auto both = a_limit_order();
  both.type = order_type::market;
  for (const auto& wanted : {none, both}) {
    const auto outcome = ask<order_outcome>(
        venue, "POST /fapi/v1/order", reply_with(200, order_document("NEW")),
        [&](exchange_port& port, auto done) { port.place_order(wanted, second, done); });
    CHECK(is<order_refused>(outcome));
  }
  CHECK(venue.requests("POST").empty());
}

TEST_CASE("a cancelled order comes back as the venue last knew it") {
  imposter venue;
  const auto outcome = ask<order_outcome>(
      venue, "DELETE /fapi/v1/order", reply_with(200, order_document()),
      [](exchange_port& port, auto done) { port.cancel_order(eth, id, second, done); });
  REQUIRE(is<order_done>(outcome));
  CHECK(std::get<order_done>(outcome).report.status == order_status::cancelled);
  CHECK(std::get<order_done>(outcome).report.executed.str() == "0.1");
  CHECK(venue.requests("DELETE")[0].target.starts_with(
      "/fapi/v1/order?symbol=ETHUSDT&origClientOrderId=slc%3A7%2F1&recvWindow="));
}

TEST_CASE("a cancellation is judged like an order") {
  const auto cancel = [](act answer) {
    imposter venue;
    auto outcome = ask<order_outcome>(
        venue, "DELETE /fapi/v1/order", std::move(answer),
        [](exchange_port& port, auto done) { port.cancel_order(eth, id, second, done); });
    CHECK(venue.requests("DELETE").size() == 1);
    return outcome;
  };
  const auto gone = cancel(reply_with(400, R"({"code":-2011,"msg":"Unknown order sent."})"));
  REQUIRE(is<order_refused>(gone));
  CHECK(std::get<order_refused>(gone).cure == refusal_cure::query_order);
  CHECK_FALSE(std::get<order_refused>(gone).retryable);
  CHECK(is<order_uncertain>(cancel(reset_after_request())));
  CHECK(is<order_uncertain>(cancel(reply_with(200, order_document("CANCELED", "other")))));
  CHECK(is<order_uncertain>(cancel(reply_with(200, ""))));
  CHECK(is<order_uncertain>(cancel(reply_with(504, "<html/>"))));
}

TEST_CASE("a symbol is cleared of both kinds of orders by two requests") {
  imposter venue;
  const auto done_reply = R"({"code":200,"msg":"The operation of cancel all open order is done."})";
  using outcome_type = change_outcome<symbol_cleared>;
  const auto orders = ask<outcome_type>(
      venue, "DELETE /fapi/v1/allOpenOrders?symbol=ETHUSDT", reply_with(200, done_reply),
      [](exchange_port& port, auto done) { port.cancel_all(eth, second, done); });
  CHECK(is<symbol_cleared>(orders));
  const auto conditionals = ask<outcome_type>(
      venue, "DELETE /fapi/v1/algoOpenOrders?symbol=ETHUSDT", reply_with(200, done_reply),
      [](exchange_port& port, auto done) { port.cancel_all_conditionals(eth, second, done); });
  CHECK(is<symbol_cleared>(conditionals));
  const auto unsure =
      ask<outcome_type>(venue, "DELETE /fapi/v1/allOpenOrders?symbol=ETHUSDT",
                        reply_with(200, R"({"code":-1,"msg":""})"),
                        [](exchange_port& port, auto done) { port.cancel_all(eth, second, done); });
  CHECK(is<order_uncertain>(unsure));
}

TEST_CASE("the countdown is armed only when the venue repeats it") {
  imposter venue;
  using outcome_type = change_outcome<countdown_armed>;
  const auto arm = [&](const char* body) {
    return ask<outcome_type>(
        venue, "POST /fapi/v1/countdownCancelAll", reply_with(200, body),
        [](exchange_port& port, auto done) { port.arm_countdown(eth, second * 30, second, done); });
  };
  CHECK(is<countdown_armed>(arm(R"({"symbol":"ETHUSDT","countdownTime":"30000"})")));
  CHECK(is<order_uncertain>(arm(R"({"symbol":"ETHUSDT","countdownTime":"30"})")));
  CHECK(venue.requests("POST /fapi/v1/countdownCancelAll?symbol=ETHUSDT&countdownTime=30000")
            .size() == 2);
}

TEST_CASE("a stop is sent to the service of conditional orders") {
  imposter venue;
  const auto outcome = ask<conditional_outcome>(
      venue, "POST /fapi/v1/algoOrder", reply_with(200, conditional_document()),
      [](exchange_port& port, auto done) { port.place_conditional(a_stop(), second, done); });
  REQUIRE(is<conditional_done>(outcome));
  CHECK(venue.requests("POST")[0].target.starts_with(
      "/fapi/v1/algoOrder?algoType=CONDITIONAL&symbol=ETHUSDT&side=SELL&type=STOP_MARKET"
      "&reduceOnly=true&quantity=0.4&triggerPrice=2900&workingType=MARK_PRICE"
      "&clientAlgoId=slc%3A7%2F1&recvWindow="));
}

TEST_CASE("a stop that closes the position has no quantity and no reduceOnly") {
  imposter venue;
  auto wanted = a_stop();
  wanted.close_position = true;
  wanted.amount = quantity{};
  ask<conditional_outcome>(
      venue, "POST /fapi/v1/algoOrder", reply_with(200, conditional_document()),
      [&](exchange_port& port, auto done) { port.place_conditional(wanted, second, done); });
  const auto target = venue.requests("POST")[0].target;
  CHECK(target.find("closePosition=true") != std::string::npos);
  CHECK(target.find("quantity") == std::string::npos);
  CHECK(target.find("reduceOnly") == std::string::npos);
}

TEST_CASE("conditional orders that make no sense are not sent") {
  imposter venue;
  std::vector<conditional_request> bad(5, a_stop());
  bad[0].trigger = price{};
  bad[1].close_position = true;  // With a quantity.
  bad[2].amount = quantity{};
  bad[3].kind = conditional_kind::stop_limit;  // Without a price.
  bad[4].leg = position_side::short_;          // Selling into a short leg.
  bad[4].close_position = true;
  bad[4].amount = quantity{};
  for (const auto& wanted : bad) {
    const auto outcome = ask<conditional_outcome>(
        venue, "POST /fapi/v1/algoOrder", reply_with(200, conditional_document()),
        [&](exchange_port& port, auto done) { port.place_conditional(wanted, second, done); });
    CHECK(is<order_refused>(outcome));
  }
  CHECK(venue.requests("POST").empty());
}

TEST_CASE("a conditional order is cancelled and asked for by our id alone") {
  imposter venue;
  const auto cancelled = ask<change_outcome<conditional_cancelled>>(
      venue, "DELETE /fapi/v1/algoOrder?clientAlgoId=slc%3A7%2F1",
      reply_with(200, R"({"algoId":9,"clientAlgoId":"slc:7/1","code":"200","msg":"success"})"),
      [](exchange_port& port, auto done) { port.cancel_conditional(id, second, done); });
  REQUIRE(is<conditional_cancelled>(cancelled));
  CHECK(std::get<conditional_cancelled>(cancelled).id == 9);
  const auto read = ask<read_result<conditional_report>>(
      venue, "GET /fapi/v1/algoOrder?clientAlgoId=slc%3A7%2F1",
      reply_with(200, conditional_document("another")),
      [](exchange_port& port, auto done) { port.read_conditional(id, within(1'000), done); });
  CHECK(read.error().kind == failure_kind::malformed);
}

TEST_CASE("open orders of one symbol or of all are read, with the weight that belongs to each") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  const auto open = "[" + order_document("NEW") + "]";
  venue.when("GET /fapi/v1/openOrders", {reply_with(200, open)});
  const auto client = client_for(venue);
  answers<read_result<std::vector<order_report>>> got;
  client->read_open_orders(eth, within(1'000), got.taker());
  CHECK(got.wait_for(1)[0]->front().type_text == "LIMIT");
  const auto before = client->budget().weight_used_1m;
  client->read_open_orders(symbol{}, within(1'000), got.taker());
  CHECK(got.wait_for(2)[1]->size() == 1);
  CHECK(client->budget().weight_used_1m >= before + 40);
  client->read_open_orders(symbol("BTCUSDT"), within(1'000), got.taker());
  CHECK(got.wait_for(3)[2].error().kind == failure_kind::malformed);
}

TEST_CASE("the account's own order limits are obeyed once read") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("POST /fapi/v1/order", {reply_with(200, order_document("NEW"))});
  venue.when("GET /fapi/v1/rateLimit/order",
             {reply_with(200, R"([{"rateLimitType":"ORDERS","interval":"MINUTE","intervalNum":1,)"
                              R"("limit":1}])")});
  const auto client = client_for(venue);
  answers<read_result<std::vector<venue_limit>>> limits;
  client->read_order_limits(within(1'000), limits.taker());
  REQUIRE(limits.wait().has_value());
  answers<order_outcome> outcome;
  client->place_order(a_limit_order(), second, outcome.taker());
  CHECK(is<order_refused>(outcome.wait()));
  CHECK(venue.requests("POST").empty());
}
