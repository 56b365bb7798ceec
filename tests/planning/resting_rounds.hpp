// Rounds over resting orders, where time passes and truths come when the test says so.
#pragma once

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>
#include <vector>

#include "sluice/planning/resting_orders.hpp"
#include "support/catch.hpp"

namespace sluice::resting_rounds {

using namespace std::chrono_literals;

inline const instant start{1h};
inline const symbol btc{"BTCUSDT"};
inline const symbol eth{"ETHUSDT"};

inline order_report a_limit(const symbol& on) {
  order_report r;
  r.instrument = on;
  r.client_id = client_order_id{"web_1"};
  return r;
}

inline conditional_report a_stop(const symbol& on, bool closes, const char* id = "stop_1") {
  conditional_report r;
  r.instrument = on;
  r.client_id = client_order_id{id};
  r.direction = side::sell;
  r.close_position = closes;
  return r;
}

struct rounds {
  resting_orders orders{2s};
  instant now{start};
  bool may_send{true};
  std::vector<symbol> open{btc};
  std::optional<instant> all_flat_since{};
  std::optional<instant> flat_as_of{};  ///< By default a truth of right now.
  std::optional<symbol> late{};         ///< Its truth is from the start.

  resting_actions step() {
    resting_actions out;
    orders.step({now, may_send, all_flat_since,
                 [this](const symbol& s) -> std::optional<instant> {
                   if (std::ranges::find(open, s) != open.end())
                     return std::nullopt;
                   return s == late ? start : flat_as_of.value_or(now + 1ns);
                 }},
                out);
    return out;
  }
  /// With a second truth where one is not enough.
  resting_actions step_with_truths() {
    auto out = step();
    if (out.read || !out.cancels.empty())
      return out;
    now += 1s;
    return step();
  }
  /// The next look, with nothing cancelled before it.
  void until_read() {
    for (int i = 0; i < 200; ++i) {
      const auto acted = step();
      REQUIRE(acted.cancels.empty());
      if (acted.read)
        return;
      now += 500ms;
    }
    FAIL("no look at the orders");
  }
  void all_flat() {
    open.clear();
    all_flat_since = now;
  }
  void answer(std::vector<order_report> regular, std::vector<conditional_report> conditional = {}) {
    orders.read_answered({now, std::move(regular), std::move(conditional), {}}, now);
  }
};

}  // namespace sluice::resting_rounds
