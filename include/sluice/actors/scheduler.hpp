// How the actor system runs in the product and in its benchmarks: few threads that stay awake a
// while.
#pragma once

#include <caf/all.hpp>
#include <cstddef>

namespace sluice::actors {

/// Two workers are enough for handlers of microseconds. With CAF's default of 100 polls a worker
/// goes to sleep between two plans and the next one waits for its wake-up: measured with
/// bench/gate, the 99th percentile falls from about 140 to 13 microseconds with 10,000.
inline void configure_scheduler(caf::actor_system_config& config) {
  config.set("scheduler.max-threads", std::size_t{2});
  config.set("work-stealing.aggressive-poll-attempts", std::size_t{10'000});
}

}  // namespace sluice::actors
