// However its bytes are cut into packets, a request is the same one.
#include "support/catch.hpp"
#include "support/scripted_transport.hpp"

using namespace sluice::status;
using namespace sluice::status::testing;

namespace {

transcript answers_to(std::deque<std::string> packets) {
  http_core core{{},
                 [](const request& asked, const responder& answer) {
                   answer(text_response(asked.path + " [" + asked.body + "]"));
                 },
                 nullptr,
                 nullptr};
  return converse(core, std::move(packets));
}

const std::string chunked =
    "POST /a HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n";

}  // namespace

TEST_CASE("the last chunk of a body without content may be cut anywhere") {
  const std::string last = "0\r\n\r\n";
  for (std::size_t first = 0; first <= last.size(); ++first)
    for (std::size_t second = first; second <= last.size(); ++second) {
      CAPTURE(first, second);
      std::deque<std::string> packets{chunked + last.substr(0, first)};
      for (const auto& part : {last.substr(first, second - first), last.substr(second)})
        if (!part.empty())
          packets.push_back(part);
      const auto held = answers_to(packets);
      REQUIRE(held.answers.size() == 1);
      CHECK(held.answers.front().body == "/a []");
    }
}

TEST_CASE("chunks may be cut at every byte") {
  std::deque<std::string> packets;
  for (const char c : chunked + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    packets.emplace_back(1, c);
  const auto held = answers_to(packets);
  REQUIRE(held.answers.size() == 1);
  CHECK(held.answers.front().body == "/a [abcde]");
}

TEST_CASE("an empty line before a request may be cut in two") {
  const auto held = answers_to({"\r", "\nGET /b HTTP/1.1\r\nHost: localhost\r\n\r\n"});
  REQUIRE(held.answers.size() == 1);
  CHECK(held.answers.front().body == "/b []");
}
