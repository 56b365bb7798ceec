// TLS as the client insists on it: whom it does not trust and why, resumption, names and addresses.
#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

read_result<clock_offset> ask_clock(exchange_port& client, std::int64_t ms = 3'000) {
  answers<read_result<clock_offset>> answer;
  client.read_clock(within(ms), answer.taker());
  return answer.wait();
}

}  // namespace

TEST_CASE("each way not to be trusted has its own reason") {
  struct row {
    const char* reason;
    const char* certified_for;
    tls_flaw flaw;
    bool trust_other;
  };
  const row rows[] = {
      {"the certificate has expired", "IP:127.0.0.1", tls_flaw::expired, false},
      {"the certificate is for another host", "IP:127.0.0.2", tls_flaw::none, false},
      {"the certificate is self-signed", "IP:127.0.0.1", tls_flaw::none, true},
      {"the authority of the certificate is not trusted", "IP:127.0.0.1",
       tls_flaw::by_unknown_authority, true},
      {"the venue speaks no TLS 1.2 or newer", "IP:127.0.0.1", tls_flaw::old_version, false},
  };
  for (const auto& r : rows) {
    INFO(r.reason);
    imposter venue(r.certified_for, r.flaw);
    const imposter other;
    venue.when("GET /fapi/v1/time", {server_time()});
    exchange::extras more;
    if (r.trust_other)
      more.ca_pem = other.ca_pem();
    const auto client = client_for(venue, settings_for(venue), std::move(more));
    const auto told = ask_clock(*client);
    REQUIRE_FALSE(told.has_value());
    CHECK(told.error().kind == failure_kind::unreachable);
    INFO(told.error().text);
    CHECK(told.error().text.find(r.reason) != std::string::npos);
    CHECK(venue.requests("").empty());
  }
}

TEST_CASE("a new connection takes up the TLS session of an earlier one") {
  imposter venue;
  venue.when("GET /fapi/v1/time", {server_time()});
  const auto client = client_for(venue);
  REQUIRE(ask_clock(*client).has_value());
  CHECK(venue.resumed() == 0);
  answers<mark_batch> marks;
  client->open_mark_stream(marks.taker());  // A connection of its own to the same host.
  REQUIRE(venue.stream("/market/", 1));
  CHECK(venue.resumed() == 1);
}

TEST_CASE("a host is found by its name, and one that does not exist is unreachable") {
  imposter venue("DNS:localhost");
  venue.when("GET /fapi/v1/time", {server_time()});
  auto chosen = settings_for(venue);
  chosen.rest_url = "https://localhost:" + std::to_string(venue.port());
  {
    // The name may stand for ::1 first, where nobody listens: the other family is tried too.
    const auto client = client_for(venue, chosen);
    CHECK(ask_clock(*client).has_value());
  }
  chosen.rest_url = "https://no-such-host.invalid:" + std::to_string(venue.port());
  const auto client = client_for(venue, chosen);
  const auto told = ask_clock(*client);
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().text.find("resolving no-such-host.invalid") != std::string::npos);
}

TEST_CASE("the pinned name must be in the certificate even when the address would do") {
  imposter venue("IP:127.0.0.1");
  venue.when("GET /fapi/v1/time", {server_time()});
  auto chosen = settings_for(venue);
  chosen.rest_url = "https://localhost:" + std::to_string(venue.port());
  const auto client = client_for(venue, chosen);
  const auto told = ask_clock(*client);
  REQUIRE_FALSE(told.has_value());
  CHECK(told.error().text.find("another host") != std::string::npos);
}
