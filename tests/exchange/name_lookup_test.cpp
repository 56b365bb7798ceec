// Lookups of names that hang, fail, or find: nobody waits for them longer than for anything else,
// and of several addresses one that serves is found.
#include <atomic>
#include <future>

#include "support/client_under_test.hpp"

using namespace sluice;
using namespace sluice::test;

namespace {

constexpr const char* host = "venue.example";

/// A resolver that hangs until it is let go; the threads in it may outlive everything of the test.
class hanging {
 public:
  std::function<std::vector<std::string>(const std::string&)> asker() {
    return [state = state_](const std::string&) {
      std::unique_lock lock(state->mutex);
      ++state->inside;
      state->changed.notify_all();
      state->changed.wait_for(lock, std::chrono::seconds(30), [&] { return state->let_go; });
      --state->inside;
      state->changed.notify_all();
      return std::vector<std::string>{"127.0.0.1"};
    };
  }
  void let_go() {
    const std::lock_guard lock(state_->mutex);
    state_->let_go = true;
    state_->changed.notify_all();
  }
  [[nodiscard]] int inside() const {
    const std::lock_guard lock(state_->mutex);
    return state_->inside;
  }

 private:
  struct shared {
    std::mutex mutex{};
    std::condition_variable changed{};
    bool let_go{false};
    int inside{0};
  };
  std::shared_ptr<shared> state_{std::make_shared<shared>()};
};

exchange::settings by_name(const imposter& venue) {
  auto chosen = settings_for(venue);
  chosen.rest_url = "https://" + std::string(host) + ":" + std::to_string(venue.port());
  chosen.stream_url = "wss://" + std::string(host) + ":" + std::to_string(venue.port());
  return chosen;
}

read_result<clock_offset> clock_within(exchange_port& client, std::int64_t ms) {
  answers<read_result<clock_offset>> answer;
  client.read_clock(within(ms), answer.taker());
  return answer.wait();
}

}  // namespace

TEST_CASE("a client goes at once while a name is being looked up without end") {
  hanging resolver;
  const imposter venue("DNS:" + std::string(host));
  exchange::extras more;
  more.look_up = resolver.asker();
  auto client = client_for(venue, by_name(venue), std::move(more));
  answers<std::vector<user_event>> events;
  answers<mark_batch> marks;
  client->open_user_stream(events.taker());
  client->open_mark_stream(marks.taker());
  CHECK(clock_within(*client, 200).error().kind == failure_kind::timed_out);
  REQUIRE(resolver.inside() == 1);  // Many ask for the name, one looks it up.
  const auto began = std::chrono::steady_clock::now();
  client.reset();
  CHECK(std::chrono::steady_clock::now() - began < std::chrono::seconds(2));
  CHECK(resolver.inside() == 1);
  resolver.let_go();  // What it finds now meets nobody.
  wait_until([&] { return resolver.inside() == 0; });
}

TEST_CASE("an answer that comes late serves those who still wait and those who ask then") {
  hanging resolver;
  imposter venue("DNS:" + std::string(host));
  venue.when("GET /fapi/v1/time", {server_time()});
  exchange::extras more;
  more.look_up = resolver.asker();
  const auto client = client_for(venue, by_name(venue), std::move(more));
  CHECK(clock_within(*client, 100).error().kind == failure_kind::timed_out);
  answers<read_result<clock_offset>> waiting;
  client->read_clock(within(5'000), waiting.taker());
  resolver.let_go();
  CHECK(waiting.wait().has_value());
  CHECK(clock_within(*client, 5'000).has_value());
}

TEST_CASE("a name that leads nowhere is unreachable, and addresses that are none are passed over") {
  const std::pair<std::vector<std::string>, bool> rows[] = {
      {{}, false}, {{"no address"}, false}, {{"no address", "127.0.0.1"}, true}};
  for (const auto& [literals, reached] : rows) {
    imposter venue("DNS:" + std::string(host));
    venue.when("GET /fapi/v1/time", {server_time()});
    exchange::extras more;
    more.look_up = [literals = literals](const std::string& asked) {
      return asked == host ? literals : std::vector<std::string>{};
    };
    const auto client = client_for(venue, by_name(venue), std::move(more));
    const auto read = clock_within(*client, 2'000);
    CHECK(read.has_value() == reached);
    if (!reached)
      CHECK(read.error().kind == failure_kind::unreachable);
  }
}

TEST_CASE("a resolver that throws is a name that was not found") {
  const imposter venue("DNS:" + std::string(host));
  exchange::extras more;
  more.look_up = [](const std::string&) -> std::vector<std::string> {
    throw std::runtime_error("no resolver");
  };
  const auto client = client_for(venue, by_name(venue), std::move(more));
  CHECK(clock_within(*client, 2'000).error().kind == failure_kind::unreachable);
}

TEST_CASE("the system's resolver is the one that is asked when none is given") {
  imposter venue("DNS:localhost");
  venue.when("GET /fapi/v1/time", {server_time()});
  auto chosen = settings_for(venue);
  chosen.rest_url = "https://localhost:" + std::to_string(venue.port());
  const auto client = client_for(venue, chosen);
  CHECK(clock_within(*client, 5'000).has_value());
}

TEST_CASE("an address where TLS fails leaves the next dial, and those after it, to another one") {
  for (const bool hangs : {false, true}) {
    INFO("the first address hangs: " << hangs);
    imposter venue("DNS:" + std::string(host));
    imposter bad("DNS:" + std::string(host), tls_flaw::expired, {"127.0.0.2", venue.port()});
    bad.hang_at_handshakes(hangs);
    // Each read dials anew.
    venue.when("GET /fapi/v1/time", {[](imposter_connection& c, const seen_request&) {
                 c.reply(200, R"({"serverTime":)" + std::to_string(wall_ms()) + "}",
                         "Connection: close\r\n");
               }});
    const auto lookups = std::make_shared<std::atomic<int>>(0);
    exchange::extras more;
    more.look_up = [lookups](const std::string&) {
      ++*lookups;
      return std::vector<std::string>{"127.0.0.2", "127.0.0.1"};
    };
    auto chosen = by_name(venue);
    chosen.connect_timeout = milliseconds(2'000);
    const auto client = client_for(venue, chosen, std::move(more));
    const auto first = clock_within(*client, 5'000);
    REQUIRE_FALSE(first.has_value());
    CHECK(first.error().text.find("TLS with " + std::string(host)) != std::string::npos);
    // The client's own look at the clock may have met it at the same time.
    const auto taught = bad.connections();
    CHECK(taught <= 2);
    CHECK(clock_within(*client, 5'000).has_value());
    // The name was asked for anew, and said the same.
    wait_until([&] { return *lookups >= 2; });
    for (int i = 0; i < 3; ++i)
      CHECK(clock_within(*client, 5'000).has_value());
    CHECK(bad.connections() == taught);
    CHECK(venue.connections() >= 4);
  }
}

TEST_CASE("the only address of a name is dialled again after TLS failed there") {
  imposter venue("DNS:" + std::string(host));
  venue.when("GET /fapi/v1/time", {server_time()});
  venue.reset_connections(2);
  exchange::extras more;
  more.look_up = [](const std::string&) { return std::vector<std::string>{"127.0.0.1"}; };
  const auto client = client_for(venue, by_name(venue), std::move(more));
  // The client's own look at the clock meets none of them, one or both.
  wait_until([&] { return clock_within(*client, 5'000).has_value(); });
  CHECK(venue.connections() >= 3);
}
