// A firewall that answers in the venue's place: how long each lane stays away, and that it stays.
#include "sluice/exchange/firewall_waits.hpp"

#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;
using sluice::exchange::firewall_waits;

namespace {

const std::string page =
    "<!DOCTYPE html><HTML><HEAD><TITLE>ERROR</TITLE></HEAD><BODY><H1>403 ERROR</H1>"
    "Request blocked. We can't connect to the server for this app.</BODY></HTML>";

instant at(std::int64_t ms) {
  return instant(milliseconds(ms));
}

order_request closing_order() {
  return {client_order_id("slc-1"), symbol("ETHUSDT"),
          position_side::both,      side::sell,
          *quantity::parse("0.4"),  true};
}

}  // namespace

TEST_CASE("a firewall is left alone ever longer, by exits for half a minute at most") {
  firewall_waits waits;
  constexpr std::uint32_t longest = 1'023;
  std::int64_t now = 1'000'000;
  for (const auto& [exits_s, others_s] :
       {std::pair{2, 120}, {4, 240}, {8, 480}, {16, 600}, {30, 600}, {30, 600}}) {
    const auto stay = waits.turned_away(at(now), at(now), longest);
    REQUIRE(stay.has_value());
    CHECK(stay->exits == std::chrono::seconds(exits_s));
    CHECK(stay->others == std::chrono::seconds(others_s));
    now += 1'000'000;
  }
  waits.let_through(at(now));
  CHECK(waits.turned_away(at(now + 1), at(now + 1), longest)->exits == std::chrono::seconds(2));
}

TEST_CASE("what was on its way when a firewall closed makes no stay longer and ends none") {
  firewall_waits waits;
  REQUIRE(waits.turned_away(at(1'000), at(1'100), 0).has_value());
  CHECK_FALSE(waits.turned_away(at(1'050), at(1'150), 0).has_value());
  waits.let_through(at(1'050));
  CHECK(waits.turned_away(at(9'000), at(9'100), 1'023)->exits == std::chrono::seconds(4));
}

TEST_CASE("a firewall's page stops reads and openings with one request, and exits a moment only") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET /fapi/v3/positionRisk", {reply_with(403, page), reply_with(200, "[]")});
  const auto client = client_for(venue);
  answers<read_result<clock_offset>> clock;
  client->read_clock(within(2'000), clock.taker());
  REQUIRE(clock.wait().has_value());
  const auto began = std::chrono::steady_clock::now();
  answers<read_result<snapshot>> reads;
  client->read_account(within(2'000), reads.taker());
  const auto first = reads.wait().error();
  CHECK(first.kind == failure_kind::rate_limited);
  REQUIRE(first.retry_at.has_value());
  CHECK(between(began, *first.retry_at) >= std::chrono::seconds(60));
  for (const auto traffic :
       {read_class::routine, read_class::verification, read_class::entry_demand}) {
    answers<read_result<snapshot>> more;
    client->read_account(within(2'000, traffic), more.taker());
    CHECK(more.wait().error().kind == failure_kind::rate_limited);
  }
  auto opening = closing_order();
  opening.reduce_only = false;
  answers<order_outcome> refused;
  client->place_order(opening, milliseconds(2'000), refused.taker());
  CHECK(std::holds_alternative<order_refused>(refused.wait()));
  CHECK(venue.requests("GET /fapi/v3/positionRisk").size() == 1);
  CHECK(venue.requests("POST").empty());
  // An exit is let out within seconds, and not at once.
  std::optional<instant> retry_at;
  wait_until([&] {
    answers<read_result<snapshot>> exit;
    client->read_account(within(2'000, read_class::exit_demand), exit.taker());
    const auto told = exit.wait();
    if (!told)
      retry_at = told.error().retry_at;
    return told.has_value();
  });
  REQUIRE(retry_at.has_value());
  CHECK(between(began, *retry_at) >= std::chrono::seconds(1));
  CHECK(between(began, *retry_at) <= std::chrono::seconds(3));
  CHECK(venue.requests("GET /fapi/v3/positionRisk").size() == 2);
}

TEST_CASE("a restart keeps away from a firewall as the process before would have") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET /fapi/v3/positionRisk", {reply_with(403, page), reply_with(200, "[]")});
  answers<exchange::kept_stops> saved;
  {
    exchange::extras more;
    more.save_stops = saved.taker();
    const auto client = client_for(venue, settings_for(venue), std::move(more));
    answers<read_result<snapshot>> reads;
    client->read_account(within(2'000), reads.taker());
    CHECK_FALSE(reads.wait().has_value());
  }
  const auto kept = saved.wait_for(1).back();
  REQUIRE(kept.pause_of_others.has_value());
  exchange::extras later;
  later.load_stops = [kept] { return kept; };
  const auto next = client_for(venue, settings_for(venue), std::move(later));
  answers<read_result<snapshot>> routine;
  next->read_account(within(2'000), routine.taker());
  const auto told = routine.wait();
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().kind == failure_kind::rate_limited);
  REQUIRE(told.error().retry_at.has_value());
  CHECK(between(std::chrono::steady_clock::now(), *told.error().retry_at) >
        std::chrono::seconds(60));
  CHECK(venue.requests("GET /fapi/v3/positionRisk").size() == 1);
  // Exits wait the short part only.
  wait_until([&] {
    answers<read_result<snapshot>> exit;
    next->read_account(within(2'000, read_class::exit_demand), exit.taker());
    return exit.wait().has_value();
  });
}

TEST_CASE("an order that a firewall turned away names when it may be sent again") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("POST /fapi/v1/order", {reply_with(403, page, "Retry-After: 7\r\n")});
  const auto client = client_for(venue);
  for (int i = 0; i < 2; ++i) {
    answers<order_outcome> answer;
    client->place_order(closing_order(), milliseconds(2'000), answer.taker());
    const auto outcome = answer.wait();
    REQUIRE(std::holds_alternative<order_refused>(outcome));
    const auto refused = std::get<order_refused>(outcome);
    CHECK(refused.retryable);
    REQUIRE(refused.retry_at.has_value());
    const auto wait = between(std::chrono::steady_clock::now(), *refused.retry_at);
    CHECK(wait > std::chrono::seconds(4));
    CHECK(wait <= std::chrono::seconds(7));
  }
  CHECK(venue.requests("POST /fapi/v1/order").size() == 1);
}
