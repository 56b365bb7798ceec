// Who gets a connection, and a place to wait for one, when there are too few.
#include <future>

#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

TEST_CASE("more requests than may wait are turned away at once") {
  imposter venue;
  venue.when("GET", {stay_silent()});
  auto chosen = settings_for(venue);
  chosen.connections_max = 1;
  chosen.requests_waiting_max = 2;
  const auto client = client_for(venue, chosen);
  answers<read_result<snapshot>> answer;
  for (int i = 0; i < 4; ++i)
    client->read_account(within(60'000), answer.taker());
  CHECK(answer.wait().error().kind == failure_kind::rate_limited);
}

TEST_CASE("an order takes the place of a routine read when all places to wait are taken") {
  imposter venue;
  venue.when("GET", {[&venue](imposter_connection& c, const seen_request&) {
               venue.wait_to_go_on();
               c.reply(400, "{}");
             }});
  venue.when("POST", {reply_with(400, R"({"code":-2019,"msg":"Margin is insufficient."})")});
  auto chosen = settings_for(venue);
  chosen.connections_max = 1;
  chosen.requests_waiting_max = 2;
  const auto client = client_for(venue, chosen);
  answers<read_result<snapshot>> reads;
  for (int i = 0; i < 4; ++i)
    client->read_account(within(9'000), reads.taker());
  CHECK(reads.wait().error().kind == failure_kind::rate_limited);
  answers<order_outcome> order;
  client->place_order({client_order_id("slc-2"), symbol("ETHUSDT"), position_side::both, side::sell,
                       *quantity::parse("1"), true},
                      milliseconds(9'000), order.taker());
  wait_until([&] { return reads.count() >= 2 || order.count() > 0; });
  venue.go_on();
  const auto outcome = order.wait();
  REQUIRE(std::holds_alternative<order_refused>(outcome));
  CHECK(std::get<order_refused>(outcome).code == -2019);
}

TEST_CASE("reads leave connections to exits, however many wait") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET", {stay_silent()});
  venue.when("POST", {reply_with(400, R"({"code":-2019,"msg":"Margin is insufficient."})")});
  auto chosen = settings_for(venue);
  chosen.connections_max = 4;
  const auto client = client_for(venue, chosen);
  answers<read_result<snapshot>> reads;
  for (int i = 0; i < 8; ++i)
    client->read_account(within(60'000), reads.taker());
  wait_until([&] { return venue.requests("GET /fapi/v3/positionRisk").size() == 3; });
  answers<order_outcome> order;
  client->place_order({client_order_id("slc-3"), symbol("ETHUSDT"), position_side::both, side::sell,
                       *quantity::parse("1"), true},
                      milliseconds(5'000), order.taker());
  const auto outcome = order.wait();
  REQUIRE(std::holds_alternative<order_refused>(outcome));
  CHECK(std::get<order_refused>(outcome).code == -2019);  // It has left.
  CHECK(venue.requests("GET /fapi/v3/positionRisk").size() == 3);
}

TEST_CASE("reads of exits that hang leave a connection to the orders that close") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET", {stay_silent()});
  venue.when("POST", {reply_with(400, R"({"code":-2019,"msg":"Margin is insufficient."})")});
  auto chosen = settings_for(venue);
  chosen.connections_max = 8;
  const auto client = client_for(venue, chosen);
  answers<read_result<snapshot>> reads;
  for (int i = 0; i < 20; ++i)
    client->read_account(within(60'000, i < 10 ? read_class::routine : read_class::exit_demand),
                         reads.taker());
  // Six for anybody, one for exits.
  wait_until([&] { return venue.requests("GET /fapi/v3/positionRisk").size() == 7; });
  answers<order_outcome> order;
  client->place_order({client_order_id("slc-4"), symbol("ETHUSDT"), position_side::both, side::sell,
                       *quantity::parse("1"), true},
                      milliseconds(5'000), order.taker());
  const auto outcome = order.wait();
  REQUIRE(std::holds_alternative<order_refused>(outcome));
  CHECK(std::get<order_refused>(outcome).code == -2019);  // It has left.
  CHECK(venue.requests("GET /fapi/v3/positionRisk").size() == 7);
}

TEST_CASE("entries leave connections to exits, however many the venue does not answer") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("GET", {reply_with(400, "{}")});
  venue.when("POST", {[](imposter_connection& c, const seen_request& r) {
               if (r.target.find("reduceOnly=true") == std::string::npos)
                 return stay_silent()(c, r);
               c.reply(400, R"({"code":-2022,"msg":"ReduceOnly Order is rejected."})");
             }});
  auto chosen = settings_for(venue);
  chosen.connections_max = 4;
  const auto client = client_for(venue, chosen);
  answers<order_outcome> entries;
  for (int i = 0; i < 8; ++i)
    client->place_order({client_order_id("entry-" + std::to_string(i)), symbol("ETHUSDT"),
                         position_side::both, side::buy, quantity::whole(1), false},
                        milliseconds(9'000), entries.taker());
  wait_until([&] { return venue.requests("POST /fapi/v1/order").size() == 3; });
  answers<order_outcome> exit;
  client->place_order({client_order_id("exit"), symbol("ETHUSDT"), position_side::both, side::sell,
                       quantity::whole(1), true},
                      milliseconds(5'000), exit.taker());
  const auto outcome = exit.wait();
  REQUIRE(std::holds_alternative<order_refused>(outcome));
  CHECK(std::get<order_refused>(outcome).code == -2022);
  CHECK(entries.count() == 0);
}

TEST_CASE("an order that closes goes before those that open and came first") {
  imposter venue;
  std::promise<void> release;
  venue.when("GET /fapi/v1/time", {[released = release.get_future().share()](
                                       imposter_connection& c, const seen_request& r) {
               released.wait_for(std::chrono::seconds(30));
               server_time()(c, r);
             }});
  venue.when("POST", {reply_with(400, "{}")});
  auto chosen = settings_for(venue);
  chosen.connections_max = 1;
  const auto client = client_for(venue, chosen);
  answers<read_result<clock_offset>> clock;
  client->read_clock(within(9'000), clock.taker());
  answers<order_outcome> orders;
  for (const auto* id : {"entry", "exit"})
    client->place_order({client_order_id(id), symbol("ETHUSDT"), position_side::both, side::sell,
                         quantity::whole(1), id == std::string("exit")},
                        milliseconds(9'000), orders.taker());
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (client->budget().requests_total < 4 && std::chrono::steady_clock::now() < limit)
    std::this_thread::yield();
  release.set_value();
  orders.wait_for(2);
  const auto sent = venue.requests("POST /fapi/v1/order");
  REQUIRE(sent.size() == 2);
  CHECK(sent[0].target.find("newClientOrderId=exit&") != std::string::npos);
}

TEST_CASE("a free connection goes to orders first, then to exits, and to routine reads last") {
  imposter venue;
  std::promise<void> release;
  venue.when("GET /fapi/v1/time", {[released = release.get_future().share()](
                                       imposter_connection& c, const seen_request& r) {
               released.wait_for(std::chrono::seconds(30));
               server_time()(c, r);
             }});
  venue.when("GET", {reply_with(400, "{}")});
  venue.when("POST", {reply_with(400, "{}")});
  auto chosen = settings_for(venue);
  chosen.connections_max = 1;
  const auto client = client_for(venue, chosen);
  answers<read_result<clock_offset>> clock;
  answers<read_result<snapshot>> routine;
  answers<read_result<account_settings>> exits;
  answers<order_outcome> orders;
  client->read_clock(within(9'000), clock.taker());
  client->read_account(within(9'000), routine.taker());
  client->read_settings(within(9'000, read_class::exit_demand), exits.taker());
  client->place_order({client_order_id("a"), symbol("SOLUSDT"), position_side::both, side::buy,
                       quantity::whole(1), true},
                      milliseconds(9'000), orders.taker());
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(5);
  while (client->budget().requests_total < 5 && std::chrono::steady_clock::now() < limit)
    std::this_thread::yield();
  release.set_value();
  routine.wait();
  std::vector<std::string> order;
  for (const auto& one : venue.requests(""))
    if (!one.target.starts_with("/fapi/v1/time"))
      order.push_back(one.target.substr(0, one.target.find('?')));
  CHECK(order == std::vector<std::string>{"/fapi/v1/order", "/fapi/v1/accountConfig",
                                          "/fapi/v3/positionRisk"});
}
