// The status layer's settings: defaults hold, faults are all named.
#include "sluice/status/settings.hpp"

#include <algorithm>

#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::status;

TEST_CASE("the status defaults have no fault") {
  CHECK(validate(http_settings{}).empty());
  CHECK(validate(log_settings{}).empty());
}

TEST_CASE("every fault of the status settings is reported at once") {
  http_settings http;
  http.listen = "0.0.0.0";
  http.allowed_hosts = {"ok.example", "not:ok"};
  http.connections_max = 0;
  http.header_timeout = milliseconds{0};
  const auto faults = validate(http);
  REQUIRE(faults.size() == 4);
  CHECK(faults[0].key == "listen");
  CHECK(faults[1].key == "allowed_hosts");
  CHECK(faults[2].key == "connections_max");
  CHECK(faults[3].key == "header_timeout");
  log_settings log;
  log.ring_lines = 0;
  log.file_size_max = 1;
  CHECK(validate(log).size() == 2);
}

TEST_CASE("an address beyond loopback needs both tokens and TLS, and what is missing is named") {
  http_settings open;
  open.listen = "10.0.0.1:8645";
  const std::pair<const char*, std::string http_settings::*> needs[] = {
      {"read_token_file", &http_settings::read_token_file},
      {"write_token_file", &http_settings::write_token_file},
      {"tls_certificate_file", &http_settings::tls_certificate_file},
      {"tls_key_file", &http_settings::tls_key_file}};
  const auto faults = validate(open);
  REQUIRE(faults.size() == 1);
  CHECK(faults[0].key == "listen");
  for (const auto& [key, member] : needs) {
    CHECK_THAT(faults[0].text, ContainsSubstring(key));
    open.*member = "file";
  }
  CHECK(validate(open).empty());
  for (const auto& [key, member] : needs) {
    auto without = open;
    (without.*member).clear();
    const auto found = validate(without);
    REQUIRE_FALSE(found.empty());
    CHECK(found.back().key == "listen");
    CHECK_THAT(found.back().text, ContainsSubstring(std::string{"missing: "} + key));
  }
  open.listen = "0.0.0.0:8645";
  REQUIRE(validate(open).size() == 1);
  CHECK(validate(open)[0].key == "allowed_hosts");
  open.allowed_hosts = {"trade.example"};
  CHECK(validate(open).empty());
}

TEST_CASE("on loopback each half of TLS needs the other, and a token for looking one for orders") {
  http_settings s;
  s.tls_key_file = "key";
  REQUIRE(validate(s).size() == 1);
  CHECK(validate(s)[0].key == "tls_certificate_file");
  s.tls_certificate_file = "certificate";
  CHECK(validate(s).empty());
  s.read_token_file = "reading";
  REQUIRE(validate(s).size() == 1);
  CHECK(validate(s)[0].key == "write_token_file");
  s.write_token_file = "ordering";
  CHECK(validate(s).empty());
  s.read_token_file.clear();
  CHECK(validate(s).empty());
}

TEST_CASE("only a literal address with a port can be listened on") {
  const auto four = parse_listen_address("127.0.0.1:8645");
  REQUIRE(four);
  CHECK((four->host == "127.0.0.1" && four->port == 8645));
  const auto six = parse_listen_address("[::1]:0");
  REQUIRE(six);
  CHECK((six->host == "::1" && six->port == 0));
  CHECK(parse_listen_address("localhost:1")->host == "127.0.0.1");
  CHECK(parse_listen_address("127.8.8.8:1"));
  for (const auto* loopback : {"127.0.0.1:1", "127.8.8.8:1", "[::1]:1"})
    CHECK(is_loopback(parse_listen_address(loopback).value()));
  for (const auto* open : {"0.0.0.0:1", "10.0.0.1:1", "[::]:1", "[2001:db8::1]:1"}) {
    CAPTURE(open);
    CHECK_FALSE(is_loopback(parse_listen_address(open).value()));
  }
  for (const auto* wrong : {"", ":1", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                            "127.0.0.1:1x", "::1:1", "[127.0.0.1]:1", "example.com:1", "127.1:1"}) {
    CAPTURE(wrong);
    const auto refused = parse_listen_address(wrong);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == errc::invalid_value);
  }
}

TEST_CASE("log levels are read as they are written") {
  for (const auto level : {log_level::debug, log_level::info, log_level::warn, log_level::error})
    CHECK(*parse_log_level(to_string(level)) == level);
  CHECK_FALSE(parse_log_level("INFO"));
}
