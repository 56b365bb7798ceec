// The server on a good day: answers, keep-alive, pipelining, late and missing answers, stopping.
#include "sluice/status/http_server.hpp"

#include <array>
#include <atomic>
#include <thread>

#include "sluice/status/metrics.hpp"
#include "sluice/status/problem.hpp"
#include "support/catch.hpp"
#include "support/test_server.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace sluice::status::testing;

TEST_CASE("an answer carries length, date and the headers that protect a browser") {
  const auto server = serve(test_settings(), echo);
  raw_client client{server->port()};
  client.send(get("/a%20b?x=1"));
  const auto answer = client.read_response();
  CHECK(answer.starts_with("HTTP/1.1 200 OK\r\nDate: "));
  CHECK(answer.ends_with("\r\n\r\nGET /a%20b []"));
  CHECK_THAT(answer, ContainsSubstring("\r\nContent-Type: text/plain; charset=utf-8\r\n"));
  CHECK_THAT(answer, ContainsSubstring("\r\nContent-Length: 13\r\n"));
  CHECK_THAT(answer, ContainsSubstring("\r\nCache-Control: no-store\r\n"));
  CHECK_THAT(answer, ContainsSubstring("\r\nContent-Security-Policy: default-src 'self'\r\n"));
  CHECK_THAT(answer, ContainsSubstring("\r\nX-Content-Type-Options: nosniff\r\n"));
  CHECK_THAT(answer, ContainsSubstring("\r\nReferrer-Policy: no-referrer\r\n"));
  CHECK(answer.find("Access-Control") == std::string::npos);
}

TEST_CASE("a request reaches its handler decoded and whole") {
  request seen;
  const auto server = serve(test_settings(), [&](request asked, const responder& answer) {
    seen = std::move(asked);
    answer(json_response("{}"));
  });
  raw_client client{server->port()};
  client.send(
      "POST /api/v1/plans?wait=500ms&note=a+b HTTP/1.1\r\nHost: 127.0.0.1:1\r\n"
      "Authorization: Bearer t\r\nContent-Type: application/json\r\nLast-Event-ID: 7\r\n"
      "Accept: */*\r\nContent-Length: 2\r\n\r\n[]");
  CHECK(status_of(client.read_response()) == "200");
  CHECK(seen.method == "POST");
  CHECK(seen.path == "/api/v1/plans");
  CHECK(seen.query.find("wait") == "500ms");
  CHECK(seen.query.find("note") == "a b");
  CHECK(seen.host == "127.0.0.1:1");
  CHECK(seen.authorization == "Bearer t");
  CHECK(seen.content_type == "application/json");
  CHECK(seen.last_event_id == "7");
  CHECK(seen.accept == "*/*");
  CHECK(seen.body == "[]");
}

TEST_CASE("a chunked body arrives joined, and a trailer that would change its head is refused") {
  const auto server = serve(test_settings(), echo);
  raw_client client{server->port()};
  client.send(
      "POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n" +
      get("/next"));
  CHECK(client.read_response().ends_with("POST /a [abcdefg]"));
  CHECK(client.read_response().ends_with("GET /next []"));
  client.send(
      "POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\nAuthorization: Bearer forged\r\n\r\n");
  CHECK(status_of(client.read_response()) == "400");
}

TEST_CASE("a request that arrives byte by byte is answered") {
  const auto server = serve(test_settings(), echo);
  raw_client client{server->port()};
  for (const char c : post("/slow", "body"))
    REQUIRE(client.send({&c, 1}));
  CHECK(client.read_response().ends_with("POST /slow [body]"));
}

TEST_CASE("an empty line before a request may come in two packets") {
  const auto server = serve(test_settings(), echo);
  raw_client client{server->port()};
  // Once the first is answered, the half behind it has been read.
  client.send(post("/a", "1") + "\r");
  REQUIRE(client.read_response().ends_with("POST /a [1]"));
  client.send("\n\r\n" + post("/b", "2"));
  CHECK(client.read_response().ends_with("POST /b [2]"));
}

TEST_CASE("pipelined requests are answered in their order") {
  const auto server = serve(test_settings(), echo);
  raw_client client{server->port()};
  std::string all;
  for (int i = 0; i < 50; ++i)
    all += post("/" + std::to_string(i), std::to_string(i * i));
  client.send(all);
  for (int i = 0; i < 50; ++i)
    REQUIRE(client.read_response().ends_with("POST /" + std::to_string(i) + " [" +
                                             std::to_string(i * i) + "]"));
}

