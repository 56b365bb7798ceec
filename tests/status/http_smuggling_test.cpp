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
    {"a chunk extension", chunked + "1;a=b\r\nx\r\n0\r\n\r\n" + hidden},
    {"an extension that ends in a bare line feed", chunked + "1;\nx\r\n0\r\n\r\n" + hidden},
    {"an extension of the last chunk", chunked + "0;a\r\n\r\n" + hidden},
    {"a space after a chunk size", chunked + "1 \r\nx\r\n0\r\n\r\n" + hidden},
    {"a space before a chunk size", chunked + " 1\r\nx\r\n0\r\n\r\n" + hidden},
    {"a chunk size of nine digits", chunked + "000000001\r\nx\r\n0\r\n\r\n" + hidden},
    {"a chunk size below zero", chunked + "-1\r\n\r\n" + hidden},
    {"a chunk shorter than its size", chunked + "5\r\nx\r\n0\r\n\r\n" + hidden},
    {"a bare carriage return after a chunk", chunked + "1\r\nx\r0\r\n\r\n" + hidden},
    {"a trailer", chunked + "0\r\nX-Late: 1\r\n\r\n" + hidden},
    {"a trailing length", chunked + "0\r\nContent-Length: 40\r\n\r\n" + hidden},
    {"two codings", head("Transfer-Encoding: chunked, identity\r\n") + "0\r\n\r\n" + hidden},
    {"a coding twice",
     head("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n") + "0\r\n\r\n"},
    {"an empty coding", head("Transfer-Encoding:\r\n") + "0\r\n\r\n" + hidden},
    {"a quoted coding", head("Transfer-Encoding: \"chunked\"\r\n") + "0\r\n\r\n" + hidden},
    {"a coding behind a vertical tab", head("Transfer-Encoding: \x0b"
                                            "chunked\r\n") +
                                           hidden},
    {"a coding in HTTP/1.0",
     "POST /a HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"lengths in one field", head("Content-Length: 0, 40\r\n") + hidden},
    {"a length with a sign", head("Content-Length: +0\r\n") + hidden},
    {"a length below zero", head("Content-Length: -1\r\n") + hidden},
    {"a length in 0x form", head("Content-Length: 0x0\r\n") + hidden},
    {"a length of too many digits", head("Content-Length: 9999999999999999999\r\n") + hidden},
    {"an empty length", head("Content-Length: \r\n") + hidden},
    {"a space before a colon", head("Content-Length : 0\r\n") + hidden},
    {"a tab before a colon", head("Content-Length\t: 0\r\n") + hidden},
    {"a field without a name", head(": 1\r\n") + hidden},
    {"a field without a colon", head("Content-Length\r\n") + hidden},
    {"a folded first field", "POST /a HTTP/1.1\r\n X: 1\r\nHost: localhost\r\n\r\n" + hidden},
    {"a folded value", head("X: 1\r\n\tContent-Length: 40\r\n") + hidden},
    {"a bare carriage return in a field", head("X: 1\rContent-Length: 40\r\n") + hidden},
    {"a NUL in a value", head(std::string("X: a\0b\r\n", 8)) + hidden},
    {"a NUL in a name", head(std::string("X\0: 1\r\n", 7)) + hidden},
    {"a NUL in a path", std::string("GET /a\0 HTTP/1.1\r\nHost: localhost\r\n\r\n", 38)},
    {"two hosts", "GET /a HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n"},
    {"no host", "GET /a HTTP/1.1\r\n\r\n"},
    {"an empty host", "GET /a HTTP/1.1\r\nHost:\r\n\r\n"},
    {"an absolute form", "GET http://localhost/a HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"an authority form", "CONNECT localhost:1 HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"an asterisk form", "OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"two spaces before a path", "GET  /a HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"a space in a path", "GET /a b HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"a tab for a space", "GET\t/a HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"a path with a byte above ASCII", "GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"a fragment", "GET /a#b HTTP/1.1\r\nHost: localhost\r\n\r\n"},
    {"a request line of HTTP/0.9", "GET /a\r\n\r\n"},
    {"a version in small letters", "GET /a http/1.1\r\nHost: localhost\r\n\r\n"},
};

}  // namespace

TEST_CASE("a request that could smuggle another gets 400 and the connection ends") {
  bool hidden_seen = false;
  const auto server = serve(test_settings(), [&](const request& asked, const responder& answer) {
    hidden_seen = hidden_seen || asked.path == "/hidden";
    echo(asked, answer);
  });
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
