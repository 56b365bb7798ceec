// What the client does when it is told to stop and the circumstances are bad: a clock that is wrong
// from the start, replies that come in any order, a deadline that passes meanwhile.
#include <atomic>

#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr std::int64_t hour_ms = 3'600'000;

milliseconds banned_for(const exchange_port& client) {
  const auto until = client.budget().banned_until;
  return until ? between(std::chrono::steady_clock::now(), *until) : milliseconds(0);
}

order_request an_order() {
  return {client_order_id("slc-9"), symbol("ETHUSDT"),
          position_side::both,      side::sell,
          *quantity::parse("0.4"),  true};
}

}  // namespace

TEST_CASE("a ban is obeyed although our own clock, never corrected yet, says that it is over") {
  imposter venue;
  const auto text = "Way too many requests; IP(203.0.113.7) banned until " +
                    std::to_string(wall_ms() + 300'000) + ". Please wait.";
  venue.when("GET", {reply_with(418, R"({"code":-1003,"msg":")" + text + R"("})")});
  exchange::extras more;
  more.wall_now = [] { return wall_time{wall_ms() + hour_ms}; };
  const auto client = client_for(venue, settings_for(venue), std::move(more));
  answers<read_result<snapshot>> answer;
  client->read_account(within(5'000), answer.taker());
  CHECK(answer.wait().error().kind == failure_kind::banned);
  CHECK(banned_for(*client) > milliseconds(60'000));
}

TEST_CASE("orders are paused for a minute only where the venue says a minute") {
  struct row {
    const char* text;
    bool for_a_minute;
  };
  const row r =
      GENERATE(row{"Too many new orders; current limit is 300 orders per TEN_SECONDS.", false},
               row{"Too many new orders; current limit is 300 orders per 10 SECOND.", false},
               row{"Too many new orders.", false},
               row{"Too many new orders; current limit is 1200 orders per MINUTE.", true},
               row{"Too many new orders; current limit is 1200 orders per 1 MINUTE.", true});
  INFO(r.text);
  imposter venue;
  // Five seconds after the venue's windows of both lengths began.
  venue.when("GET /fapi/v1/time", {server_time(65'000 - wall_ms() % 60'000)});
  const auto body = R"({"code":-1015,"msg":")" + std::string(r.text) + R"("})";
  venue.when("POST /fapi/v1/order", {reply_with(429, body)});
  const auto client = client_for(venue);
  answers<read_result<clock_offset>> clock;
  client->read_clock(within(5'000), clock.taker());
  REQUIRE(clock.wait().has_value());
  answers<order_outcome> order;
  client->place_order(an_order(), milliseconds(2'000), order.taker());
  REQUIRE(std::holds_alternative<order_refused>(order.wait()));
  const auto until = client->budget().orders_paused_until;
  REQUIRE(until);
  const auto wait = between(std::chrono::steady_clock::now(), *until);
  CHECK((wait > milliseconds(20'000)) == r.for_a_minute);
}

TEST_CASE("a stop without any time is still a stop") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET", {reply_with(429, R"({"code":-1003,"msg":"Too many requests."})",
                                "Retry-After: 0\r\n")});
  const auto client = client_for(venue);
  answers<read_result<snapshot>> answer;
  client->read_account(within(5'000), answer.taker());
  CHECK(answer.wait().error().retry_at.has_value());
  client->read_account(within(5'000), answer.taker());
  CHECK(answer.wait_for(2).back().error().kind == failure_kind::rate_limited);
  CHECK(venue.requests("GET /fapi/v3/positionRisk").size() == 1);
}

TEST_CASE("a shorter ban that comes later does not shorten the one that is remembered") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET /fapi/v3/positionRisk", {reply_with(418, "{}", "Retry-After: 86400\r\n")});
  venue.when("GET /fapi/v1/accountConfig", {[&](imposter_connection& c, const seen_request&) {
               venue.wait_to_go_on();
               c.reply(418, "a page", "Retry-After: 30\r\n");
             }});
  exchange::extras more;
  answers<exchange::kept_stops> saved;
  more.save_stops = saved.taker();
  const auto client = client_for(venue, settings_for(venue), std::move(more));
  answers<read_result<account_settings>> slow;
  client->read_settings(within(9'000), slow.taker());
  wait_until([&] { return venue.requests("GET /fapi/v1/accountConfig").size() == 1; });
  answers<read_result<snapshot>> fast;
  client->read_account(within(9'000), fast.taker());
  CHECK(fast.wait().error().kind == failure_kind::banned);
  venue.go_on();
  CHECK(slow.wait().error().kind == failure_kind::banned);
  for (const auto& stops : saved.wait_for(2))
    CHECK(stops.ban.value().until.ms > wall_ms() + 80'000'000);
}

TEST_CASE("an order whose time is over while the clock is measured is not sent a second time") {
  imposter venue;
  const auto began = std::chrono::steady_clock::now();
  std::atomic<bool> held{false};
  std::atomic<bool> asked{false};
  venue.when("GET /fapi/v1/time", {[&](imposter_connection& c, const seen_request& r) {
               if (held) {
                 asked = true;
                 venue.wait_to_go_on();
               }
               server_time()(c, r);
             }});
  venue.when("POST /fapi/v1/order",
             {reply_with(400, R"({"code":-1021,"msg":"Timestamp for this request is outside."})")});
  const auto client = client_for(venue);
  answers<read_result<clock_offset>> clock;
  client->read_clock(within(5'000), clock.taker());
  REQUIRE(clock.wait().has_value());
  held = true;
  answers<order_outcome> order;
  client->place_order(an_order(), milliseconds(1'500), order.taker());
  wait_until([&] { return asked.load(); });
  wait_until([&] { return std::chrono::steady_clock::now() - began > milliseconds(2'500); });
  venue.go_on();
  CHECK(std::holds_alternative<order_refused>(order.wait()));
  CHECK(venue.requests("POST /fapi/v1/order").size() == 1);
}
