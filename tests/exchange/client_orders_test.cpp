// Orders over real TLS: sent at most once, and never called refused when they may have been
// accepted.
#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

order_request an_order() {
  return {client_order_id("slc:7/1"), symbol("ETHUSDT"),
          position_side::both,        side::sell,
          *quantity::parse("0.40"),   true};
}

std::string filled(const std::string& id = "slc:7/1") {
  return R"({"clientOrderId":")" + id +
         R"(","executedQty":"0.40","orderId":77,"origQty":"0.40","reduceOnly":true,"side":"SELL",)"
         R"("positionSide":"BOTH","status":"FILLED","symbol":"ETHUSDT","updateTime":1})";
}

order_outcome place_once(imposter& venue, const std::vector<act>& acts,
                         const order_request& order = an_order(), std::int64_t ms = 2'000) {
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("POST /fapi/v1/order", acts);
  answers<order_outcome> answer;
  {
    const auto client = client_for(venue);
    client->place_order(order, milliseconds(ms), answer.taker());
    answer.wait();
  }
  REQUIRE(answer.count() == 1);
  return answer.wait();
}

std::string target_of(imposter& venue) {
  return venue.requests("POST /fapi/v1/order").at(0).target;
}

}  // namespace

TEST_CASE("an order is sent with all that it needs and its result comes back") {
  imposter venue;
  const auto outcome = place_once(venue, {reply_with(200, filled())});
  REQUIRE(std::holds_alternative<order_done>(outcome));
  CHECK(std::get<order_done>(outcome).report.executed.str() == "0.4");
  const auto target = target_of(venue);
  CHECK(
      target.starts_with("/fapi/v1/order?symbol=ETHUSDT&side=SELL&reduceOnly=true&type=MARKET"
                         "&quantity=0.4&newClientOrderId=slc%3A7%2F1&newOrderRespType=RESULT"
                         "&recvWindow=1500&timestamp="));
  CHECK(target.find("positionSide") == std::string::npos);
}

TEST_CASE("in hedge mode the leg is sent and reduceOnly is not") {
  imposter venue;
  auto order = an_order();
  order.leg = position_side::long_;
  place_once(venue, {reply_with(200, filled())}, order);
  CHECK(target_of(venue).find("positionSide=LONG") != std::string::npos);
  CHECK(target_of(venue).find("reduceOnly") == std::string::npos);
}

TEST_CASE("an order that opens does not claim to reduce") {
  imposter venue;
  auto order = an_order();
  order.reduce_only = false;
  place_once(venue, {reply_with(200, filled())}, order);
  CHECK(target_of(venue).find("reduceOnly") == std::string::npos);
}

