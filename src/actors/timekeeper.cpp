// The real wall clock.
#include "sluice/actors/timekeeper.hpp"

#include <chrono>

namespace sluice::actors {

timekeeper::timekeeper()
    : reader_([](instant) {
        const auto since = std::chrono::system_clock::now().time_since_epoch();
        return wall_time{std::chrono::duration_cast<milliseconds>(since).count()};
      }) {}

}  // namespace sluice::actors
