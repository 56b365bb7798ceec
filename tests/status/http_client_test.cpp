// The command line's client against the real server, and against what is none.
#include "sluice/status/http_client.hpp"
#include "support/catch.hpp"
#include "support/test_server.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace sluice::status::testing;
using namespace std::chrono_literals;

TEST_CASE("a document is got, and an order is posted as JSON") {
  const auto server = serve(test_settings(), [](const request& asked, const responder& answer) {
    answer(text_response(asked.method + " " + asked.path + " " + asked.content_type + " [" +
                         asked.body + "]"));
  });
  CHECK(ask(server->url(), "/api/v1/state")->body == "GET /api/v1/state  []");
  const auto posted = ask(server->url() + "/", "/api/v1/state", "{}").value();
  CHECK(posted.status == 200);
  CHECK(posted.body == "POST /api/v1/state application/json [{}]");
}

TEST_CASE("a refusal is an answer like any other") {
  const auto server = serve(test_settings(), [](const request&, const responder& answer) {
    answer(text_response("no", 409));
  });
  CHECK(ask(server->url(), "/")->status == 409);
}

TEST_CASE("a URL is one of this machine or one with TLS, and nothing else") {
  const auto url =
      GENERATE("http://example.com:80", "http://10.0.0.1:80", "127.0.0.1:8645", "http://127.0.0.1",
               "http://127.0.0.1:99999", "", "https://", "https://a b:1", "https://me@host:1",
               "https://host:1/path", "https://host:0", "ftp://127.0.0.1:1");
  const auto reply = ask(url, "/");
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code != errc::io_failure);
  CHECK_THAT(reply.error().text, ContainsSubstring("http://127.0.0.1:8645"));
}

TEST_CASE("nobody there is told from an answer") {
  std::string url;
  {
    const auto server = serve(test_settings(), echo);
    url = server->url();
  }
  const auto reply = ask(url, "/");
  REQUIRE_FALSE(reply);
  CHECK(reply.error().code == errc::io_failure);
  CHECK_FALSE(reply.error().may_have_arrived);
}

TEST_CASE("who does not answer in time is not waited for") {
  std::optional<responder> kept;
  const auto server =
      serve(test_settings(), [&](const request&, const responder& answer) { kept = answer; });
  client_limits limits;
  limits.answer = 50ms;
  const auto reply = ask(server->url(), "/", {}, limits);
  REQUIRE_FALSE(reply);
  CHECK(reply.error().text == "no answer in time");
  CHECK(reply.error().may_have_arrived);
  server->stop();
}

TEST_CASE("an answer beyond the limit is none") {
  const auto server = serve(test_settings(), [](const request&, const responder& answer) {
    answer(text_response(std::string(2'000, 'x')));
  });
  client_limits limits;
  limits.body_bytes_max = 1'000;
  CHECK_FALSE(ask(server->url(), "/", {}, limits));
}

TEST_CASE("a name becomes one segment of a path") {
  CHECK(path_segment("BTCUSDT_260327") == "BTCUSDT_260327");
  CHECK(path_segment("../a b?") == "..%2Fa%20b%3F");
  CHECK(path_segment("\xc3\xa9") == "%C3%A9");
}
