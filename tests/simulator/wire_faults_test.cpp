// Transport faults as a raw client sees them: framing, cuts at any byte, endless replies, holds.
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "simulator/support/bench_venue.hpp"
#include "simulator/support/client.hpp"
#include "sluice/simulator/server.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using std::chrono::steady_clock;
using test::https_client;

namespace {

const std::string ask_time = "GET /fapi/v1/time HTTP/1.1\r\nHost: localhost\r\n\r\n";

struct bent_server {
  std::unique_ptr<server> it{start()};

  static std::unique_ptr<server> start() {
    auto started = server::start(test::quiet_settings());
    if (!started)
      throw std::runtime_error(started.error().text);
    return std::move(*started);
  }
  void add(const std::string& json) const {
    const auto f = parse_fault(json);
    INFO((f ? "" : f.error().text));
    REQUIRE(f);
    it->add_fault(*f);
  }
  [[nodiscard]] https_client client() const {
    return https_client(it->port(), it->certificate_pem());
  }
  /// A request and all that comes back.
  [[nodiscard]] https_client::raw_answer ask(milliseconds limit = std::chrono::seconds{5},
                                             std::size_t most = 1U << 20U) const {
    https_client c(it->port(), it->certificate_pem());
    return c.ask_bytes(ask_time, limit, most);
  }
};

std::string body_of(const std::string& text) {
  return text.substr(text.find("\r\n\r\n") + 4);
}

std::size_t length_of(const std::string& text) {
  const std::string name = "Content-Length: ";
  return std::stoul(text.substr(text.find(name) + name.size()));
}

/// Resident memory of this process, in bytes.
std::size_t resident() {
  std::ifstream in("/proc/self/statm");
  std::size_t all = 0;
  std::size_t pages = 0;
  in >> all >> pages;
  return pages * 4'096;
}

}  // namespace

TEST_CASE("Content-Length can promise too little or too much") {
  const bent_server s;
  s.add(R"({"effect":"misframe","framing":"length_short","bytes":3})");
  auto a = s.ask(milliseconds{300});
  CHECK(a.end == "silent");
  CHECK(length_of(a.text) + 3 == body_of(a.text).size());
  s.add(R"({"effect":"misframe","framing":"length_long","bytes":5})");
  a = s.ask();
  CHECK(a.end == "closed");
  CHECK(length_of(a.text) == body_of(a.text).size() + 5);
  CHECK(s.client().ask("GET", "/fapi/v1/time")->status == 200);
}

TEST_CASE("chunks can lack a size or an end") {
  const bent_server s;
  s.add(R"({"effect":"misframe","framing":"chunk_size"})");
  CHECK(body_of(s.ask(milliseconds{300}).text).starts_with("zz\r\n"));
  s.add(R"({"effect":"misframe","framing":"chunk_size"})");
  CHECK_FALSE(s.client().ask("GET", "/fapi/v1/time"));
  s.add(R"({"effect":"misframe","framing":"chunk_unfinished"})");
  const auto a = s.ask();
  CHECK(a.end == "closed");
  CHECK_FALSE(a.text.ends_with("0\r\n\r\n"));
}

TEST_CASE("a reply can claim to be gzipped without being asked or being so") {
  const bent_server s;
  s.add(R"({"effect":"misframe","framing":"gzip_header"})");
  const auto a = s.ask(milliseconds{300});
  CHECK_THAT(a.text, ContainsSubstring("Content-Encoding: gzip\r\n"));
  CHECK(body_of(a.text).starts_with("{\"serverTime\""));
}

TEST_CASE("a body of 200 MB is sent without being held") {
  const bent_server s;
  s.add(R"({"effect":"misframe","framing":"huge_body"})");
  [[maybe_unused]] const auto before = resident();
  const auto a = s.ask(std::chrono::seconds{30}, 200'000'000);
  CHECK(a.bytes >= 200'000'000);
  CHECK(length_of(a.text) == 200'000'000);
#ifndef __SANITIZE_ADDRESS__  // It keeps what was freed, to find who uses it.
  CHECK(resident() < before + 32'000'000);
#endif
}

TEST_CASE("headers go on for as long as the client reads") {
  const bent_server s;
  s.add(R"({"effect":"misframe","framing":"endless_headers"})");
  const auto a = s.ask(std::chrono::seconds{5}, 2'000'000);
  CHECK(a.end == "enough");
  CHECK(a.text.find("\r\n\r\n") == std::string::npos);
}

TEST_CASE("a reply is cut after any byte, by a reset or by a close") {
  const bent_server s;
  const auto whole = s.client().ask("GET", "/fapi/v1/time");
  REQUIRE(whole);
  for (const auto* ending : {"reset", "close"}) {
    for (std::size_t bytes : {0U, 1U, 9U, 40U, 100U}) {
      INFO(ending << " after " << bytes);
      s.add(R"({"effect":"cut_reply","bytes":)" + std::to_string(bytes) + R"(,"ending":")" +
            ending + R"("})");
      const auto a = s.ask();
      CHECK(a.bytes == bytes);
      CHECK(a.end == (std::string(ending) == "reset" ? "reset" : "closed"));
    }
  }
}

