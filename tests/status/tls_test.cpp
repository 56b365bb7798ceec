// The server over TLS: who is trusted, who is not, and clients that are slow to shake hands.
#include "sluice/status/tls_identity.hpp"

#include <atomic>
#include <fstream>

#include "sluice/status/event_source.hpp"
#include "sluice/status/http_client.hpp"
#include "support/catch.hpp"
#include "support/temporary_directory.hpp"
#include "support/test_certificate.hpp"
#include "support/test_server.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace sluice::status::testing;

namespace {

/// A server with a certificate, and a file in which a client finds whom to trust.
struct secure_world {
  explicit secure_world(const std::string& names = "IP:127.0.0.1",
                        http_settings s = test_settings(), request_handler handler = echo)
      : certificate(make_certificate(names)) {
    std::ofstream(directory / "ca.pem") << certificate.pem;
    auto started =
        http_server::start(s, std::move(handler), nullptr,
                           tls_identity::make(certificate.pem, certificate.key_pem).value());
    server = std::move(started.value());
  }

  [[nodiscard]] target trusted() const {
    target whom{server->url()};
    whom.ca_file = (directory / "ca.pem").string();
    return whom;
  }

  temporary_directory directory{};
  test_certificate certificate;
  std::unique_ptr<http_server> server{};
};

}  // namespace

TEST_CASE("a client that trusts the certificate gets and posts over TLS") {
  const secure_world world;
  CHECK(world.server->url().starts_with("https://127.0.0.1:"));
  CHECK(ask(world.trusted(), "/a")->body == "GET /a []");
  CHECK(ask(world.trusted(), "/a", "{}")->body == "POST /a [{}]");
  const std::string big(60'000, 'x');
  CHECK(ask(world.trusted(), "/a", big)->body == "POST /a [" + big + "]");
}

TEST_CASE("a token goes over TLS as a bearer's") {
  const secure_world world("IP:127.0.0.1", test_settings(),
                           [](const request& asked, const responder& answer) {
                             answer(text_response(asked.authorization + " " + asked.peer));
                           });
  auto whom = world.trusted();
  whom.token = "open-sesame";
  CHECK(ask(whom, "/")->body == "Bearer open-sesame 127.0.0.1");
}

TEST_CASE("an authority that is not known and a name that is another's are refused in words") {
  const secure_world world;
  auto stranger = world.trusted();
  stranger.ca_file.clear();
  const auto unknown = ask(stranger, "/");
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == errc::io_failure);
  CHECK_THAT(unknown.error().text, ContainsSubstring("its certificate is not trusted"));
  const secure_world other{"DNS:trade.example"};
  const auto misnamed = ask(other.trusted(), "/");
  REQUIRE_FALSE(misnamed);
  CHECK_THAT(misnamed.error().text, ContainsSubstring("mismatch"));
  auto missing = world.trusted();
  missing.ca_file = "/nowhere/ca.pem";
  CHECK_THAT(ask(missing, "/").error().text, ContainsSubstring("/nowhere/ca.pem"));
  CHECK(world.server->counts().requests == 0);
}

TEST_CASE("a certificate for a name is asked by that name") {
  const secure_world world{"DNS:localhost"};
  const auto url = world.server->url();
  auto whom = world.trusted();
  whom.url = "https://localhost" + url.substr(url.rfind(':'));
  const auto answer = ask(whom, "/");
  INFO((answer ? std::string{} : answer.error().text));
  CHECK(answer.has_value());
}

TEST_CASE("events come over TLS, and a reader that goes is noticed") {
  std::shared_ptr<event_channel> channel;
  std::atomic<bool> open{false};
  const secure_world world("IP:127.0.0.1", test_settings(),
                           [&](const request&, const responder& answer) {
                             channel = answer.stream({make_event("1", "log", "past")});
                             channel->send("2", "log", "now");
                             open = true;
                           });
  std::vector<source_event> got;
  event_hooks hooks;
  hooks.take = [&](const std::vector<source_event>& some) {
    got.insert(got.end(), some.begin(), some.end());
    return got.size() < 2;
  };
  const auto end = follow_events({world.trusted(), "/", ""}, hooks).value();
  CHECK(end.by_caller);
  CHECK(got == std::vector<source_event>{{"1", "log", "past"}, {"2", "log", "now"}});
  CHECK(eventually([&] { return world.server->counts().readers_open == 0; }));
}

TEST_CASE("whoever speaks plain HTTP to TLS, or is slow to shake hands, is let go") {
  auto settings = test_settings();
  settings.header_timeout = milliseconds{200};
  const secure_world world("IP:127.0.0.1", settings);
  raw_client plain{world.server->port()};
  plain.send(get("/"));
  (void)plain.read_to_end();
  CHECK(eventually([&] { return world.server->counts().connections_open == 0; }));
  raw_client silent{world.server->port()};
  CHECK(silent.read_to_end() == "");
  CHECK(world.server->counts().timeouts == 1);
  CHECK(world.server->counts().requests == 0);
  CHECK(ask(world.trusted(), "/a")->status == 200);
}

TEST_CASE("handshakes count as connections, and the slowest makes room for a newer one") {
  auto settings = test_settings();
  settings.connections_max = 2;
  const secure_world world("IP:127.0.0.1", settings);
  raw_client first{world.server->port()};
  raw_client second{world.server->port()};
  REQUIRE(eventually([&] { return world.server->counts().connections_open == 2; }));
  CHECK(ask(world.trusted(), "/a")->status == 200);
  CHECK(first.at_end());
  CHECK(world.server->counts().connections_shed == 1);
}

TEST_CASE("a request is refused over TLS with its reason, and the connection ends in order") {
  const secure_world world;
  CHECK(ask(world.trusted(), "/a b")->status == 400);
  CHECK(ask(world.trusted(), "/a", std::string(70'000, 'x'))->status == 413);
}

TEST_CASE("a key of another certificate, an encrypted one and no certificate are refused") {
  const auto one = make_certificate("IP:127.0.0.1");
  const auto other = make_certificate("IP:127.0.0.1");
  CHECK(tls_identity::make(one.pem, one.key_pem).has_value());
  CHECK_FALSE(tls_identity::make(one.pem, other.key_pem).has_value());
  CHECK_FALSE(tls_identity::make("no certificate", one.key_pem).has_value());
  CHECK_FALSE(tls_identity::make(one.pem, "no key").has_value());
}

TEST_CASE("without TLS nothing is served beyond loopback") {
  auto settings = test_settings();
  settings.listen = "0.0.0.0:0";
  const auto refused = http_server::start(settings, echo);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == errc::not_permitted);
}
