// A client aimed at an imposter, and answers that can be waited for and counted.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "imposter.hpp"
#include "sluice/exchange/client.hpp"
#include "support/catch.hpp"

namespace sluice::test {

/// Everything a callback was called with. Shared with the callback, so it may outlive the test's
/// scope.
template <class T>
class answers {
 public:
  /// A callback that adds to these answers.
  std::function<void(T)> taker() {
    return [state = state_](T value) {
      const std::lock_guard lock(state->mutex);
      state->values.push_back(std::move(value));
      state->changed.notify_all();
    };
  }
  /// Waits (at most 10 s) until there are n, and fails the test when there are not.
  std::vector<T> wait_for(std::size_t n) {
    std::unique_lock lock(state_->mutex);
    const bool came = state_->changed.wait_for(lock, std::chrono::seconds(10),
                                               [&] { return state_->values.size() >= n; });
    REQUIRE(came);
    return state_->values;
  }
  T wait() { return wait_for(1).front(); }
  std::size_t count() {
    const std::lock_guard lock(state_->mutex);
    return state_->values.size();
  }

 private:
  struct shared {
    std::mutex mutex{};
    std::condition_variable changed{};
    std::vector<T> values{};
  };
  std::shared_ptr<shared> state_{std::make_shared<shared>()};
};

/// Waits (at most 10 s) until it holds, and fails the test when it does not.
template <class Condition>
void wait_until(Condition holds) {
  const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!holds()) {
    REQUIRE(std::chrono::steady_clock::now() < limit);
    std::this_thread::yield();
  }
}

inline constexpr const char* test_key = "key-of-the-tests";
inline constexpr const char* test_secret = "secret-of-the-tests";

inline exchange::settings settings_for(const imposter& venue) {
  exchange::settings chosen;
  chosen.rest_url = venue.rest_url();
  chosen.stream_url = venue.stream_url();
  chosen.reconnect_min = milliseconds(10);
  chosen.reconnect_max = milliseconds(50);
  return chosen;
}

inline exchange::credentials test_credentials() {
  return {exchange::secret(std::string(test_key)), exchange::secret(std::string(test_secret))};
}

inline std::unique_ptr<exchange_port> client_for(const imposter& venue, exchange::settings chosen,
                                                 exchange::extras more = {}) {
  if (more.ca_pem.empty())
    more.ca_pem = venue.ca_pem();
  auto made = exchange::make_client(chosen, test_credentials(), std::move(more));
  REQUIRE(made.has_value());
  return std::move(*made);
}

inline std::unique_ptr<exchange_port> client_for(const imposter& venue) {
  return client_for(venue, settings_for(venue));
}

inline std::int64_t wall_ms() {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<milliseconds>(since).count();
}

/// A venue whose clock is ahead of ours by so much.
inline act server_time(std::int64_t ahead_ms = 0) {
  return [ahead_ms](imposter_connection& c, const seen_request&) {
    c.reply(200, R"({"serverTime":)" + std::to_string(wall_ms() + ahead_ms) + "}");
  };
}

/// Never answers; the connection stays until the client or the imposter ends it.
inline act stay_silent() {
  return [](imposter_connection&, const seen_request&) {};
}
inline act reset_after_request() {
  return [](imposter_connection& c, const seen_request&) { c.reset(); };
}
inline act hang_up_after_request() {
  return [](imposter_connection& c, const seen_request&) { c.hang_up(); };
}

inline read_options within(std::int64_t ms, read_class traffic = read_class::routine) {
  return {traffic, milliseconds(ms)};
}

}  // namespace sluice::test
