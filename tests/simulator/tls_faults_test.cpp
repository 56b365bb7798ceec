// Handshakes that must not be trusted, each refused for its own reason.
#include "simulator/support/bench_venue.hpp"
#include "simulator/support/client.hpp"
#include "sluice/simulator/server.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using test::https_client;

TEST_CASE("a wrong certificate is refused for its own reason, and the next one is proper") {
  const auto s = server::start(test::quiet_settings()).value();
  struct row {
    const char* identity;
    const char* reason;
  };
  for (const auto& r : {row{"expired", "expired"}, row{"self_signed", "self-signed certificate"},
                        row{"unknown_ca", "self-signed certificate in certificate chain"}}) {
    INFO(r.identity);
    s->add_fault(*parse_fault(R"({"effect":"certificate","identity":")" + std::string(r.identity) +
                              R"("})"));
    const https_client c(s->port(), s->certificate_pem());
    CHECK_FALSE(c.connected());
    CHECK_THAT(c.trust(), ContainsSubstring(r.reason));
    CHECK(https_client(s->port(), s->certificate_pem()).connected());
  }
}

TEST_CASE("a certificate for another host is good for that host only") {
  const auto s = server::start(test::quiet_settings()).value();
  s->add_fault(*parse_fault(R"({"effect":"certificate","identity":"wrong_host","count":2})"));
  CHECK_FALSE(https_client(s->port(), s->certificate_pem()).connected());
  CHECK(https_client(s->port(), s->certificate_pem(), "other.example").connected());
}

TEST_CASE("a venue that speaks nothing newer than TLS 1.1 is not spoken to") {
  const auto s = server::start(test::quiet_settings()).value();
  s->add_fault(*parse_fault(R"({"effect":"certificate","identity":"tls_1_1"})"));
  const https_client c(s->port(), s->certificate_pem());
  CHECK_FALSE(c.connected());
  CHECK(c.trust() == "ok");
  CHECK_THAT(c.what(), ContainsSubstring("version") || ContainsSubstring("protocol"));
}