TEST_CASE("a reply that is shorter than its cut lacks its last byte") {
  const bent_server s;
  s.add(R"({"effect":"cut_reply","bytes":10000,"ending":"close"})");
  const auto a = s.ask();
  CHECK(a.end == "closed");
  CHECK(body_of(a.text).size() + 1 == length_of(a.text));
}

TEST_CASE("a request is cut after any byte, and leaves nothing done") {
  const bent_server s;
  const auto known = s.it->transcript().size();
  for (const auto* ending : {"reset", "close"}) {
    for (std::size_t bytes : {0U, 5U, 30U, 10'000U}) {
      INFO(ending << " after " << bytes);
      s.add(R"({"effect":"cut_request","bytes":)" + std::to_string(bytes) + R"(,"ending":")" +
            ending + R"("})");
      const auto a = s.ask();
      CHECK(a.bytes == 0);
      CHECK((a.end == "reset" || std::string(ending) == "close"));
    }
  }
  CHECK(s.it->transcript().size() == known);
  CHECK(s.client().ask("GET", "/fapi/v1/time")->status == 200);
}

TEST_CASE("only the request that holds a text is cut") {
  const bent_server s;
  s.add(R"({"effect":"cut_request","holds":"GET /fapi/v1/ping","bytes":1})");
  CHECK(s.client().ask("GET", "/fapi/v1/time")->status == 200);
  CHECK_FALSE(s.client().ask("GET", "/fapi/v1/ping"));
  CHECK(s.client().ask("GET", "/fapi/v1/ping")->status == 200);
}

TEST_CASE("connections can be refused before their handshake, or made to wait for it") {
  const bent_server s;
  s.add(R"({"effect":"refuse_connection","count":2})");
  CHECK_FALSE(s.client().connected());
  CHECK_FALSE(s.client().connected());
  s.add(R"({"effect":"slow_handshake","delay_ms":250})");
  const auto began = steady_clock::now();
  CHECK(s.client().connected());
  CHECK(steady_clock::now() - began >= milliseconds{249});
}

TEST_CASE("a read's reply can wait for a later event of the account") {
  const bent_server s;
  REQUIRE(s.client().ask("POST", "/fapi/v1/listenKey", "", s.it->api_key())->status == 200);
  s.add(R"({"effect":"hold_for_event","path":"/fapi/v1/time","delay_ms":5000})");
  std::optional<test::http_answer> answer;
  const auto began = steady_clock::now();
  std::thread reader([&] { answer = s.client().ask("GET", "/fapi/v1/time"); });
  while (s.it->transcript().size() < 2 && steady_clock::now() - began < std::chrono::seconds{5})
    std::this_thread::yield();
  REQUIRE(s.it->trade(symbol{"BTCUSDT"}, side::buy, *quantity::parse("0.01")));
  reader.join();
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(steady_clock::now() - began < std::chrono::seconds{4});
  s.add(R"({"effect":"hold_for_event","path":"/fapi/v1/time","delay_ms":200})");
  CHECK(s.client().ask("GET", "/fapi/v1/time")->status == 200);
}

TEST_CASE("a late event reaches its stream when it is due, not when the next tick is") {
  auto chosen = test::quiet_settings();
  chosen.tick_period = std::chrono::hours{1};
  const auto s = server::start(chosen).value();
  https_client c(s->port(), s->certificate_pem());
  const auto key =
      test::field(c.ask("POST", "/fapi/v1/listenKey", "", s->api_key())->body, "listenKey");
  test::stream_client stream(s->port(), s->certificate_pem(), "/private/ws/" + key);
  REQUIRE(stream.connected());
  s->add_fault(*parse_fault(R"({"effect":"delay_events","delay_ms":100,"count":0})"));
  REQUIRE(s->trade(symbol{"BTCUSDT"}, side::buy, *quantity::parse("0.01")));
  CHECK(stream.hear(std::chrono::seconds{5}));
}

TEST_CASE("a script in a file is in force from the start, and a wrong one is refused by line") {
  auto chosen = test::quiet_settings();
  const auto path = std::filesystem::temp_directory_path() /
                    ("sluice-script-" + std::to_string(::getpid()) + ".jsonl");
  chosen.script = path.string();
  std::ofstream(path) << "# one\n{\"effect\":\"status\",\"reply\":\"bad_gateway_502\"}\n";
  {
    const auto s = server::start(chosen).value();
    https_client c(s->port(), s->certificate_pem());
    CHECK(c.ask("GET", "/fapi/v1/ping")->status == 502);
    CHECK(c.ask("GET", "/fapi/v1/ping")->status == 200);
  }
  std::ofstream(path) << "\n{\"effect\":\"nap\"}\n";
  const auto wrong = server::start(chosen);
  REQUIRE_FALSE(wrong);
  CHECK_THAT(wrong.error().text, ContainsSubstring("line 2: effect: 'nap'"));
  std::filesystem::remove(path);
  CHECK_FALSE(server::start(chosen));
}
