// As many connections as there may be: whoever keeps us waiting longest makes room for a newer one.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <memory>
#include <vector>

#include "sluice/status/metrics.hpp"
#include "support/catch.hpp"
#include "support/test_server.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace sluice::status::testing;

namespace {

http_settings few_connections() {
  auto settings = test_settings();
  settings.connections_max = 3;
  return settings;
}

/// Connects one after the other, so that the server knows which came first.
std::vector<raw_client> connected(const http_server& server, std::size_t count) {
  std::vector<raw_client> clients;
  while (clients.size() < count) {
    clients.emplace_back(server.port());
    const auto open = clients.size();
    REQUIRE(eventually([&] { return server.counts().connections_accepted == open; }));
  }
  return clients;
}

}  // namespace

TEST_CASE("the connection that has been silent longest is closed for a newer one") {
  metrics counters;
  const auto server = serve(few_connections(), echo, &counters);
  auto clients = connected(*server, 3);
  raw_client newest{server->port()};
  newest.send(get("/"));
  CHECK(status_of(newest.read_response()) == "200");
  CHECK(clients[0].at_end());
  clients[1].send(get("/"));
  CHECK(status_of(clients[1].read_response()) == "200");
  CHECK(server->counts().connections_shed == 1);
  CHECK(server->counts().connections_refused == 0);
  CHECK(server->counts().connections_open == 3);
  CHECK(counters.value(metric::http_connections_shed, {"idle"}) == 1);
}

TEST_CASE("the last descriptors of the process are not given to clients") {
  const auto server = serve(test_settings(), echo);
  rlimit before{};
  REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
  const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  REQUIRE(next >= 0);
  ::close(next);
  auto few = before;
  few.rlim_cur = static_cast<rlim_t>(next) + 20;
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &few) == 0);
  {
    raw_client turned_away{server->port()};
    CHECK(turned_away.at_end());
  }
  REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
  CHECK(server->counts().connections_refused == 1);
  raw_client served{server->port()};
  served.send(get("/"));
  CHECK(status_of(served.read_response()) == "200");
}

TEST_CASE("half a head counts from its first byte, whatever is added to it") {
  const auto server = serve(few_connections(), echo);
  auto clients = connected(*server, 3);
  clients[0].send("GET / HTTP/1.1\r\n");
  clients[1].send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\nab");
  clients[2].send(get("/"));
  CHECK(status_of(clients[2].read_response()) == "200");
  std::vector<raw_client> newer;
  for (int i = 0; i < 2; ++i) {
    clients[0].send("X-More: 1\r\n");
    newer.emplace_back(server->port());
    newer.back().send(get("/"));
    CHECK(status_of(newer.back().read_response()) == "200");
  }
  CHECK(clients[0].read_to_end().empty());
  CHECK(clients[1].read_to_end().empty());
  CHECK(server->counts().connections_shed == 2);
}

TEST_CASE("a request that is being answered is never closed; without any other there is a 503") {
  std::vector<responder> waiting;
  std::atomic<std::size_t> asked{0};
  const auto server = serve(few_connections(), [&](const request&, responder answer) {
    waiting.push_back(std::move(answer));
    ++asked;
  });
  auto clients = connected(*server, 3);
  for (auto& c : clients)
    c.send(get("/"));
  REQUIRE(eventually([&] { return asked == 3; }));
  raw_client refused{server->port()};
  refused.send(get("/"));
  CHECK(status_of(refused.read_response()) == "503");
  CHECK(server->counts().connections_shed == 0);
  for (auto& answer : waiting)
    answer(text_response("done"));
  for (auto& c : clients)
    CHECK(c.read_response().ends_with("done"));
}

TEST_CASE("an answer that nobody takes makes room after a second") {
  auto settings = few_connections();
  settings.connections_max = 1;
  const auto server = serve(settings, [](const request& asked, const responder& answer) {
    answer(text_response(std::string(asked.path == "/big" ? 16 * 1024 * 1024 : 1, 'x')));
  });
  raw_client slow{server->port(), 4 * 1024};
  slow.send(get("/big"));
  REQUIRE(eventually([&] { return server->counts().requests == 1; }));
  CHECK(eventually([&] {
    raw_client newer{server->port()};
    newer.send(get("/"));
    return status_of(newer.read_response()) == "200";
  }));
  CHECK(server->counts().connections_shed == 1);
  CHECK(server->counts().timeouts == 0);
}

TEST_CASE("readers of events are never closed for others") {
  std::vector<std::shared_ptr<event_channel>> channels;
  std::atomic<std::size_t> open{0};
  const auto server = serve(few_connections(), [&](const request& asked, const responder& answer) {
    if (asked.path != "/events")
      return echo(asked, answer);
    channels.push_back(answer.stream());
    ++open;
  });
  raw_client reader{server->port()};
  reader.send(get("/events"));
  REQUIRE(eventually([&] { return open == 1; }));
  for (int i = 0; i < 10; ++i) {
    raw_client other{server->port()};
    other.send(get("/"));
    CHECK(status_of(other.read_response()) == "200");
  }
  channels.front()->send("1", "log", "still here");
  CHECK_THAT(reader.read_until("still here"), ContainsSubstring("still here"));
}
