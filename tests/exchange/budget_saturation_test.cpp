// Ten simulated minutes of everybody asking as fast as possible, against a model of the venue's own
// counting.
#include <deque>
#include <random>

#include "sluice/exchange/request_budget.hpp"
#include "support/catch.hpp"

using namespace sluice;
using namespace sluice::exchange;

namespace {

/// Counts in fixed minutes of its own clock, when a request arrives.
class venue_counter {
 public:
  explicit venue_counter(std::int64_t ahead_ms) : ahead_ms_(ahead_ms) {}
  std::int64_t count(std::int64_t at_ms, int weight) {
    const auto minute = (at_ms + ahead_ms_) / 60'000;
    if (minute != minute_) {
      minute_ = minute;
      used_ = 0;
    }
    used_ += weight;
    worst_ = std::max(worst_, used_);
    return used_;
  }
  [[nodiscard]] std::int64_t worst() const { return worst_; }

 private:
  std::int64_t ahead_ms_;
  std::int64_t minute_{-1};
  std::int64_t used_{0};
  std::int64_t worst_{0};
};

struct flight {
  std::int64_t arrives{0};
  std::int64_t answered{0};
  budget_ticket ticket{};
  std::optional<std::int64_t> counted{};
};

struct outcome {
  std::int64_t worst{0};
  int exits_refused{0};
  int exits_granted{0};
  std::int64_t granted{0};
};

/// All the time, or in bursts around the turn of the minute, where two windows could be filled by
/// requests that the venue counts in one.
enum class rush { always, at_the_turn };

/// How many times everybody asks at this moment.
int asks_at(std::int64_t ms, rush when) {
  const auto into = ms % 60'000;
  if (when == rush::always)
    return 1;
  return into < 400 || into >= 59'600 ? 20 : 0;
}

outcome saturate(std::int64_t ahead_ms, std::uint32_t seed, rush when) {
  std::mt19937 random(seed);
  request_budget budget(2'400, weight_shares{});
  venue_counter venue(ahead_ms);
  std::deque<flight> flights;
  outcome seen;
  const auto at = [](std::int64_t ms) { return moment{instant(milliseconds(ms)), venue_time{ms}}; };
  constexpr std::int64_t start = 1'790'000'040'000;
  for (std::int64_t ms = start; ms < start + 600'000; ms += 5) {
    for (auto& one : flights)
      if (!one.counted && one.arrives <= ms)
        one.counted = venue.count(one.arrives, one.ticket.weight);
    std::erase_if(flights, [&](const flight& one) {
      if (one.answered > ms)
        return false;
      budget.settle(one.ticket, {one.counted, {}, {}}, at(ms));
      return true;
    });
    const auto ask = [&](read_class traffic, int weight) {
      const auto answer = budget.reserve_read(traffic, weight, at(ms));
      if (!std::holds_alternative<budget_ticket>(answer))
        return false;
      const std::int64_t arrives = ms + 5 + static_cast<std::int64_t>(random() % 100);
      flights.push_back({arrives,
                         arrives + 5 + static_cast<std::int64_t>(random() % 100),
                         std::get<budget_ticket>(answer),
                         {}});
      seen.granted += weight;
      return true;
    };
    for (int i = 0; i < asks_at(ms, when); ++i)
      for (const auto traffic :
           {read_class::routine, read_class::verification, read_class::entry_demand})
        ask(traffic, random() % 20 == 0 ? 40 : 5);
    if (when == rush::at_the_turn && asks_at(ms, when) > 0)
      ask(read_class::exit_demand, 40);
    else if ((ms - start) % 600 == 0)  // 100 exits a minute, 500 of the 600 that are theirs alone.
      ++(ask(read_class::exit_demand, 5) ? seen.exits_granted : seen.exits_refused);
  }
  seen.worst = venue.worst();
  return seen;
}

}  // namespace

TEST_CASE("in ten minutes at saturation the venue never counts above 80 percent") {
  for (const std::int64_t ahead_ms : {-200, -20, 0, 20, 200}) {
    INFO(ahead_ms);
    const auto seen = saturate(ahead_ms, 7, rush::always);
    CHECK(seen.worst <= 1'920);
    CHECK(seen.granted > 10 * 1'200);
  }
}

TEST_CASE("bursts at the turn of ten minutes do not add up at a venue whose clock differs") {
  for (const std::int64_t ahead_ms : {-200, -20, 0, 20, 200}) {
    INFO(ahead_ms);
    const auto seen = saturate(ahead_ms, 13, rush::at_the_turn);
    CHECK(seen.worst <= 1'920);
    CHECK(seen.granted > 10 * 1'500);
  }
}

TEST_CASE("in ten minutes at saturation no exit waits for budget") {
  for (const std::int64_t ahead_ms : {-200, 0, 200}) {
    INFO(ahead_ms);
    const auto seen = saturate(ahead_ms, 11, rush::always);
    CHECK(seen.exits_refused == 0);
    CHECK(seen.exits_granted == 1'000);
  }
}
