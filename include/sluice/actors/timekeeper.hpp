// Puts a wall time beside an instant; the only place where the actors meet a wall clock.
#pragma once

#include <functional>

#include "sluice/domain/time.hpp"

namespace sluice::actors {

/// Instants come from the actor system's clock, which tests replace; wall times from here.
class timekeeper {
 public:
  using wall_reader = std::function<wall_time(instant)>;

  /// The system's wall clock, read at the time of the call.
  timekeeper();
  /// For tests: a function from our steady clock.
  explicit timekeeper(wall_reader reader) : reader_(std::move(reader)) {}

  [[nodiscard]] stamp at(instant now) const { return {now, reader_(now)}; }

 private:
  wall_reader reader_;
};

}  // namespace sluice::actors
