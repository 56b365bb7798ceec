// The server on a bad day: sizes, slow clients, too many of them, and stopping in the middle.
#include <thread>
#include <vector>

#include "sluice/status/metrics.hpp"
#include "support/catch.hpp"
#include "support/test_server.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace sluice::status::testing;

namespace {
constexpr milliseconds soon{200};
}

TEST_CASE("a head may be as long as the limit and no longer") {
  const auto server = serve(test_settings(), echo);
  const std::string empty = get("/", "X: \r\n");
  const auto sized = [&](std::size_t size) {
    return get("/", "X: " + std::string(size - empty.size(), 'x') + "\r\n");
  };
  raw_client fits{server->port()};
  fits.send(sized(8 * 1024));
  CHECK(status_of(fits.read_response()) == "200");
  raw_client long_head{server->port()};
  long_head.send(sized(8 * 1024 + 1));
  CHECK(status_of(long_head.read_to_end()) == "431");
  raw_client endless{server->port()};
  endless.send("GET / HTTP/1.1\r\nX: " + std::string(100'000, 'x'));
  CHECK(status_of(endless.read_to_end()) == "431");
}

TEST_CASE("a body may be as long as the limit of its path and no longer") {
  const auto server = serve(test_settings(), [](const request& asked, const responder& answer) {
    answer(text_response(std::to_string(asked.body.size())));
  });
  const auto status_for = [&](std::string_view path, std::size_t size) {
    raw_client client{server->port()};
    client.send(post(path, std::string(size, 'x')));
    return status_of(client.read_response());
  };
  CHECK(status_for("/a", 64 * 1024) == "200");
  CHECK(status_for("/a", 64 * 1024 + 1) == "413");
  CHECK(status_for("/api/v1/plans", 1024 * 1024) == "200");
  CHECK(status_for("/api/v1/plans", 1024 * 1024 + 1) == "413");
  CHECK(status_for("/api/v1/plans/", 64 * 1024 + 1) == "413");
}

TEST_CASE("a chunked body past the limit is refused while it comes") {
  const auto server = serve(test_settings(), echo);
  raw_client client{server->port()};
  client.send("POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  const std::string chunk = "1000\r\n" + std::string(0x1000, 'x') + "\r\n";
  for (int i = 0; i < 17; ++i)
    client.send(chunk);
  CHECK(status_of(client.read_response()) == "413");
}

TEST_CASE("a client too slow with its head or body gets 408, an idle one is let go") {
  auto settings = test_settings();
  settings.header_timeout = soon;
  settings.body_timeout = soon;
  settings.idle_timeout = soon;
  const auto server = serve(settings, echo);
  raw_client slow_head{server->port()};
  slow_head.send("GET / HTTP/1.1\r\n");
  CHECK(status_of(slow_head.read_to_end()) == "408");
  raw_client slow_body{server->port()};
  slow_body.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nab");
  CHECK(status_of(slow_body.read_to_end()) == "408");
  raw_client idle{server->port()};
  CHECK(idle.at_end());
  raw_client kept{server->port()};
  kept.send(get("/"));
  CHECK(status_of(kept.read_response()) == "200");
  CHECK(kept.at_end());
  CHECK(server->counts().timeouts == 2);
}

TEST_CASE("a handler that does not answer in time is a 504, and its late answer is harmless") {
  auto settings = test_settings();
  settings.answer_timeout = soon;
  std::vector<responder> late;
  bool was_awaited = false;
  const auto server = serve(settings, [&](const request& asked, responder answer) {
    if (asked.path != "/late")
      return echo(asked, answer);
    was_awaited = answer.awaited();
    late.push_back(std::move(answer));
  });
  raw_client client{server->port()};
  client.send(get("/late"));
  CHECK(status_of(client.read_response()) == "504");
  CHECK(was_awaited);
  CHECK_FALSE(late.front().awaited());
  late.front()(text_response("too late"));
  CHECK(late.front().stream()->closed());
  client.send(get("/next"));
  CHECK(client.read_response().ends_with("GET /next []"));
}

TEST_CASE("an answer for a client that has gone is harmless") {
  std::vector<responder> waiting;
  std::atomic<bool> asked{false};
  const auto server = serve(test_settings(), [&](const request&, responder answer) {
    waiting.push_back(std::move(answer));
    asked = true;
  });
  {
    raw_client client{server->port()};
    client.send(get("/"));
    REQUIRE(eventually([&] { return asked.load(); }));
  }
  waiting.front()(text_response("nobody there"));
  CHECK(eventually([&] { return server->counts().connections_open == 0; }));
}

TEST_CASE("a client that does not take its answer is cut off") {
  auto settings = test_settings();
  settings.write_timeout = soon;
  const auto server = serve(settings, [](const request&, const responder& answer) {
    answer(text_response(std::string(16 * 1024 * 1024, 'x')));
  });
  raw_client client{server->port(), 4 * 1024};
  client.send(get("/"));
  CHECK(eventually([&] { return server->counts().connections_open == 0; }));
}

TEST_CASE("the connection past the limit gets 503 while all others are being answered") {
  metrics counters;
  std::vector<responder> waiting;
  std::atomic<std::size_t> asked{0};
  const auto server = serve(
      test_settings(),
      [&](const request& r, responder answer) {
        if (r.path != "/wait")
          return echo(r, answer);
        waiting.push_back(std::move(answer));
        ++asked;
      },
      &counters);
  std::vector<raw_client> clients;
  for (int i = 0; i < 256; ++i) {
    clients.emplace_back(server->port());
    clients.back().send(get("/wait"));
  }
  REQUIRE(eventually([&] { return asked == 256; }));
  raw_client one_more{server->port()};
  one_more.send(get("/"));
  CHECK(status_of(one_more.read_response()) == "503");
  CHECK(one_more.at_end());
  CHECK(server->counts().connections_refused == 1);
  waiting.back()(text_response("done"));
  REQUIRE(eventually([&] { return server->counts().requests == 2; }));
  raw_client again{server->port()};
  again.send(get("/"));
  CHECK(status_of(again.read_response()) == "200");
  CHECK(counters.value(metric::http_connections) == 256);
  CHECK(counters.value(metric::http_connections_refused) == 1);
}

TEST_CASE("stopping lets a request under way finish and closes idle connections at once") {
  std::atomic<bool> asked{false};
  std::vector<responder> waiting;
  auto server = serve(test_settings(), [&](const request&, responder answer) {
    waiting.push_back(std::move(answer));
    asked = true;
  });
  raw_client idle{server->port()};
  raw_client busy{server->port()};
  busy.send(get("/"));
  REQUIRE(eventually([&] { return asked.load(); }));
  std::thread stopper{[&] { server->stop(); }};
  CHECK(idle.at_end());
  waiting.front()(text_response("done"));
  const auto answer = busy.read_response();
  stopper.join();
  CHECK(answer.ends_with("done"));
  CHECK_THAT(answer, ContainsSubstring("Connection: close"));
  CHECK(server->counts().connections_open == 0);
}

TEST_CASE("stopping does not wait longer than its limit for an answer that never comes") {
  auto settings = test_settings();
  settings.stop_timeout = soon;
  std::vector<responder> waiting;
  std::atomic<bool> asked{false};
  auto server = serve(settings, [&](const request&, responder answer) {
    waiting.push_back(std::move(answer));
    asked = true;
  });
  raw_client client{server->port()};
  client.send(get("/"));
  REQUIRE(eventually([&] { return asked.load(); }));
  const auto begin = std::chrono::steady_clock::now();
  server->stop();
  CHECK(std::chrono::steady_clock::now() - begin < patience);
  server.reset();
  waiting.front()(text_response("after the end"));
  CHECK(waiting.front().stream()->closed());
}
