// Making and closing a client: what refuses to start, and that every callback comes exactly once.
#include <thread>

#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

TEST_CASE("a client that could not work is not made") {
  const auto make = [](exchange::settings chosen, std::string key, std::string pem) {
    exchange::extras more;
    more.ca_pem = std::move(pem);
    return exchange::make_client(
        chosen, {exchange::secret(std::move(key)), exchange::secret(std::string("s"))},
        std::move(more));
  };
  exchange::settings wrong;
  wrong.connections_max = 0;
  CHECK(make(wrong, "k", "").error().code == errc::invalid_value);
  CHECK(make({}, "", "").error().code == errc::invalid_value);
  CHECK(make({}, "k\r\nX-Other: 1", "").error().code == errc::invalid_value);
  CHECK(make({}, "k", "no certificate").error().code == errc::io_failure);
  exchange::settings elsewhere;
  elsewhere.ca_file = "/nonexistent/ca.pem";
  CHECK(make(elsewhere, "k", "").error().code == errc::io_failure);
}

TEST_CASE("close ends everything under way, once each, before it returns") {
  imposter venue;
  venue.when("GET", {stay_silent()});
  venue.when("POST", {stay_silent()});
  auto chosen = settings_for(venue);
  chosen.connections_max = 4;
  const auto client = client_for(venue, chosen);
  answers<read_result<snapshot>> reads;
  answers<order_outcome> orders;
  for (int i = 0; i < 20; ++i)
    client->read_account(within(60'000), reads.taker());
  client->place_order({client_order_id("x"), symbol("ETHUSDT"), position_side::both, side::buy,
                       quantity::whole(1), true},
                      milliseconds(60'000), orders.taker());
  answers<std::vector<user_event>> events;
  answers<mark_batch> marks;
  client->open_user_stream(events.taker());
  client->open_mark_stream(marks.taker());
  client->close();
  CHECK(reads.count() == 20);
  CHECK(orders.count() == 1);
  for (const auto& read : reads.wait_for(20))
    CHECK(read.error().kind == failure_kind::unreachable);
  CHECK(std::holds_alternative<stream_closed>(events.wait().back().body));
  CHECK_FALSE(marks.wait().up);
  client->read_account(within(1'000), reads.taker());
  CHECK(reads.count() == 21);
  client->close();
  CHECK(reads.count() == 21);
}

TEST_CASE("an order under way when the client closes is uncertain once bytes have left") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  const auto arrived = std::make_shared<answers<int>>();
  venue.when("POST /fapi/v1/order",
             {[arrived](imposter_connection&, const seen_request&) { arrived->taker()(1); }});
  const auto client = client_for(venue);
  answers<order_outcome> order;
  client->place_order({client_order_id("x"), symbol("ETHUSDT"), position_side::both, side::buy,
                       quantity::whole(1), true},
                      milliseconds(60'000), order.taker());
  arrived->wait();
  client->close();
  CHECK(order.count() == 1);
  CHECK(std::holds_alternative<order_uncertain>(order.wait()));
}

TEST_CASE("a callback may close the client") {
  imposter venue;
  venue.when("GET", {reply_with(200, "[]")});
  const auto client = client_for(venue);
  answers<int> closed;
  answers<read_result<snapshot>> others;
  client->read_account(within(5'000), [&, tell = closed.taker()](read_result<snapshot>) {
    client->close();
    tell(1);
  });
  closed.wait();
  client->read_account(within(5'000), others.taker());
  CHECK(others.count() == 1);
}

TEST_CASE("calls from many threads while the client closes are all answered exactly once") {
  imposter venue;
  venue.when("GET", {reply_with(200, "[]"), reset_after_request(), reply_with(200, "[]")});
  const auto client = client_for(venue);
  answers<read_result<snapshot>> reads;
  std::vector<std::thread> callers;
  for (int t = 0; t < 4; ++t)
    callers.emplace_back([&] {
      for (int i = 0; i < 25; ++i)
        client->read_account(within(5'000), reads.taker());
    });
  reads.wait_for(10);
  client->close();
  for (auto& caller : callers)
    caller.join();
  CHECK(reads.count() == 100);
}

TEST_CASE("no secret reaches the log") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.when("POST /fapi/v1/listenKey", {reply_with(200, R"({"listenKey":"hush0123456789"})")});
  venue.refuse_streams(true);
  const auto lines = std::make_shared<answers<std::string>>();
  exchange::extras more;
  more.observer = [add = lines->taker()](exchange::log_level, std::string_view event,
                                         std::string_view text) {
    add(std::string(event) + " " + std::string(text));
  };
  const auto client = client_for(venue, settings_for(venue), std::move(more));
  answers<std::vector<user_event>> events;
  client->open_user_stream(events.taker());
  events.wait();
  client->close();
  for (const auto& line : lines->wait_for(1))
    for (const char* hidden : {test_key, test_secret, "hush", "signature"})
      CHECK(line.find(hidden) == std::string::npos);
}
