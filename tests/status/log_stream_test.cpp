// /api/v1/logs over a socket: backlog, live lines, resume, filters.
#include "sluice/status/log_stream.hpp"

#include "support/catch.hpp"
#include "support/test_server.hpp"

using namespace sluice;
using namespace sluice::status;
using namespace sluice::status::testing;

namespace {

struct logging {
  std::unique_ptr<logger> log{};
  std::unique_ptr<http_server> server{};

  [[nodiscard]] std::string id(std::uint64_t seq) const {
    return std::to_string(log->run()) + "-" + std::to_string(seq);
  }

  explicit logging(std::size_t ring_lines = 1'000) {
    log_settings settings;
    settings.to_stderr = false;
    settings.ring_lines = ring_lines;
    log = logger::start(settings);
    server = serve(test_settings(), [this](const request& asked, const responder& answer) {
      stream_logs(*log, asked, answer);
    });
  }
};

}  // namespace

TEST_CASE("a log reader gets the ring and then each line as it comes") {
  logging l;
  l.log->info("gate", "one");
  raw_client client{l.server->port()};
  client.send(get("/api/v1/logs"));
  client.read_until("\r\n\r\n");
  const auto first = client.read_until("\n\n");
  CHECK(first.starts_with("id: " + l.id(1) + "\nevent: log\ndata: "));
  CHECK(first.ends_with(" INFO gate one\n\n"));
  l.log->info("gate", "two");
  CHECK_THAT(client.read_until("\n\n"), ContainsSubstring("id: " + l.id(2) + "\n"));
}

TEST_CASE("a log reader resumes after the last line it saw") {
  logging l;
  for (int i = 0; i < 4; ++i)
    l.log->info("gate", "event");
  raw_client client{l.server->port()};
  client.send(get("/api/v1/logs?after=1", "Last-Event-ID: " + l.id(3) + "\r\n"));
  client.read_until("\r\n\r\n");
  CHECK(client.read_until("\n\n").starts_with("id: " + l.id(4) + "\n"));
}

TEST_CASE("a log reader is told how many lines it missed for good") {
  logging l{2};
  for (int i = 0; i < 6; ++i)
    l.log->info("gate", "event");
  raw_client client{l.server->port()};
  client.send(get("/api/v1/logs", "Last-Event-ID: 1\r\n"));
  client.read_until("\r\n\r\n");
  CHECK(client.read_until("\n\n") ==
        "id: " + l.id(4) + "\nevent: gap\ndata: {\"from\":2,\"to\":4}\n\n");
  CHECK(client.read_until("\n\n").starts_with("id: " + l.id(5) + "\n"));
}

TEST_CASE("a log reader of an earlier run gets the whole ring, and is told of what lies between") {
  logging l{3};
  for (int i = 0; i < 5; ++i)
    l.log->info("gate", "event");
  raw_client client{l.server->port()};
  // Of a number that this run has as well.
  client.send(get("/api/v1/logs", "Last-Event-ID: 1234-4\r\n"));
  client.read_until("\r\n\r\n");
  CHECK(client.read_until("\n\n") ==
        "id: " + l.id(0) + "\nevent: gap\ndata: {\"from\":5,\"to\":null,\"run\":1234}\n\n");
  CHECK(client.read_until("\n\n") ==
        "id: " + l.id(2) + "\nevent: gap\ndata: {\"from\":1,\"to\":2}\n\n");
  for (std::uint64_t seq = 3; seq <= 5; ++seq)
    CHECK(client.read_until("\n\n").starts_with("id: " + l.id(seq) + "\nevent: log\n"));
}

TEST_CASE("a log reader with a number that was never given misses what the ring has not") {
  logging l{2};
  for (int i = 0; i < 5; ++i)
    l.log->info("gate", "event");
  raw_client client{l.server->port()};
  client.send(get("/api/v1/logs?after=900"));
  client.read_until("\r\n\r\n");
  CHECK_THAT(client.read_until("\n\n"), ContainsSubstring(R"({"from":1,"to":3})"));
  CHECK(client.read_until("\n\n").starts_with("id: " + l.id(4) + "\n"));
}

TEST_CASE("a log reader may ask for a level and a component") {
  logging l;
  l.log->info("gate", "dull");
  raw_client client{l.server->port()};
  client.send(get("/api/v1/logs?level=warn&component=gate"));
  client.read_until("\r\n\r\n");
  l.log->warn("journal", "other");
  l.log->error("gate", "wanted");
  const auto event = client.read_until("\n\n");
  CHECK(event.starts_with("id: " + l.id(3) + "\n"));
  CHECK(event.ends_with("ERROR gate wanted\n\n"));
}

TEST_CASE("a log reader may ask for several components") {
  logging l;
  raw_client client{l.server->port()};
  client.send(get("/api/v1/logs?component=gate,executor"));
  client.read_until("\r\n\r\n");
  l.log->warn("journal", "other");
  l.log->info("gate", "one");
  l.log->info("executor", "two");
  CHECK(client.read_until("\n\n").ends_with("INFO gate one\n\n"));
  CHECK(client.read_until("\n\n").ends_with("INFO executor two\n\n"));
}

TEST_CASE("a component that nobody has is refused, and those that there are are named") {
  logging l;
  raw_client client{l.server->port()};
  client.send(get("/api/v1/logs?component=gate,gaet"));
  const auto answer = client.read_response();
  CHECK(status_of(answer) == "400");
  CHECK_THAT(answer, ContainsSubstring("exit_engine"));
}

TEST_CASE("a filter that cannot be read is named") {
  logging l;
  raw_client client{l.server->port()};
  client.send(get("/api/v1/logs?level=loud&after=12-x"));
  const auto answer = client.read_response();
  CHECK(status_of(answer) == "400");
  CHECK_THAT(answer, ContainsSubstring(R"("field":"level")"));
  CHECK_THAT(answer, ContainsSubstring(R"("field":"after")"));
}

TEST_CASE("log readers come and go while lines are written") {
  logging l;
  for (int i = 0; i < 20; ++i) {
    raw_client client{l.server->port()};
    client.send(get("/api/v1/logs"));
    l.log->info("gate", "event");
    CHECK(status_of(client.read_until("\n\n")) == "200");
  }
  REQUIRE(eventually([&] {
    l.log->info("gate", "event");
    return l.server->counts().readers_open == 0;
  }));
}
