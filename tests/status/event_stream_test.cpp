// Server-sent events: format, bounds, heartbeat, ends from either side.
#include <thread>
#include <vector>

#include "sluice/status/metrics.hpp"
#include "support/catch.hpp"
#include "support/test_server.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace sluice::status::testing;

namespace {

/// A server whose every answer is a stream; the test sends over the channels.
struct streaming {
  std::mutex mutex{};
  std::vector<std::shared_ptr<event_channel>> channels{};
  metrics counters{};
  std::unique_ptr<http_server> server{};

  explicit streaming(const http_settings& settings = test_settings())
      : server(serve(
            settings,
            [this](const request& asked, const responder& answer) {
              auto made = answer.stream({make_event("0", "hello", asked.last_event_id)});
              const std::lock_guard lock(mutex);
              channels.push_back(std::move(made));
            },
            &counters)) {}

  std::shared_ptr<event_channel> channel(std::size_t number) {
    if (!eventually([&] { return count() > number; }))
      throw std::runtime_error("no such channel");
    const std::lock_guard lock(mutex);
    return channels[number];
  }
  std::size_t count() {
    const std::lock_guard lock(mutex);
    return channels.size();
  }
  void forget() {
    const std::lock_guard lock(mutex);
    channels.clear();
  }
};

}  // namespace

TEST_CASE("an event frame can't be broken by what it carries") {
  CHECK(*make_event("7", "log", "one") == "id: 7\nevent: log\ndata: one\n\n");
  CHECK(*make_event("", "", "") == "data: \n\n");
  CHECK(*make_event("7\nid: 8", "a\rb", "x\ny\r\nz\rw\n") ==
        "id: 7id: 8\nevent: ab\ndata: x\ndata: y\ndata: z\ndata: w\ndata: \n\n");
}

TEST_CASE("a reader gets the initial events, what it missed, and then the live ones") {
  streaming s;
  raw_client client{s.server->port()};
  client.send(get("/events", "Last-Event-ID: 41\r\n"));
  const auto head = client.read_until("\r\n\r\n");
  CHECK(status_of(head) == "200");
  CHECK_THAT(head, ContainsSubstring("Content-Type: text/event-stream\r\n"));
  CHECK_THAT(head, ContainsSubstring("Cache-Control: no-store\r\n"));
  CHECK(client.read_until("\n\n") == "id: 0\nevent: hello\ndata: 41\n\n");
  const auto channel = s.channel(0);
  CHECK(channel->replay({make_event("42", "", "missed")}));
  CHECK(channel->send("43", "", "live"));
  CHECK(client.read_until("\n\n") == "id: 42\ndata: missed\n\n");
  CHECK(client.read_until("\n\n") == "id: 43\ndata: live\n\n");
  channel->close();
  CHECK(client.at_end());
  CHECK_FALSE(channel->send("44", "", "too late"));
}

TEST_CASE("the channel hears once when its reader leaves") {
  streaming s;
  std::atomic<int> ends{0};
  std::shared_ptr<event_channel> channel;
  {
    raw_client client{s.server->port()};
    client.send(get("/events"));
    client.read_until("\n\n");
    channel = s.channel(0);
    channel->on_closed([&] { ++ends; });
    CHECK(s.server->counts().readers_open == 1);
    CHECK(s.server->counts().connections_open == 0);
    CHECK(s.counters.value(metric::event_readers) == 1);
  }
  CHECK(eventually([&] { return ends == 1 && channel->closed(); }));
  CHECK_FALSE(channel->send("1", "", "gone"));
  bool at_once = false;
  channel->on_closed([&] { at_once = true; });
  CHECK(at_once);
  CHECK(eventually([&] { return s.server->counts().readers_open == 0; }));
  CHECK(ends == 1);
}

TEST_CASE("dropping the channel ends the stream") {
  streaming s;
  raw_client client{s.server->port()};
  client.send(get("/events"));
  client.read_until("\n\n");
  s.channel(0);
  s.forget();
  CHECK(client.at_end());
}