TEST_CASE("whatever leaves the fate of an order open is uncertain, and is sent only once") {
  const std::pair<const char*, act> rows[] = {
      {"reset", reset_after_request()},
      {"closed", hang_up_after_request()},
      {"truncated",
       [](imposter_connection& c, const seen_request&) {
         c.write("HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + filled());
         c.hang_up();
       }},
      {"slow", stay_silent()},
      {"not JSON", reply_with(200, "hello")},
      {"empty 202", reply_with(202, "")},
      {"another order", reply_with(200, filled("somebody-else"))},
      {"proxy page", reply_with(502, "<html/>")},
      {"unknown", reply_with(503, R"({"code":-1000,"msg":"Unknown error, please check"})")},
      {"backend timeout", reply_with(408, R"({"code":-1007,"msg":"Timeout"})")},
      {"duplicate", reply_with(400, R"({"code":-4116,"msg":"ClientOrderId is duplicated."})")},
  };
  for (const auto& [name, answer] : rows) {
    INFO(name);
    imposter venue;
    const auto outcome = place_once(venue, {answer}, an_order(), 400);
    CHECK(std::holds_alternative<order_uncertain>(outcome));
    CHECK(venue.requests("POST /fapi/v1/order").size() == 1);
  }
}

TEST_CASE("an order lost on a kept connection is uncertain and not repeated") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("POST /fapi/v1/order", {reply_with(200, filled()), reset_after_request()});
  auto chosen = settings_for(venue);
  chosen.connections_max = 1;
  const auto client = client_for(venue, chosen);
  answers<order_outcome> answer;
  client->place_order(an_order(), milliseconds(2'000), answer.taker());
  answer.wait_for(1);
  client->place_order(an_order(), milliseconds(2'000), answer.taker());
  CHECK(std::holds_alternative<order_uncertain>(answer.wait_for(2)[1]));
  const auto seen = venue.requests("POST /fapi/v1/order");
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].connection == seen[1].connection);
}

TEST_CASE("an order that certainly was not accepted is refused, with whether to try again") {
  struct row {
    const char* name;
    act answer;
    int code;
    bool retryable;
  };
  const row rows[] = {
      {"margin", reply_with(400, R"({"code":-2019,"msg":"Margin is insufficient."})"), -2019,
       false},
      {"unavailable", reply_with(503, R"({"code":-1000,"msg":"Service Unavailable."})"), -1000,
       true},
      {"throttled", reply_with(503, R"({"code":-1008,"msg":"Request throttled."})"), -1008, true},
      {"order limit", reply_with(429, R"({"code":-1015,"msg":"Too many new orders."})"), -1015,
       true},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    imposter venue;
    const auto outcome = place_once(venue, {r.answer});
    REQUIRE(std::holds_alternative<order_refused>(outcome));
    const auto& refused = std::get<order_refused>(outcome);
    CHECK(refused.code == r.code);
    CHECK(refused.retryable == r.retryable);
    CHECK(refused.retry_at.has_value() == r.retryable);
  }
}

TEST_CASE("an order of which no byte left is refused and may be tried again") {
  imposter venue;
  venue.reset_connections(100);
  const auto outcome = place_once(venue, {reply_with(200, filled())});
  REQUIRE(std::holds_alternative<order_refused>(outcome));
  CHECK(std::get<order_refused>(outcome).retryable);
  CHECK(venue.requests("POST").empty());
}

TEST_CASE("an order refused for its timestamp is refused when the clock was measured") {
  imposter venue;
  const auto outcome = place_once(
      venue, {reply_with(400, R"({"code":-1021,"msg":"Timestamp"})"), reply_with(200, filled())});
  REQUIRE(std::holds_alternative<order_refused>(outcome));
  // Whether it may still go is its sender's to say; the clock is right by now.
  CHECK(std::get<order_refused>(outcome).retryable);
  CHECK(venue.requests("POST /fapi/v1/order").size() == 1);
  CHECK_FALSE(venue.requests("GET /fapi/v1/time").empty());
}

TEST_CASE("after a standstill nothing opens until what was known before is used up") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time(), server_time(60'000)});
  venue.when("POST /fapi/v1/order", {reply_with(200, filled())});
  std::atomic<std::int64_t> later_ms{0};
  exchange::extras added;
  added.steady_now = [&] { return std::chrono::steady_clock::now() + milliseconds{later_ms}; };
  const auto client = client_for(venue, settings_for(venue), added);
  const auto measure = [&] {
    answers<read_result<clock_offset>> clock;
    client->read_clock(within(2'000), clock.taker());
    REQUIRE(clock.wait().has_value());
  };
  measure();
  while (client->clock()->offset < milliseconds(30'000)) {
    CHECK_FALSE(client->clock()->stood_still);
    measure();
  }
  REQUIRE(client->clock()->stood_still);
  const auto place = [&](bool opens) {
    auto order = an_order();
    order.reduce_only = !opens;
    answers<order_outcome> answer;
    client->place_order(order, milliseconds(2'000), answer.taker());
    return answer.wait();
  };
  later_ms = 300;
  const auto held = place(true);
  REQUIRE(std::holds_alternative<order_refused>(held));
  const auto& why = std::get<order_refused>(held);
  CHECK(why.retryable);
  CHECK(why.retry_at == *client->clock()->stood_still + milliseconds(12'000));
  CHECK(venue.requests("POST").empty());
  CHECK(std::holds_alternative<order_done>(place(false)));
  later_ms = 13'000;
  CHECK(std::holds_alternative<order_done>(place(true)));
}

TEST_CASE("an order that waited while the standstill was found does not leave") {
  imposter venue;
  std::atomic<bool> holds{false};
  std::atomic<int> held{0};
  venue.when("GET /fapi/v1/time", {[&](imposter_connection& c, const seen_request& r) {
               if (!holds)
                 return server_time()(c, r);
               ++held;
               venue.wait_to_go_on();
               server_time(60'000)(c, r);
             }});
  venue.when("POST /fapi/v1/order", {reply_with(200, filled())});
  auto chosen = settings_for(venue);
  chosen.connections_max = 1;
  const auto client = client_for(venue, chosen);
  answers<read_result<clock_offset>> clock;
  client->read_clock(within(2'000), clock.taker());
  REQUIRE(clock.wait().has_value());
  holds = true;
  client->read_clock(within(5'000), clock.taker());
  wait_until([&] { return held == 1; });
  const auto before = client->budget().requests_total;
  auto order = an_order();
  order.reduce_only = GENERATE(true, false);
  answers<order_outcome> answer;
  client->place_order(order, milliseconds(5'000), answer.taker());
  wait_until([&] { return client->budget().requests_total > before; });
  venue.go_on();
  const auto outcome = answer.wait();
  REQUIRE(std::holds_alternative<order_refused>(outcome));
  CHECK(std::get<order_refused>(outcome).retryable);
  CHECK(venue.requests("POST").empty());
}

TEST_CASE("an order that found no connection for a second does not leave any more") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("POST /fapi/v1/order", {[&](imposter_connection& c, const seen_request& r) {
                                       venue.wait_to_go_on();
                                       reply_with(200, filled())(c, r);
                                     },
                                     reply_with(200, filled("slc:7/2"))});
  auto chosen = settings_for(venue);
  chosen.connections_max = 1;
  std::atomic<std::int64_t> later_ms{0};
  exchange::extras added;
  added.steady_now = [&] { return std::chrono::steady_clock::now() + milliseconds{later_ms}; };
  const auto client = client_for(venue, chosen, added);
  answers<order_outcome> first;
  answers<order_outcome> second;
  client->place_order(an_order(), milliseconds(5'000), first.taker());
  wait_until([&] { return venue.requests("POST").size() == 1; });
  const auto before = client->budget().requests_total;
  auto next = an_order();
  next.id = client_order_id("slc:7/2");
  client->place_order(next, milliseconds(5'000), second.taker());
  wait_until([&] { return client->budget().requests_total > before; });
  later_ms = 1'001;
  venue.go_on();
  CHECK(std::holds_alternative<order_done>(first.wait()));
  const auto late = second.wait();
  REQUIRE(std::holds_alternative<order_refused>(late));
  CHECK(std::get<order_refused>(late).retryable);
  CHECK(venue.requests("POST").size() == 1);
}

TEST_CASE("an order that the client's own thread comes to too late does not leave any more") {
  struct row {
    const char* name;
    std::int64_t timeout_ms;
    std::int64_t busy_ms;
  };
  const row rows[] = {{"later than orders leave", 5'000, 1'001}, {"past its deadline", 500, 501}};
  for (const auto& r : rows) {
    INFO(r.name);
    imposter venue;
    venue.when("GET /fapi/v1/time", {server_time()});
    venue.when("POST", {reply_with(200, filled())});
    venue.when("DELETE /fapi/v1/order", {reply_with(200, filled())});
    std::atomic<std::int64_t> later_ms{0};
    exchange::extras added;
    added.steady_now = [&] { return std::chrono::steady_clock::now() + milliseconds{later_ms}; };
    const auto client = client_for(venue, settings_for(venue), added);
    answers<int> busy;
    answers<int> go_on;
    client->read_clock(within(9'000), [tell = busy.taker(), go_on](auto) mutable {
      tell(1);
      go_on.wait();
    });
    busy.wait();
    conditional_request stop;
    stop.id = client_order_id("slc:7/2");
    stop.instrument = symbol("ETHUSDT");
    stop.amount = *quantity::parse("0.4");
    stop.trigger = *price::parse("2900");
    answers<order_outcome> order;
    answers<conditional_outcome> conditional;
    answers<order_outcome> cancelled;
    client->place_order(an_order(), milliseconds(r.timeout_ms), order.taker());
    client->place_conditional(stop, milliseconds(r.timeout_ms), conditional.taker());
    client->cancel_order(symbol("ETHUSDT"), client_order_id("slc:7/1"), milliseconds(5'000),
                         cancelled.taker());
    later_ms = r.busy_ms;
    go_on.taker()(1);
    const auto late = order.wait();
    REQUIRE(std::holds_alternative<order_refused>(late));
    CHECK(std::get<order_refused>(late).retryable);
    CHECK(std::get<order_refused>(late).cure == refusal_cure::wait);
    CHECK(std::holds_alternative<order_refused>(conditional.wait()));
    CHECK(std::holds_alternative<order_done>(cancelled.wait()));
    CHECK(venue.requests("POST").empty());
  }
}

TEST_CASE("an order without id, symbol or quantity is not sent") {
  imposter venue;
  auto order = an_order();
  order.amount = quantity{};
  const auto outcome = place_once(venue, {reply_with(200, filled())}, order);
  REQUIRE(std::holds_alternative<order_refused>(outcome));
  CHECK_FALSE(std::get<order_refused>(outcome).retryable);
  CHECK(venue.requests("POST").empty());
}

TEST_CASE("an order and its fills can be asked for, and answers about others are malformed") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET /fapi/v1/order?",
             {reply_with(200, filled()), reply_with(200, filled("somebody-else")),
              reply_with(400, R"({"code":-2013,"msg":"Order does not exist."})"),
              reply_with(200, filled("somebody-else")), reply_with(200, filled())});
  const std::string trade =
      R"([{"id":5,"orderId":77,"price":"3100","qty":"0.4","commission":"0.1",)"
      R"("commissionAsset":"USDT",)"
      R"("realizedPnl":"0","side":"SELL","positionSide":"BOTH","symbol":"ETHUSDT","time":9}])";
  venue.when("GET /fapi/v1/userTrades", {reply_with(200, trade)});
  const auto client = client_for(venue);
  answers<read_result<order_report>> orders;
  const auto ask = [&] {
    client->read_order(symbol("ETHUSDT"), client_order_id("slc:7/1"), within(2'000),
                       orders.taker());
  };
  ask();
  CHECK(orders.wait_for(1)[0].has_value());
  ask();
  CHECK(orders.wait_for(2)[1].error().kind == failure_kind::malformed);
  ask();
  CHECK(orders.wait_for(3)[2].error().kind == failure_kind::not_found);
  // By its number it may be anybody's, but no other one.
  client->read_order_numbered(symbol("ETHUSDT"), 77, within(2'000), orders.taker());
  CHECK(orders.wait_for(4)[3]->client_id == client_order_id("somebody-else"));
  const auto asked = venue.requests("GET /fapi/v1/order?").at(3).target;
  CHECK(asked.find("orderId=77&") != std::string::npos);
  client->read_order_numbered(symbol("ETHUSDT"), 78, within(2'000), orders.taker());
  CHECK(orders.wait_for(5)[4].error().kind == failure_kind::malformed);
  answers<read_result<std::vector<fill>>> fills;
  client->read_fills(symbol("ETHUSDT"), 77, within(2'000), fills.taker());
  client->read_fills(symbol("ETHUSDT"), 78, within(2'000), fills.taker());
  const auto both = fills.wait_for(2);
  const bool first_ok = both[0].has_value();
  CHECK(both[0].has_value() != both[1].has_value());
  CHECK((first_ok ? both[0] : both[1])->front().id == 5);
}
