// An exit of a whole long position of BTCUSDT whose first order has been placed.
#pragma once

#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/pipeline_fixture.hpp"

namespace sluice::testing {

inline const auto at_50k = price::whole(50'000);

inline quantity q(const std::string& text) {
  return quantity::parse(text).value();
}

inline std::vector<position_row> holding(const std::string& amount) {
  return {a_row("BTCUSDT", amount, "50000")};
}

/// A long position of BTCUSDT and one exit of all of it, whose first order has been placed.
struct exit_under_way {
  explicit exit_under_way(pipeline_world& w, const std::string& amount = "0.5")
      : world(w), run(w), venue(*w.exchange) {
    run.make_ready(holding(amount));
    run.offer({run.a_reduce("x", "BTCUSDT")});
    REQUIRE(venue.placed.size() == 1);
  }
  void live(milliseconds span, const std::string& amount) {
    const milliseconds step{20};
    for (milliseconds passed{0}; passed < span; passed += step) {
      run.pass(step);
      for (int i = 0; i < 5; ++i) {
        const bool account =
            run.answer_read({}, amount == "0" ? std::vector<position_row>{} : holding(amount));
        const bool one = run.answer_read(
            symbol("BTCUSDT"), amount == "0" ? std::vector<position_row>{} : holding(amount));
        if (!account && !one)
          break;
      }
    }
  }

  pipeline_world& world;
  pipeline_run run;
  fake_exchange& venue;
};

}  // namespace sluice::testing