TEST_CASE("HEAD gets the head of the answer and no body") {
  const auto server = serve(test_settings(), echo);
  raw_client client{server->port()};
  client.send("HEAD /a HTTP/1.1\r\nHost: localhost\r\n\r\n" + get("/b"));
  const auto head = client.read_response(false);
  CHECK_THAT(head, ContainsSubstring("Content-Length: 10\r\n"));
  CHECK(client.read_response().ends_with("GET /b []"));
}

TEST_CASE("the connection closes when the client wants it or speaks HTTP/1.0") {
  const auto server = serve(test_settings(), echo);
  for (const auto* line : {"GET / HTTP/1.1\r\nConnection: close\r\n", "GET / HTTP/1.0\r\n"}) {
    CAPTURE(line);
    raw_client client{server->port()};
    client.send(std::string{line} + "Host: localhost\r\n\r\n");
    const auto answer = client.read_response();
    CHECK(status_of(answer) == "200");
    CHECK_THAT(answer, ContainsSubstring("\r\nConnection: close\r\n"));
    CHECK(client.at_end());
  }
}

TEST_CASE("a client that waits for 100-continue is told to go on") {
  const auto server = serve(test_settings(), echo);
  raw_client client{server->port()};
  client.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.read_until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hi");
  CHECK(client.read_response().ends_with("POST / [hi]"));
  client.send("POST / HTTP/1.1\r\nHost: localhost\r\nExpect: more\r\nContent-Length: 2\r\n\r\n");
  CHECK(status_of(client.read_response()) == "417");
}

TEST_CASE("a responder that is dropped, and a handler that throws, are a 500") {
  const auto server = serve(test_settings(), [](const request& asked, const responder&) {
    if (asked.path == "/throws")
      throw std::runtime_error("no");
  });
  raw_client client{server->port()};
  client.send(get("/dropped") + get("/throws"));
  CHECK_THAT(client.read_response(), ContainsSubstring("given up without an answer"));
  CHECK(status_of(client.read_response()) == "500");
}

TEST_CASE("only the first answer counts") {
  std::atomic<int> closed_streams{0};
  const auto server = serve(test_settings(), [&](const request&, const responder& answer) {
    answer(text_response("first"));
    answer(text_response("second"));
    closed_streams += answer.stream()->closed() ? 1 : 0;
  });
  raw_client client{server->port()};
  client.send(get("/a") + get("/b"));
  CHECK(client.read_response().ends_with("first"));
  CHECK(client.read_response().ends_with("first"));
  CHECK(eventually([&] { return closed_streams == 2; }));
}

TEST_CASE("a header that would split the answer becomes a 500") {
  const auto server = serve(test_settings(), [](const request& asked, const responder& answer) {
    auto r = text_response("x");
    if (asked.path == "/value")
      r.headers = {{"Location", "/\r\nSet-Cookie: a=b"}};
    else if (asked.path == "/length")
      r.headers = {{"content-length", "5"}};
    else
      r.headers = {{"Retry-After", "3"}, {"cache-control", "max-age=60"}};
    answer(std::move(r));
  });
  raw_client client{server->port()};
  client.send(get("/value") + get("/length") + get("/good"));
  CHECK(status_of(client.read_response()) == "500");
  CHECK(status_of(client.read_response()) == "500");
  const auto good = client.read_response();
  CHECK_THAT(good, ContainsSubstring("\r\nRetry-After: 3\r\n"));
  CHECK_THAT(good, ContainsSubstring("\r\ncache-control: max-age=60\r\n"));
  CHECK(good.find("no-store") == std::string::npos);
}

TEST_CASE("an address that is not loopback is refused") {
  http_settings settings;
  settings.listen = "0.0.0.0:0";
  const auto server = http_server::start(settings, echo);
  REQUIRE_FALSE(server);
  CHECK(server.error().code == errc::not_permitted);
}

TEST_CASE("a port that is taken is said to be taken") {
  const auto first = serve(test_settings(), echo);
  http_settings settings;
  settings.listen = "127.0.0.1:" + std::to_string(first->port());
  const auto second = http_server::start(settings, echo);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == errc::busy);
  CHECK_THAT(second.error().text, ContainsSubstring(settings.listen + " is taken"));
}

TEST_CASE("answered requests are counted by their status") {
  metrics counters;
  const auto server = serve(
      test_settings(),
      [](const request&, const responder& answer) { answer(problem_response(404, "no")); },
      &counters);
  raw_client client{server->port()};
  client.send(get("/a") + get("/b"));
  client.read_response();
  client.read_response();
  CHECK(counters.value(metric::http_requests, {"404"}) == 2);
  CHECK(counters.value(metric::http_connections) == 1);
  CHECK(server->counts().requests == 2);
}
