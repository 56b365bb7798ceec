// Bytes that two servers could read in two ways: each gets 400 and the end of the connection.
#include <string>

#include "support/catch.hpp"
#include "support/test_server.hpp"

using namespace sluice::status;
using namespace sluice::status::testing;

namespace {

struct attack {
  const char* name;
  std::string bytes;
};

std::string head(const std::string& fields) {
  return "POST /a HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
}

const std::string hidden = get("/hidden");

}  // namespace

TEST_CASE("a request that could smuggle another gets 400 and the connection ends") {
  bool hidden_seen = false;
  const auto server = serve(test_settings(), [&](const request& asked, const responder& answer) {
    hidden_seen = hidden_seen || asked.path == "/hidden";
    echo(asked, answer);
  });
  const std::string chunked = head("Transfer-Encoding: chunked\r\n");
  const attack attacks[] = {
      {"length and chunks",
       head("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n" + hidden},
      {"chunks and length",
       head("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") + "0\r\n\r\n" + hidden},
      {"two lengths", head("Content-Length: 0\r\nContent-Length: 40\r\n") + hidden},
      {"two equal lengths", head("Content-Length: 0\r\nContent-Length: 0\r\n") + hidden},
      {"an unknown coding", head("Transfer-Encoding: xchunked\r\n") + "0\r\n\r\n" + hidden},
      {"a hidden coding", head("Transfer-Encoding : chunked\r\n") + "0\r\n\r\n" + hidden},
      {"a folded coding", head("Transfer-Encoding:\r\n chunked\r\n") + "0\r\n\r\n" + hidden},
      {"a bare line feed",
       "POST /a HTTP/1.1\r\nHost: localhost\nContent-Length: 40\r\n\r\n" + hidden},
      {"bare line feeds only", "GET /a HTTP/1.1\nHost: localhost\n\n"},
      {"a chunk size with a sign", chunked + "+0\r\n\r\n" + hidden},
      {"a chunk size in 0x form", chunked + "0x0\r\n\r\n" + hidden},
      {"no chunk size", chunked + "\r\n\r\n" + hidden},
      {"a chunk size past 64 bits", chunked + "10000000000000000\r\n\r\n" + hidden},
      {"a chunk longer than its size", chunked + "1\r\nab\r\n0\r\n\r\n" + hidden},
      {"a bare line feed after a chunk", chunked + "1\r\na\n0\r\n\r\n" + hidden},
      {"a bare line feed in a chunk header", chunked + "0\n\n" + hidden},
      {"an endless chunk header", chunked + "1;" + std::string(20'000, 'x')},
  };
  for (const auto& a : attacks) {
    CAPTURE(a.name);
    raw_client client{server->port()};
    client.send(a.bytes);
    const auto answer = client.read_to_end();
    CHECK(status_of(answer) == "400");
    CHECK_THAT(answer, ContainsSubstring("Connection: close\r\n"));
    CHECK(answer.find("HTTP/1.1", 9) == std::string::npos);
    CHECK_FALSE(hidden_seen);
  }
}

TEST_CASE("a request for another Host is misdirected") {
  auto settings = test_settings();
  settings.allowed_hosts = {"trade.example"};
  const auto server = serve(settings, echo);
  raw_client good{server->port()};
  good.send("GET / HTTP/1.1\r\nHost: trade.example:8645\r\n\r\n");
  CHECK(status_of(good.read_response()) == "200");
  raw_client bad{server->port()};
  bad.send("GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n");
  CHECK(status_of(bad.read_response()) == "421");
  CHECK(bad.at_end());
}

TEST_CASE("a version, an escape or a query that cannot be read is refused") {
  const auto server = serve(test_settings(), echo);
  struct refused {
    std::string bytes;
    const char* status;
  };
  const refused cases[] = {
      {"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", "505"},
      {"GET /?a=%zz HTTP/1.1\r\nHost: localhost\r\n\r\n", "400"},
      {"\x16\x03\x01\x02\r\n\r\n", "400"},
  };
  for (const auto& c : cases) {
    raw_client client{server->port()};
    client.send(c.bytes);
    CHECK(status_of(client.read_to_end()) == c.status);
  }
}
