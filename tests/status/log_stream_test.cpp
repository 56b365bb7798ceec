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

  explicit logging(std::size_t ring_lines = 1'000) {
    log_settings settings;
    settings.to_stderr = false;
    settings.ring_lines = ring_lines;
    log = std::move(*logger::start(settings));
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
  CHECK(first.starts_with("id: 1\nevent: log\ndata: "));
  CHECK(first.ends_with(" INFO gate one\n\n"));
  l.log->info("gate", "two");
  CHECK_THAT(client.read_until("\n\n"), ContainsSubstring("id: 2\n"));
}

TEST_CASE("a log reader resumes after the last line it saw") {
  logging l;
  for (int i = 0; i < 4; ++i)
    l.log->info("gate", "event");
  raw_client client{l.server->port()};
  client.send(get("/api/v1/logs?after=1", "Last-Event-ID: 3\r\n"));
  client.read_until("\r\n\r\n");
  CHECK(client.read_until("\n\n").starts_with("id: 4\n"));
}

TEST_CASE("a log reader is told how many lines it missed for good") {
  logging l{2};
  for (int i = 0; i < 6; ++i)
    l.log->info("gate", "event");
  raw_client client{l.server->port()};
  client.send(get("/api/v1/logs", "Last-Event-ID: 1\r\n"));
  client.read_until("\r\n\r\n");
  CHECK(client.read_until("\n\n") == "id: 4\nevent: gap\ndata: {\"from\":2,\"to\":4}\n\n");
  CHECK(client.read_until("\n\n").starts_with("id: 5\n"));
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
  CHECK(event.starts_with("id: 3\n"));
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
  client.send(get("/api/v1/logs?level=loud&after=x"));
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
