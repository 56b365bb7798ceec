// Replies that are cut at any byte, lie about their length, never end, or come while the venue
// bans.
#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

order_request an_order() {
  return {client_order_id("slc-1"), symbol("ETHUSDT"),
          position_side::both,      side::sell,
          *quantity::parse("0.4"),  true};
}

std::string whole_reply() {
  const std::string body =
      R"({"clientOrderId":"slc-1","executedQty":"0.4","orderId":7,"origQty":"0.4","side":"SELL",)"
      R"("positionSide":"BOTH","status":"FILLED","symbol":"ETHUSDT"})";
  return "HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

act write_and(const std::string& bytes, bool reset) {
  return [bytes, reset](imposter_connection& c, const seen_request&) {
    c.write(bytes);
    reset ? c.reset() : c.hang_up();
  };
}

order_outcome place(exchange_port& client) {
  answers<order_outcome> answer;
  client.place_order(an_order(), milliseconds(2'000), answer.taker());
  return answer.wait();
}

}  // namespace

TEST_CASE("an order whose reply is cut at any byte is uncertain and sent once") {
  const auto whole = whole_reply();
  for (std::size_t kept = 0; kept < whole.size(); kept += 13) {
    for (const bool reset : {false, true}) {
      INFO(kept << (reset ? " bytes, then a reset" : " bytes, then an end"));
      imposter venue;
      venue.when("GET /fapi/v1/time", {server_time()});
      venue.when("POST /fapi/v1/order", {write_and(whole.substr(0, kept), reset)});
      const auto client = client_for(venue);
      CHECK(std::holds_alternative<order_uncertain>(place(*client)));
      CHECK(venue.requests("POST /fapi/v1/order").size() == 1);
    }
  }
}

TEST_CASE("a reply that lies about itself is never taken for an account") {
  const std::string ok = "HTTP/1.1 200 OK\r\n";
  const std::pair<const char*, std::string> rows[] = {
      {"one byte fewer than it has", ok + "Content-Length: 1\r\n\r\n[]"},
      {"one byte more than it has", ok + "Content-Length: 3\r\n\r\n[]"},
      {"two lengths", ok + "Content-Length: 2\r\nContent-Length: 3\r\n\r\n[] "},
      {"a chunk of no size", ok + "Transfer-Encoding: chunked\r\n\r\nxx\r\n[]\r\n0\r\n\r\n"},
      {"a length past all memory", ok + "Content-Length: 99999999999\r\n\r\n[]"},
      {"a header without end", ok + "X: " + std::string(64 * 1024, 'x')},
      {"gzip that nobody asked for",
       ok + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x01"},
      {"nesting without end", ok + "Content-Length: 100000\r\n\r\n" + std::string(100'000, '[')},
  };
  for (const auto& [name, bytes] : rows) {
    INFO(name);
    imposter venue;
    venue.when("GET /fapi/v1/time", {server_time()});
    venue.when("GET /fapi/v3/positionRisk", {write_and(bytes, false)});
    const auto client = client_for(venue);
    answers<read_result<snapshot>> answer;
    client->read_account(within(2'000), answer.taker());
    CHECK_FALSE(answer.wait().has_value());
  }
}

TEST_CASE("what waits for a connection when a ban begins is not sent any more") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("POST /fapi/v1/order", {write_and(whole_reply(), false)});
  venue.when("GET /fapi/v3/positionRisk", {reply_with(200, "[]")});
  auto chosen = settings_for(venue);
  chosen.connections_max = 1;
  const auto client = client_for(venue, chosen);
  answers<read_result<clock_offset>> clock;
  client->read_clock(within(2'000), clock.taker());
  REQUIRE(clock.wait().has_value());
  // While the first waits for its answer the others wait for the only connection.
  venue.when("GET /fapi/v1/accountConfig", {[&venue](imposter_connection& c, const seen_request&) {
               venue.wait_to_go_on();
               c.reply(418, R"({"code":-1003,"msg":"Way too many requests."})");
             }});
  answers<read_result<account_settings>> first;
  client->read_settings(within(5'000), first.taker());
  wait_until([&] { return venue.requests("GET /fapi/v1/accountConfig").size() == 1; });
  answers<read_result<snapshot>> read;
  client->read_account(within(5'000), read.taker());
  answers<order_outcome> order;
  client->place_order(an_order(), milliseconds(5'000), order.taker());
  client->read_clock(within(5'000), clock.taker());  // Taken in once the others are.
  wait_until([&] { return client->budget().requests_total >= 5; });
  venue.go_on();
  CHECK(first.wait().error().kind == failure_kind::banned);
  const auto told = read.wait();
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().kind == failure_kind::banned);
  CHECK(told.error().retry_at.has_value());
  const auto outcome = order.wait();
  REQUIRE(std::holds_alternative<order_refused>(outcome));
  CHECK(std::get<order_refused>(outcome).retryable);
  CHECK(venue.requests("POST").empty());
  CHECK(venue.requests("GET /fapi/v3/positionRisk").empty());
}

TEST_CASE("an order refused for its timestamp is not sent again by the client") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time(700)});
  venue.when(
      "POST /fapi/v1/order",
      {reply_with(400, R"({"code":-1021,"msg":"Timestamp is outside of the recvWindow."})")});
  const auto client = client_for(venue);
  const auto outcome = place(*client);
  REQUIRE(std::holds_alternative<order_refused>(outcome));
  CHECK(std::get<order_refused>(outcome).retryable);
  CHECK(venue.requests("POST /fapi/v1/order").size() == 1);
}

TEST_CASE("interim replies are passed over, and each question gets its own final one") {
  const std::string hints = "HTTP/1.1 103 Hints\r\nLink: </x>\r\n\r\n";
  const std::string wait = "HTTP/1.1 100 Continue\r\n\r\n";
  for (const auto& interim : {wait, hints, wait + hints + hints}) {
    INFO(interim);
    imposter venue;
    venue.when("GET /fapi/v1/time", {server_time()});
    venue.when("POST /fapi/v1/order", {[&](imposter_connection& c, const seen_request&) {
                 c.write(interim);
                 c.write(whole_reply());
               }});
    // The final reply comes when the next request may already wait for the only connection.
    venue.when("GET /fapi/v3/positionRisk",
               {[&venue, interim](imposter_connection& c, const seen_request&) {
                  c.write(interim);
                  venue.wait_to_go_on();
                  c.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]");
                },
                reply_with(503, "")});
    auto chosen = settings_for(venue);
    chosen.connections_max = 1;
    const auto client = client_for(venue, chosen);
    CHECK(std::holds_alternative<order_done>(place(*client)));
    answers<read_result<snapshot>> first;
    client->read_symbol(symbol("ETHUSDT"), within(5'000), first.taker());
    answers<read_result<snapshot>> second;
    client->read_account(within(5'000), second.taker());
    wait_until([&] { return venue.requests("GET /fapi/v3/positionRisk").size() == 1; });
    venue.go_on();
    CHECK(first.wait().has_value());
    REQUIRE_FALSE(second.wait().has_value());
    CHECK(second.wait().error().http_status == 503);
  }
}

TEST_CASE("a limit or ban is obeyed by its status when its words are lost on the way") {
  struct row {
    const char* name;
    std::string bytes;
    failure_kind kind;
    std::int64_t seconds_min;
  };
  const std::string half = "Content-Length: 90\r\n\r\n{\"code\":-1003,";
  const row rows[] = {
      {"a ban cut short", "HTTP/1.1 418 Ban\r\nRetry-After: 500\r\n" + half, failure_kind::banned,
       400},
      {"a limit cut short", "HTTP/1.1 429 Limit\r\nRetry-After: 50\r\n" + half,
       failure_kind::rate_limited, 40},
      {"a ban too long to be read",
       "HTTP/1.1 418 Ban\r\nRetry-After: 500\r\nContent-Length: 99999999999\r\n\r\n",
       failure_kind::banned, 400},
      {"a firewall cut short", "HTTP/1.1 403 X\r\n" + half, failure_kind::rate_limited, 50},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    imposter venue;
    venue.when("GET /fapi/v1/time", {server_time()});
    venue.when("GET /fapi/v3/positionRisk", {write_and(r.bytes, true), reply_with(200, "[]")});
    const auto client = client_for(venue);
    for (int i = 0; i < 2; ++i) {
      answers<read_result<snapshot>> answer;
      client->read_account(within(2'000), answer.taker());
      const auto told = answer.wait();
      REQUIRE_FALSE(told.has_value());
      CHECK(told.error().kind == r.kind);
      REQUIRE(told.error().retry_at.has_value());
      CHECK(between(std::chrono::steady_clock::now(), *told.error().retry_at) >
            std::chrono::seconds(r.seconds_min));
    }
    CHECK(venue.requests("GET /fapi/v3/positionRisk").size() == 1);
  }
}

TEST_CASE("a venue that only ever says wait, or speaks another protocol, answers nothing") {
  std::string forever;
  for (int i = 0; i < 100; ++i)
    forever += "HTTP/1.1 100 Continue\r\n\r\n";
  const std::string other =
      "HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]";
  for (const auto& bytes : {forever, other}) {
    imposter venue;
    venue.when("GET /fapi/v1/time", {server_time()});
    venue.when("GET /fapi/v3/positionRisk", {write_and(bytes, false), reply_with(503, "")});
    venue.when("POST /fapi/v1/order", {write_and(bytes, false)});
    const auto client = client_for(venue);
    for (int i = 0; i < 2; ++i) {
      answers<read_result<snapshot>> answer;
      client->read_account(within(2'000), answer.taker());
      CHECK_FALSE(answer.wait().has_value());
    }
    CHECK(std::holds_alternative<order_uncertain>(place(*client)));
    CHECK(venue.requests("POST").size() == 1);
  }
}

TEST_CASE("a venue that refuses the time of an unsigned request hangs nobody") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {write_and("HTTP/1.1 400 Bad\r\nContent-Length: 34\r\n\r\n"
                                             R"({"code":-1021,"msg":"out of time"})",
                                             false)});
  const auto client = client_for(venue);
  for (int i = 0; i < 2; ++i) {
    answers<read_result<clock_offset>> answer;
    client->read_clock(within(2'000), answer.taker());
    CHECK(answer.wait().error().kind == failure_kind::clock_off);
  }
}

TEST_CASE("an order that would open a leg under the words reduce only is not sent") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  const auto client = client_for(venue);
  for (const auto& [leg, direction] :
       {std::pair{position_side::long_, side::buy}, std::pair{position_side::short_, side::sell}}) {
    auto wanted = an_order();
    wanted.leg = leg;
    wanted.direction = direction;
    answers<order_outcome> answer;
    client->place_order(wanted, milliseconds(2'000), answer.taker());
    const auto outcome = answer.wait();
    REQUIRE(std::holds_alternative<order_refused>(outcome));
    CHECK_FALSE(std::get<order_refused>(outcome).retryable);
    CHECK_FALSE(only_reduces(true, leg, direction));
  }
  CHECK(venue.requests("POST /fapi/v1/order").empty());
}
