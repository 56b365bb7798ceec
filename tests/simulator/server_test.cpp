// The server over real TLS: requests, transport faults, coming and going.
#include "sluice/simulator/server.hpp"

#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <thread>

#include "simulator/support/account_key.hpp"
#include "simulator/support/bench_venue.hpp"
#include "simulator/support/client.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::simulator;
using std::chrono::steady_clock;
using test::field;
using test::https_client;

namespace {

std::unique_ptr<server> start(settings s = test::quiet_settings()) {
  auto started = server::start(std::move(s));
  if (!started)
    throw std::runtime_error(started.error().text);
  return std::move(*started);
}

/// Parameters with the time of this machine.
std::string stamped(const std::string& parameters) {
  const auto now =
      std::chrono::duration_cast<milliseconds>(std::chrono::system_clock::now().time_since_epoch());
  return parameters + (parameters.empty() ? "" : "&") + "timestamp=" + std::to_string(now.count());
}

std::string signed_target(const server& s, const std::string& path,
                          const std::string& parameters = "") {
  const auto text = stamped(parameters);
  return path + "?" + text + "&signature=" + test::sign(s.api_secret(), text);
}

const std::string buy = "symbol=BTCUSDT&side=BUY&type=MARKET&quantity=0.01";

std::optional<test::http_answer> send_order(const server& s, https_client& c,
                                            milliseconds limit = std::chrono::seconds{10}) {
  return c.ask("POST", signed_target(s, "/fapi/v1/order", buy), "", s.api_key(), limit);
}

std::size_t orders_of(const server& s) {
  return s.books().accounts[0].orders.size();
}

/// Waits until a condition holds, at most ten seconds.
template <class Condition>
bool eventually(Condition holds) {
  const auto until = steady_clock::now() + std::chrono::seconds{10};
  while (!holds()) {
    if (steady_clock::now() > until)
      return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace

TEST_CASE("the server answers over verified TLS, chunked, on a kept-alive connection") {
  const auto s = start();
  CHECK(s->rest_url() == "https://127.0.0.1:" + std::to_string(s->port()));
  CHECK(s->stream_url() == "wss://127.0.0.1:" + std::to_string(s->port()));
  for (const auto* host : {"127.0.0.1", "localhost"}) {
    https_client c(s->port(), s->certificate_pem(), host);
    REQUIRE(c.connected());
    for (int n = 0; n < 3; ++n) {
      auto answer = c.ask("GET", "/fapi/v1/time");
      REQUIRE(answer);
      CHECK(answer->status == 200);
      CHECK(answer->headers["content-type"] == "application/json");
      CHECK(answer->headers["transfer-encoding"] == "chunked");
      CHECK_FALSE(answer->headers["x-mbx-used-weight-1m"].empty());
    }
  }
}

TEST_CASE("clients that do not trust the certificate, or expect another host, are not served") {
  const auto s = start();
  const auto other = start();
  CHECK_FALSE(https_client(s->port(), "").connected());
  CHECK_FALSE(https_client(s->port(), other->certificate_pem()).connected());
  CHECK_FALSE(https_client(s->port(), s->certificate_pem(), "example.com").connected());
  CHECK(https_client(s->port(), s->certificate_pem()).connected());
}

TEST_CASE("keys are made at random at every start when none are given") {
  auto chosen = test::quiet_settings();
  chosen.account.api_key.clear();
  chosen.account.api_secret.clear();
  const auto a = start(chosen);
  const auto b = start(chosen);
  CHECK(a->api_key().size() == 64);
  CHECK(a->api_secret().size() == 64);
  CHECK(a->api_key() != a->api_secret());
  CHECK(a->api_key() != b->api_key());
  https_client c(a->port(), a->certificate_pem());
  CHECK(c.ask("GET", signed_target(*a, "/fapi/v3/balance"), "", a->api_key())->status == 200);
}

TEST_CASE("no secret is made for an account that has a public key") {
  const test::account_key mine{7};
  auto chosen = test::quiet_settings();
  chosen.account.api_key.clear();
  chosen.account.api_secret.clear();
  chosen.account.api_public_key = mine.public_pem();
  const auto s = start(chosen);
  CHECK(s->api_key().size() == 64);
  CHECK(s->api_secret().empty());
  https_client c(s->port(), s->certificate_pem());
  const auto text = stamped("");
  const auto target = "/fapi/v3/balance?" + text + "&signature=" + test::escaped(mine.sign(text));
  CHECK(c.ask("GET", target, "", s->api_key())->status == 200);
}

TEST_CASE("a signed order goes through, with parameters in the query or in the body") {
  const auto s = start();
  https_client c(s->port(), s->certificate_pem());
  auto answer = send_order(*s, c);
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(answer->headers["x-mbx-order-count-10s"] == "1");
  CHECK(answer->headers["x-mbx-order-count-1m"] == "1");
  const auto target = signed_target(*s, "", buy);
  answer = c.ask("POST", "/fapi/v1/order", target.substr(1), s->api_key());
  REQUIRE(answer);
  CHECK(answer->status == 200);
  CHECK(s->books().accounts[0].positions[0].amount.str() == "0.02");
}

TEST_CASE("a request takes at least the latency, and others are served meanwhile") {
  auto chosen = test::quiet_settings();
  chosen.latency = milliseconds{200};
  const auto s = start(chosen);
  std::vector<std::thread> clients;
  std::atomic<int> good{0};
  const auto began = steady_clock::now();
  for (int n = 0; n < 8; ++n)
    clients.emplace_back([&] {
      https_client c(s->port(), s->certificate_pem());
      const auto sent = steady_clock::now();
      const auto answer = c.ask("GET", "/fapi/v1/ping");
      good += answer && answer->status == 200 && steady_clock::now() - sent >= milliseconds{199}
                  ? 1
                  : 0;
    });
  for (auto& t : clients)
    t.join();
  CHECK(good == 8);
  CHECK(steady_clock::now() - began < milliseconds{8 * 200});
}

TEST_CASE("bytes that are no request are refused and the connection is closed") {
  const auto s = start();
  struct row {
    const char* name;
    std::string bytes;
    int status;
  };
  const std::vector<row> rows{
      {"nonsense", "HELO there\r\n\r\n", 400},
      {"a header beyond the limit",
       "GET /fapi/v1/ping HTTP/1.1\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n", 431},
      {"a body beyond the limit", "POST /fapi/v1/order HTTP/1.1\r\nContent-Length: 99999\r\n\r\n",
       413},
  };
  for (const auto& r : rows) {
    INFO(r.name);
    https_client c(s->port(), s->certificate_pem());
    const auto answer = c.ask_raw(r.bytes);
    REQUIRE(answer);
    CHECK(answer->status == r.status);
    CHECK_FALSE(c.ask("GET", "/fapi/v1/ping"));
  }
  https_client c(s->port(), s->certificate_pem());
  CHECK(c.ask("GET", "/fapi/v1/ping")->status == 200);
}

TEST_CASE("a lost reply leaves an order done and its sender in the dark") {
  const auto s = start();
  for (auto effect :
       {request_effect::drop_reply, request_effect::reset_after, request_effect::truncate}) {
    const auto before = orders_of(*s);
    request_fault f;
    f.effect = effect;
    f.method = "POST";
    s->add_fault(f);
    https_client c(s->port(), s->certificate_pem());
    CHECK_FALSE(send_order(*s, c, milliseconds{500}));
    CHECK(orders_of(*s) == before + 1);
  }
}

TEST_CASE("a request reset or left hanging before its effect leaves nothing done") {
  const auto s = start();
  for (auto effect : {request_effect::reset_before, request_effect::hang}) {
    request_fault f;
    f.effect = effect;
    s->add_fault(f);
    https_client c(s->port(), s->certificate_pem());
    CHECK_FALSE(send_order(*s, c, milliseconds{500}));
    CHECK(orders_of(*s) == 0);
  }
}

TEST_CASE("a scripted reply may be HTML from a proxy") {
  const auto s = start();
  https_client c(s->port(), s->certificate_pem());
  const auto set = c.ask("POST", "/sim/fault",
                         R"({"effect":"status","status":502,"content_type":"text/html",)"
                         R"("body":"<html></html>"})");
  REQUIRE(set);
  CHECK(set->status == 200);
  auto answer = c.ask("GET", "/fapi/v1/ping");
  REQUIRE(answer);
  CHECK(answer->status == 502);
  CHECK(answer->headers["content-type"] == "text/html");
  CHECK(answer->headers.count("x-mbx-used-weight-1m") == 0);
  CHECK(answer->body == "<html></html>");
}

TEST_CASE("an empty 202 has no body at all") {
  const auto s = start();
  request_fault f;
  f.effect = request_effect::status;
  f.http_status = 202;
  s->add_fault(f);
  https_client c(s->port(), s->certificate_pem());
  auto answer = c.ask("GET", "/fapi/v1/ping");
  REQUIRE(answer);
  CHECK(answer->status == 202);
  CHECK(answer->headers["content-length"] == "0");
}

TEST_CASE("while offline connections are reset, and served again afterwards") {
  const auto s = start();
  https_client old(s->port(), s->certificate_pem());
  REQUIRE(old.ask("GET", "/fapi/v1/ping"));
  s->go_offline();
  CHECK_FALSE(old.ask("GET", "/fapi/v1/ping"));
  CHECK_FALSE(https_client(s->port(), s->certificate_pem()).connected());
  s->go_online();
  https_client fresh(s->port(), s->certificate_pem());
  CHECK(fresh.ask("GET", "/fapi/v1/ping"));
}

TEST_CASE("the venue can be sent offline for a time over the control interface") {
  const auto s = start();
  https_client c(s->port(), s->certificate_pem());
  CHECK(c.ask("POST", "/sim/offline", R"({"for_ms":0})")->status == 400);
  CHECK(c.ask("POST", "/sim/offline", R"({"for_ms":300})")->status == 200);
  CHECK_FALSE(https_client(s->port(), s->certificate_pem()).connected());
  CHECK(eventually([&] { return https_client(s->port(), s->certificate_pem()).connected(); }));
}

TEST_CASE("a port that is taken is reported as busy") {
  const auto s = start();
  auto chosen = test::quiet_settings();
  chosen.port = s->port();
  const auto second = server::start(chosen);
  REQUIRE_FALSE(second);
  CHECK(second.error().code == errc::busy);
  CHECK_THAT(second.error().text, ContainsSubstring(std::to_string(s->port())));
}

TEST_CASE("the server does not start beyond loopback") {
  auto chosen = test::quiet_settings();
  for (const auto* address : {"0.0.0.0", "127.evil"}) {
    chosen.address = address;
    const auto refused = server::start(chosen);
    REQUIRE_FALSE(refused);
    CHECK_THAT(refused.error().text, ContainsSubstring("address"));
  }
}

TEST_CASE("the certificate is written to the file asked for") {
  auto chosen = test::quiet_settings();
  const auto path = std::filesystem::temp_directory_path() /
                    ("sluice-simulator-test-" + std::to_string(::getpid()) + ".pem");
  chosen.certificate_file = path.string();
  const auto s = start(chosen);
  std::ifstream in(path);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  std::filesystem::remove(path);
  CHECK(text == s->certificate_pem());
  CHECK_THAT(text, ContainsSubstring("BEGIN CERTIFICATE"));
  CHECK(text.find("PRIVATE") == std::string::npos);
  chosen.certificate_file = "/proc/no-such-place/ca.pem";
  CHECK_FALSE(server::start(chosen));
}

TEST_CASE("stopping ends every connection at once, and the books can still be read") {
  const auto s = start();
  https_client c(s->port(), s->certificate_pem());
  REQUIRE(send_order(*s, c));
  CHECK(eventually([&] { return s->connections() == 1; }));
  request_fault f;
  f.effect = request_effect::delay;
  f.delay = std::chrono::hours{1};
  s->add_fault(f);
  const auto began = steady_clock::now();
  std::thread waiting([&] { CHECK_FALSE(c.ask("GET", "/fapi/v1/ping")); });
  s->stop();
  waiting.join();
  s->stop();
  CHECK(steady_clock::now() - began < std::chrono::seconds{5});
  CHECK(orders_of(*s) == 1);
}

TEST_CASE("more connections than allowed are reset") {
  auto chosen = test::quiet_settings();
  chosen.connections_max = 2;
  const auto s = start(chosen);
  https_client a(s->port(), s->certificate_pem());
  https_client b(s->port(), s->certificate_pem());
  REQUIRE(a.ask("GET", "/fapi/v1/ping"));
  REQUIRE(b.ask("GET", "/fapi/v1/ping"));
  CHECK_FALSE(https_client(s->port(), s->certificate_pem()).connected());
  CHECK(a.ask("GET", "/fapi/v1/ping"));
}
