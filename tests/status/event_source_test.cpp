// The reader of server-sent events: its parser byte by byte, and streams of the real server.
#include "sluice/status/event_source.hpp"

#include "sluice/status/event_channel.hpp"
#include "support/catch.hpp"
#include "support/test_server.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace sluice::status::testing;
using namespace std::chrono_literals;

using events = std::vector<source_event>;

TEST_CASE("events are read as they come, whatever the size of the pieces") {
  const std::string stream =
      ":\n\nid: 7\nevent: log\ndata: a\ndata:b\n\ndata\r\n\r\nid: 8\n\nunknown: x\ndata:  two\r\r"
      "event: gap\n\ndata: not ended";
  const events wanted{{"7", "log", "a\nb"}, {"7", "message", ""}, {"8", "message", " two"}};
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    INFO(piece);
    event_parser parser;
    events got;
    for (std::size_t at = 0; at < stream.size(); at += piece)
      REQUIRE(parser.feed(std::string_view(stream).substr(at, piece), got));
    CHECK(got == wanted);
  }
}

TEST_CASE("a line that does not end is refused before it fills the memory") {
  event_parser parser;
  events got;
  const std::string block(1024UL * 1024, 'x');
  bool fine = true;
  std::size_t fed = 0;
  for (; fine && fed < 10; ++fed)
    fine = parser.feed(block, got);
  CHECK_FALSE(fine);
  CHECK(fed == 5);
}

TEST_CASE("a stream of the server is followed with its last id until it ends") {
  std::string asked_after;
  const auto server = serve(test_settings(), [&](const request& asked, const responder& answer) {
    asked_after = asked.last_event_id;
    const auto channel = answer.stream({make_event("4", "log", "past")});
    channel->send("5", "log", "now");
    channel->close();
  });
  events got;
  event_hooks hooks;
  hooks.take = [&](const events& some) {
    got.insert(got.end(), some.begin(), some.end());
    return true;
  };
  const auto end = follow_events({server->url(), "/api/v1/logs", "3"}, hooks).value();
  CHECK(asked_after == "3");
  CHECK(got == events{{"4", "log", "past"}, {"5", "log", "now"}});
  CHECK(end.http_status == 200);
  CHECK_FALSE(end.by_caller);
}

TEST_CASE("the caller ends a stream on which nothing comes") {
  std::shared_ptr<event_channel> kept;
  const auto server = serve(
      test_settings(), [&](const request&, const responder& answer) { kept = answer.stream(); });
  int asked = 0;
  event_hooks hooks;
  hooks.take = [](const events&) { return true; };
  hooks.go_on = [&] { return ++asked < 3; };
  const auto end = follow_events({server->url(), "/", ""}, hooks).value();
  CHECK(end.by_caller);
  CHECK(asked == 3);
}

TEST_CASE("a refusal, a closed port and a foreign address are three different ends") {
  const auto server = serve(test_settings(), [](const request&, const responder& answer) {
    answer(text_response("no such filter", 400));
  });
  event_hooks hooks;
  hooks.take = [](const events&) { return true; };
  const auto refused = follow_events({server->url(), "/", ""}, hooks).value();
  CHECK(refused.http_status == 400);
  CHECK(refused.text == "no such filter");
  const auto closed = follow_events({"http://127.0.0.1:1", "/", ""}, hooks).value();
  CHECK(closed.http_status == 0);
  CHECK_FALSE(closed.text.empty());
  CHECK_FALSE(follow_events({"http://10.0.0.1:80", "/", ""}, hooks).has_value());
}
