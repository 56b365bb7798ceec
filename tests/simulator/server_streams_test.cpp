// Streams over real WebSockets: events, slow readers, pings, the end of a connection.
#include <thread>

#include "simulator/support/bench_venue.hpp"
#include "simulator/support/client.hpp"
#include "sluice/simulator/server.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::field;
using test::https_client;
using test::stream_client;

namespace {

std::unique_ptr<server> start(settings s = test::quiet_settings()) {
  s.tick_period = milliseconds{20};
  auto started = server::start(std::move(s));
  if (!started)
    throw std::runtime_error(started.error().text);
  return std::move(*started);
}

std::string listen_key(const server& s) {
  https_client c(s.port(), s.certificate_pem());
  const auto answer = c.ask("POST", "/fapi/v1/listenKey", "", s.api_key());
  return answer ? field(answer->body, "listenKey") : "";
}

}  // namespace

TEST_CASE("marks stream to a subscriber that answers to its messages too") {
  const auto s = start();
  stream_client c(s->port(), s->certificate_pem(), "/market/stream");
  REQUIRE(c.connected());
  c.say(R"({"method":"SUBSCRIBE","params":["!markPrice@arr@1s"],"id":1})");
  CHECK(c.hear() == R"({"result":null,"id":1})");
  for (int n = 0; n < 3; ++n) {
    const auto text = c.hear();
    REQUIRE(text);
    CHECK(field(*text, "stream") == "!markPrice@arr@1s");
    CHECK(test::elements(field(*text, "data")).size() == 60);
  }
}

TEST_CASE("a manual trade arrives on the user stream") {
  const auto s = start();
  stream_client c(s->port(), s->certificate_pem(), "/private/ws/" + listen_key(*s));
  REQUIRE(c.connected());
  REQUIRE(s->trade(symbol{"BTCUSDT"}, side::sell, *quantity::parse("0.01")));
  CHECK(field(c.hear().value_or("{}"), "e") == "ORDER_TRADE_UPDATE");
  CHECK(field(c.hear().value_or("{}"), "e") == "ACCOUNT_UPDATE");
  CHECK(field(field(c.hear().value_or("{}"), "o"), "X") == "FILLED");
}

TEST_CASE("a stream target that does not exist is answered with 404") {
  const auto s = start();
  CHECK_FALSE(stream_client(s->port(), s->certificate_pem(), "/other/ws").connected());
  CHECK(stream_client(s->port(), s->certificate_pem(), "/public/ws").connected());
}

TEST_CASE("a client that talks too much is closed with 1008") {
  const auto s = start();
  stream_client c(s->port(), s->certificate_pem(), "/market/ws");
  for (int n = 0; n < 11; ++n)
    c.say(R"({"method":"LIST_SUBSCRIPTIONS","id":1})");
  while (c.hear()) {
  }
  CHECK(c.close_code() == 1008);
}

TEST_CASE("a scripted drop ends user streams without a close frame, market streams go on") {
  const auto s = start();
  stream_client user(s->port(), s->certificate_pem(), "/private/ws/" + listen_key(*s));
  stream_client market(s->port(), s->certificate_pem(), "/market/ws/btcusdt@markPrice@1s");
  REQUIRE(user.connected());
  REQUIRE(market.hear());
  s->add_fault(stream_fault{stream_effect::drop_connection, stream_kind::user, 1});
  CHECK_FALSE(user.hear());
  CHECK(user.close_code() == 1006);
  CHECK(market.hear());
}

TEST_CASE("the server pings, and drops who never answers") {
  auto chosen = test::quiet_settings();
  chosen.ping_period = milliseconds{100};
  chosen.pong_limit = milliseconds{1'500};
  const auto s = start(chosen);
  stream_client lively(s->port(), s->certificate_pem(), "/market/ws");
  stream_client deaf(s->port(), s->certificate_pem(), "/market/ws");
  REQUIRE(deaf.connected());
  // Only a client that reads sends pongs; the other one is not asked to.
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{10};
  while (s->connections() > 1 && std::chrono::steady_clock::now() < until)
    CHECK_FALSE(lively.hear(milliseconds{50}));
  CHECK(s->connections() == 1);
  CHECK(lively.pings() > 2);
  CHECK_FALSE(lively.close_code());
}

TEST_CASE("a connection ends when its life is over") {
  auto chosen = test::quiet_settings();
  chosen.stream_life = milliseconds{300};
  const auto s = start(chosen);
  stream_client c(s->port(), s->certificate_pem(), "/private/ws");
  REQUIRE(c.connected());
  CHECK_FALSE(c.hear());
  CHECK(c.close_code() == 1006);
}

TEST_CASE("a reader too slow for its queue is dropped, the others are not") {
  auto chosen = test::quiet_settings();
  chosen.symbols = 2'000;
  chosen.stream_queue_bytes_max = 2'000'000;
  const auto s = start(chosen);
  stream_client slow(s->port(), s->certificate_pem(), "/market/ws/!markPrice@arr@1s");
  stream_client quick(s->port(), s->certificate_pem(), "/market/ws/btcusdt@markPrice@1s");
  REQUIRE(slow.connected());
  const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{30};
  while (s->connections() > 1 && std::chrono::steady_clock::now() < until)
    REQUIRE(quick.hear());
  CHECK(s->connections() == 1);
  CHECK(quick.hear());
}
