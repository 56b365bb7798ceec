// The strict check of request heads: what it lets through, and the smuggling set it refuses.
#include "sluice/status/request_guard.hpp"

#include <string>

#include "support/catch.hpp"

using namespace sluice::status;

namespace {

struct head_case {
  const char* name;
  std::string head;
  head_fault expected;
};

const std::string some_host{"Host: localhost\r\n"};

std::string with(const std::string& fields) {
  return "POST /a HTTP/1.1\r\n" + some_host + fields + "\r\n";
}

}  // namespace

TEST_CASE("a head that every parser reads alike passes") {
  const head_case cases[] = {
      {"the least there can be", with(""), head_fault::none},
      {"a length", with("Content-Length: 12\r\n"), head_fault::none},
      {"chunks", with("transfer-encoding:  Chunked \r\n"), head_fault::none},
      {"a tab in a value", with("Accept: a,\tb\r\n"), head_fault::none},
      {"an empty value", with("Accept:\r\n"), head_fault::none},
      {"HTTP/1.0", "GET /?a=b%20c HTTP/1.0\r\n" + some_host + "\r\n", head_fault::none},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CHECK(check_head(c.head) == c.expected);
  }
}

TEST_CASE("a head that two parsers could read in two ways is refused with its fault") {
  using enum head_fault;
  const head_case cases[] = {
      {"two equal lengths", with("Content-Length: 5\r\nContent-Length: 5\r\n"), content_length},
      {"a list of lengths", with("Content-Length: 5, 5\r\n"), content_length},
      {"a signed length", with("Content-Length: +5\r\n"), content_length},
      {"a hexadecimal length", with("Content-Length: 0x5\r\n"), content_length},
      {"an empty length", with("Content-Length: \r\n"), content_length},
      {"a length past 64 bits", with("Content-Length: 18446744073709551621\r\n"), content_length},
      {"both framings", with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
       length_conflict},
      {"both, the other way round", with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"),
       length_conflict},
      {"a coding before chunked", with("Transfer-Encoding: gzip, chunked\r\n"), transfer_encoding},
      {"identity", with("Transfer-Encoding: identity\r\n"), transfer_encoding},
      {"chunked twice", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
       transfer_encoding},
      {"a vertical tab after chunked", with("Transfer-Encoding: chunked\v\r\n"), control_character},
      {"chunks in HTTP/1.0",
       "POST / HTTP/1.0\r\n" + some_host + "Transfer-Encoding: chunked\r\n\r\n", transfer_encoding},
      {"a space before the colon", with("Content-Length : 5\r\n"), field_name},
      {"no colon", with("Content-Length 5\r\n"), field_name},
      {"an empty name", with(": 5\r\n"), field_name},
      {"a folded line", with("Accept: a\r\n b\r\n"), folded_line},
      {"a first line folded", "GET / HTTP/1.1\r\n Host: localhost\r\n\r\n", folded_line},
      {"a lone CR in a value", with("Accept: a\rContent-Length: 5\r\n"), line_break},
      {"a lone LF in a value", with("Accept: a\nContent-Length: 5\r\n"), line_break},
      {"NUL in a value", with(std::string{"Accept: a\0b\r\n", 13}), control_character},
      {"two hosts", with("Host: 127.0.0.1\r\n"), host},
      {"no host", "GET / HTTP/1.1\r\n\r\n", host},
      {"an empty host", "GET / HTTP/1.1\r\nHost: \r\n\r\n", host},
      {"an absolute target", "GET http://other/ HTTP/1.1\r\n" + some_host + "\r\n", request_line},
      {"a tunnel", "CONNECT localhost:1 HTTP/1.1\r\n" + some_host + "\r\n", request_line},
      {"a space in the target", "GET /a b HTTP/1.1\r\n" + some_host + "\r\n", request_line},
      {"bytes past ASCII in the target", "GET /\xc3\xa9 HTTP/1.1\r\n" + some_host + "\r\n",
       request_line},
      {"no version", "GET /\r\n" + some_host + "\r\n", request_line},
      {"another protocol", "GET / ICAP/1.0\r\n" + some_host + "\r\n", request_line},
      {"HTTP/2.0", "GET / HTTP/2.0\r\n" + some_host + "\r\n", version},
      {"HTTP/1.10", "GET / HTTP/1.10\r\n" + some_host + "\r\n", version},
      {"nothing", "\r\n", request_line},
      {"no end", "GET / HTTP/1.1\r\nHost: localhost\r\n", line_break},
      {"bytes after the end", with("") + "x", line_break},
  };
  for (const auto& c : cases) {
    CAPTURE(c.name);
    CHECK(check_head(c.head) == c.expected);
    CHECK_FALSE(describe(check_head(c.head)).empty());
  }
}

TEST_CASE("the end of a head is found wherever the bytes are split") {
  const std::string whole = with("Accept: a\r\n") + "body";
  const std::size_t size = whole.size() - 4;
  for (std::size_t split = 0; split <= whole.size(); ++split) {
    const auto first = find_head(std::string_view{whole}.substr(0, split), 0);
    REQUIRE_FALSE(first.bare_line_feed);
    if (split >= size) {
      CHECK(first.size == size);
    } else {
      CHECK(first.size == 0);
      CHECK(find_head(whole, first.scanned).size == size);
    }
  }
  CHECK(find_head("GET / HTTP/1.1\n", 0).bare_line_feed);
  CHECK(find_head("\nGET / HTTP/1.1\r\n", 0).bare_line_feed);
}

TEST_CASE("chunks are followed whatever the size of the pieces, and what follows them is not") {
  const std::string body = "1\r\nx\r\nA\r\n0123456789\r\n00000000\r\n\r\nGET / HTTP/1.1";
  for (std::size_t piece = 1; piece <= body.size(); ++piece) {
    INFO(piece);
    chunk_guard guard;
    for (std::size_t at = 0; at < body.size(); at += piece)
      REQUIRE(guard.feed(std::string_view(body).substr(at, piece)));
    CHECK(guard.done());
  }
  chunk_guard unfinished;
  CHECK(unfinished.feed("5\r\nab"));
  CHECK_FALSE(unfinished.done());
}
