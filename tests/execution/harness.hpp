// Drives one order machine by hand: a clock, the last actions, and words to look into them.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/execution/client_id.hpp"
#include "sluice/execution/order_machine.hpp"

namespace sluice::testing {

inline instant at_ms(std::int64_t ms) {
  return instant{} + milliseconds{ms};
}

inline order_task a_task() {
  order_task t;
  t.plan = plan_id{"plan-1"};
  t.request.id = make_client_order_id("demo", t.plan, 1);
  t.request.instrument = symbol{"BTCUSDT"};
  t.request.direction = side::sell;
  t.request.amount = quantity::whole(2);
  t.truth_version = 9;
  t.expires = at_ms(2'000);
  return t;
}

inline order_report a_report(order_status status, std::int64_t executed) {
  order_report r;
  r.client_id = a_task().request.id;
  r.id = 4'242;
  r.instrument = symbol{"BTCUSDT"};
  r.direction = side::sell;
  r.status = status;
  r.status_text = to_string(status);
  r.original = quantity::whole(2);
  r.executed = quantity::whole(executed);
  r.updated_at = venue_time{1'000'500};
  return r;
}

inline fill a_trade(trade_id id, std::int64_t amount) {
  fill f;
  f.instrument = symbol{"BTCUSDT"};
  f.id = id;
  f.order = 4'242;
  f.client_id = a_task().request.id;
  f.direction = side::sell;
  f.amount = quantity::whole(amount);
  f.at = price::whole(100);
  f.traded_at = venue_time{1'000'400 + id};
  return f;
}

inline order_refused a_refusal(int code, bool retryable) {
  order_refused r;
  r.http_status = retryable ? 503 : 400;
  r.code = code;
  r.text = "no";
  r.retryable = retryable;
  return r;
}

inline read_failure order_not_found() {
  read_failure f;
  f.kind = failure_kind::not_found;
  f.code = -2013;
  return f;
}

class driver {
 public:
  explicit driver(order_task task = a_task()) : machine(std::move(task), executor_settings{}) {}

  void start() {
    take(machine.on_intent_durable({now(), version, permitted, truth_as_of, stood_still}));
  }
  void restart(const order_memory& m) { take(machine.on_restart(m, now())); }
  void outcome(const order_outcome& o) { take(machine.on_outcome(o, now())); }
  void report(const order_report& r) { take(machine.on_report(r, now())); }
  void trade(const fill& f) { take(machine.on_fill(f, now())); }
  void answer(const read_result<order_report>& r) { take(machine.on_query(r, now())); }
  void fills(const read_result<std::vector<fill>>& r) { take(machine.on_fills_read(r, now())); }
  void absence(const absence_evidence& e) { take(machine.on_absence_checked(e, now())); }
  void timer() { take(machine.on_timer({now(), version, permitted, truth_as_of, stood_still})); }

  /// Moves the clock and fires the machine's timer wherever it asked for it on the way.
  void run_to(std::int64_t until_ms) {
    actions.clear();
    auto wait = armed;
    while (wait && *wait <= at_ms(until_ms)) {
      ms = std::max(ms, between(instant{}, *wait).count());
      armed.reset();
      auto seen = std::move(actions);
      timer();
      seen.insert(seen.end(), actions.begin(), actions.end());
      actions = std::move(seen);
      wait = armed;
    }
    ms = until_ms;
  }

  template <class T>
  [[nodiscard]] std::optional<T> did() const {
    std::optional<T> found;
    for (const auto& a : actions)
      if (const auto* t = std::get_if<T>(&a))
        found = *t;
    return found;
  }
  template <class T>
  [[nodiscard]] int times() const {
    int n = 0;
    for (const auto& a : actions)
      n += std::holds_alternative<T>(a) ? 1 : 0;
    return n;
  }
  [[nodiscard]] instant now() const { return at_ms(ms); }

  order_machine machine;
  std::int64_t ms{0};
  std::uint64_t version{9};
  bool permitted{true};
  instant truth_as_of{instant::max()};
  std::optional<instant> stood_still{};
  order_actions actions{};  ///< Of the last input, or of all timers of the last run_to.
  std::optional<instant> armed{};

 private:
  void take(order_actions a) {
    for (const auto& one : a)
      if (const auto* t = std::get_if<set_timer>(&one))
        armed = t->at;
    actions = std::move(a);
  }
};

}  // namespace sluice::testing
