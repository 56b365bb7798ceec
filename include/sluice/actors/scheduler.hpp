// How the actor system runs in the product and in its benchmarks: few threads that stay awake a
// while.
#pragma once

#include <caf/all.hpp>
#include <cstddef>

namespace sluice::actors {

/// Two workers are enough for handlers of microseconds. With CAF's default of 100 polls a worker
/// goes to sleep between two plans and the next one waits for its wake-up: measured with
/// bench/gate, the 99th percentile falls from about 140 to 13 microseconds with 10,000. Then it
/// sleeps until it is woken: CAF's second stage, 500 naps of 50 microseconds in which nobody can
/// wake it, cost six times as much as all the rest (bench/freshness) and brought nothing.
inline void configure_scheduler(caf::actor_system_config& config) {
  config.set("scheduler.max-threads", std::size_t{2});
  config.set("work-stealing.aggressive-poll-attempts", std::size_t{10'000});
  config.set("work-stealing.moderate-poll-attempts", std::size_t{0});
}

}  // namespace sluice::actors