TEST_CASE("a reader that falls behind is dropped and counted, others go on") {
  auto settings = test_settings();
  settings.write_timeout = milliseconds{60'000};
  streaming s{settings};
  raw_client slow{s.server->port(), 4 * 1024};
  slow.send(get("/slow"));
  const auto slow_channel = s.channel(0);
  raw_client quick{s.server->port()};
  quick.send(get("/quick"));
  const auto quick_channel = s.channel(1);
  quick.read_until("\n\n");
  std::atomic<bool> ended{false};
  slow_channel->on_closed([&] { ended = true; });
  const auto big = make_event("1", "", std::string(16 * 1024, 'x'));
  int taken = 0;
  while (slow_channel->send(big) && taken < 100'000)
    ++taken;
  CHECK(taken >= 15);
  CHECK(taken < 100'000);
  CHECK(eventually([&] { return ended.load(); }));
  CHECK(s.server->counts().readers_dropped == 1);
  CHECK(quick_channel->send("2", "", "still here"));
  CHECK_THAT(quick.read_until("still here\n\n"), ContainsSubstring("still here"));
  CHECK(eventually([&] { return s.counters.value(metric::event_readers_dropped) == 1; }));
}

TEST_CASE("the bound of a reader's buffer is held to the byte") {
  auto settings = test_settings();
  settings.event_buffer_size_max = 16 * 1024;
  std::atomic<int> result{0};
  const auto server = serve(settings, [&](const request&, const responder& answer) {
    // On the server's thread nothing is written meanwhile, so all of it waits.
    const auto channel = answer.stream();
    const auto frame = make_event("", "", std::string(1024 - 8, 'x'));
    int sent = 0;
    while (channel->send(frame))
      ++sent;
    result = frame->size() == 1024 ? sent : -1;
  });
  raw_client client{server->port()};
  client.send(get("/"));
  REQUIRE(eventually([&] { return result != 0; }));
  CHECK(result == 16);
}

TEST_CASE("a quiet stream carries a comment line now and then") {
  auto settings = test_settings();
  settings.heartbeat_period = milliseconds{100};
  streaming s{settings};
  raw_client client{s.server->port()};
  client.send(get("/events"));
  client.read_until("data: \n\n");
  CHECK(client.read_until("\n\n") == ":\n\n");
  CHECK(client.read_until("\n\n") == ":\n\n");
  CHECK(s.channel(0)->send("1", "", "live"));
  CHECK_THAT(client.read_until("live\n\n"), ContainsSubstring("id: 1"));
}

TEST_CASE("a reader past the limit gets 503, and its seat is free again when one leaves") {
  auto settings = test_settings();
  settings.event_readers_max = 2;
  streaming s{settings};
  std::vector<raw_client> readers;
  for (int i = 0; i < 2; ++i) {
    readers.emplace_back(s.server->port());
    readers.back().send(get("/events"));
    readers.back().read_until("\n\n");
  }
  raw_client refused{s.server->port()};
  refused.send(get("/events"));
  CHECK(status_of(refused.read_response()) == "503");
  CHECK(s.channel(2)->closed());
  readers.pop_back();
  REQUIRE(eventually([&] { return s.server->counts().readers_open == 1; }));
  refused.send(get("/events"));
  CHECK(status_of(refused.read_until("\r\n\r\n")) == "200");
}

TEST_CASE("HEAD of a stream gets its head only") {
  streaming s;
  raw_client client{s.server->port()};
  client.send("HEAD /events HTTP/1.1\r\nHost: localhost\r\n\r\n");
  CHECK_THAT(client.read_response(false), ContainsSubstring("text/event-stream"));
  CHECK(s.channel(0)->closed());
  CHECK(s.server->counts().readers_open == 0);
}

TEST_CASE("stopping sends what is queued and ends every stream") {
  streaming s;
  raw_client client{s.server->port()};
  client.send(get("/events"));
  client.read_until("\n\n");
  std::atomic<bool> ended{false};
  const auto channel = s.channel(0);
  channel->on_closed([&] { ended = true; });
  CHECK(channel->send("1", "", "last words"));
  s.server->stop();
  CHECK(ended);
  CHECK(client.read_to_end() == "id: 1\ndata: last words\n\n");
}
