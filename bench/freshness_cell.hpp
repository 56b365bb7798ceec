// One case of bench/freshness: how many symbols, how slow and lossy the venue, what was promised.
#pragma once

#include <cstdint>
#include <string>

#include "sluice/domain/time.hpp"
#include "sluice/truth/freshness.hpp"

namespace sluice::bench {

/// How long the venue takes: always `base`, up to `jitter` more, and with these chances longer.
struct latency_shape {
  std::string name{};
  milliseconds base{300};
  milliseconds jitter{0};
  int slow_percent{0};  ///< Of the requests take up to `slow` more.
  milliseconds slow{0};
  int stuck_percent{0};  ///< Take from `stuck` to twice that more.
  milliseconds stuck{0};
  milliseconds assumed{0};  ///< What the settings say of it: a high quantile, ours included.
};

inline latency_shape steady_latency(milliseconds base) {
  return {std::to_string(base.count()), base, {}, 0, {}, 0, {}, base + milliseconds{20}};
}
/// Half are answered within 100 ms, one of fifty takes half a second and more, one of a hundred
/// seconds.
inline latency_shape heavy_tail() {
  latency_shape l = steady_latency(milliseconds{50});
  l.name = "heavy";
  l.jitter = milliseconds{100};
  l.slow_percent = 5;
  l.slow = milliseconds{600};
  l.stuck_percent = 1;
  l.stuck = milliseconds{1'500};
  l.assumed = milliseconds{750};
  return l;
}

struct cell {
  std::size_t symbols{566};
  latency_shape latency{};
  milliseconds bound{};
  int lost_percent{0};  ///< Of the polls are never answered.
  freshness_strategy strategy{freshness_strategy::adaptive};
};

/// Polls every half second, 600 weight a minute, or as often as the latency allows: 2 polls and
/// one latency are the promise.
inline cell cell_of(std::size_t symbols, const latency_shape& latency, int lost_percent) {
  const auto period = std::max(milliseconds{500}, latency.assumed + milliseconds{30});
  return {symbols, latency, 2 * period + latency.assumed, lost_percent,
          freshness_strategy::adaptive};
}

/// Hours of it in virtual time: the real snapshot manager on the test scheduler, against a venue of
/// drawn latencies. Prints one line.
void run_virtual(const cell& c, std::chrono::minutes span);

}  // namespace sluice::bench
