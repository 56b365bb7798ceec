// The simulated venue on a loopback port, the real client aimed at it, and calls that wait for
// their answer.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "client_under_test.hpp"
#include "sluice/simulator/server.hpp"

namespace sluice::test {

/// Small and prompt, with marks that move only when a test moves them.
[[nodiscard]] simulator::settings still_venue();

class venue_under_test {
 public:
  explicit venue_under_test(simulator::settings chosen = still_venue());

  [[nodiscard]] simulator::server& server() const { return *server_; }
  /// Adds one object of the fault script.
  void fault(const std::string& json) const;
  /// What an operator does over the control interface, e.g. ("settle", R"({"symbol":"X"})").
  void act(const std::string& verb, const std::string& body) const;
  /// Sets a mark that stays until set again.
  void hold_mark(const symbol& on, const std::string& at) const;

  /// How often a request was answered or acted on, faults included.
  [[nodiscard]] std::size_t seen(const std::string& method, const std::string& path) const;
  /// What the venue's books say is held of a symbol.
  [[nodiscard]] quantity held(const symbol& on, position_side leg = position_side::both) const;
  /// The main account's orders of this client id, in the venue's books.
  [[nodiscard]] std::vector<simulator::ledger_order> orders(const client_order_id& id) const;

  [[nodiscard]] exchange::settings settings() const;
  [[nodiscard]] std::unique_ptr<exchange_port> client(exchange::settings chosen,
                                                      exchange::extras more = {}) const;
  [[nodiscard]] std::unique_ptr<exchange_port> client() const { return client(settings()); }

 private:
  std::unique_ptr<simulator::server> server_;
};

/// Calls something of a port that takes a callback last, and waits for what it is given.
template <class T, class Call>
T ask(Call call) {
  answers<T> got;
  call(got.taker());
  return got.wait();
}

inline constexpr milliseconds patience{5'000};

/// Waits until the venue's window of 10 s, and so its minute, lasts for another second at least.
inline void wait_for_room_in_window() {
  wait_until([] { return wall_ms() % 10'000 < 9'000; });
}

/// Waits until an order counts as wanted after the standstill that was found last, if any was.
inline void outlive_standstill(const exchange_port& port) {
  wait_until([&] {
    const auto clock = port.clock();
    return !clock || !clock->stood_still ||
           std::chrono::steady_clock::now() > *clock->stood_still + milliseconds{100};
  });
}

inline order_outcome place(exchange_port& port, const order_request& wanted,
                           milliseconds timeout = patience) {
  return ask<order_outcome>([&](auto done) { port.place_order(wanted, timeout, done); });
}
inline order_outcome cancel(exchange_port& port, const symbol& on, const client_order_id& id) {
  return ask<order_outcome>([&](auto done) { port.cancel_order(on, id, patience, done); });
}
inline conditional_outcome place(exchange_port& port, const conditional_request& wanted) {
  return ask<conditional_outcome>(
      [&](auto done) { port.place_conditional(wanted, patience, done); });
}
inline read_result<order_report> query(exchange_port& port, const symbol& on,
                                       const client_order_id& id) {
  return ask<read_result<order_report>>(
      [&](auto done) { port.read_order(on, id, within(5'000), done); });
}
inline read_result<conditional_report> query_conditional(exchange_port& port,
                                                         const client_order_id& id) {
  return ask<read_result<conditional_report>>(
      [&](auto done) { port.read_conditional(id, within(5'000), done); });
}
inline read_result<snapshot> positions(exchange_port& port, std::int64_t ms = 5'000) {
  return ask<read_result<snapshot>>([&](auto done) { port.read_account(within(ms), done); });
}
inline read_result<clock_offset> clock_of(exchange_port& port, std::int64_t ms = 5'000) {
  return ask<read_result<clock_offset>>([&](auto done) { port.read_clock(within(ms), done); });
}

/// The outcome as the alternative it must be; fails the test otherwise and says what it was.
template <class T, class Outcome>
T must(const Outcome& outcome) {
  if (const auto* refused = std::get_if<order_refused>(&outcome))
    UNSCOPED_INFO("refused: " << refused->http_status << ' ' << refused->code << ' '
                              << refused->text);
  if (const auto* uncertain = std::get_if<order_uncertain>(&outcome))
    UNSCOPED_INFO("uncertain: " << uncertain->text);
  REQUIRE(std::holds_alternative<T>(outcome));
  return std::get<T>(outcome);
}
/// The value of a read; fails the test otherwise and says why there is none.
template <class T>
T must(const read_result<T>& read) {
  if (!read)
    UNSCOPED_INFO("failed: " << to_string(read.error().kind) << ' ' << read.error().code << ' '
                             << read.error().text);
  REQUIRE(read.has_value());
  return *read;
}

/// Orders as the tests want them: of ETHUSDT, opening unless said otherwise.
inline const symbol eth("ETHUSDT");
[[nodiscard]] order_request market_order(const std::string& id, side direction,
                                         const std::string& amount);
[[nodiscard]] order_request limit_order(const std::string& id, side direction,
                                        const std::string& amount, const std::string& at,
                                        time_in_force lasts = time_in_force::gtc);
[[nodiscard]] order_request reducing(order_request wanted);

/// Everything a user stream has told so far. Shared with the callback, as answers are.
class event_log {
 public:
  auto taker() {
    return [state = state_](std::vector<user_event> batch) {
      const std::lock_guard lock(state->mutex);
      state->events.insert(state->events.end(), batch.begin(), batch.end());
    };
  }
  [[nodiscard]] std::vector<user_event> all() const {
    const std::lock_guard lock(state_->mutex);
    return state_->events;
  }
  /// Bodies of this kind that hold, in the order they came.
  template <class T, class Holds>
  [[nodiscard]] std::vector<T> those(Holds holds) const {
    const std::lock_guard lock(state_->mutex);
    std::vector<T> found;
    for (const auto& event : state_->events)
      if (const auto* body = std::get_if<T>(&event.body); body != nullptr && holds(*body))
        found.push_back(*body);
    return found;
  }
  template <class T>
  [[nodiscard]] std::vector<T> those() const {
    return those<T>([](const T&) { return true; });
  }
  /// Waits for n of them.
  template <class T, class Holds>
  std::vector<T> wait(std::size_t n, Holds holds) const {
    wait_until([&] { return those<T>(holds).size() >= n; });
    return those<T>(holds);
  }
  template <class T>
  std::vector<T> wait(std::size_t n = 1) const {
    return wait<T>(n, [](const T&) { return true; });
  }

 private:
  struct shared {
    std::mutex mutex{};
    std::vector<user_event> events{};
  };
  std::shared_ptr<shared> state_{std::make_shared<shared>()};
};

}  // namespace sluice::test
