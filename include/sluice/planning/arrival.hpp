// When something of a producer came, by each clock that its own times may be held against.
#pragma once

#include "sluice/domain/time.hpp"

namespace sluice {

/// A producer may share our wall clock or have the right time, and ours may be wrong. Times that it
/// wrote are held against both: an entry has to be in time by both, an exit by one of them.
struct arrival {
  stamp at{};
  wall_time by_exchange{};  ///< `at.wall` while the exchange's clock is not known.
};

/// How long ago it was, by the clock that says less and by the one that says more; negative for
/// what lies in the future.
struct ages {
  milliseconds youngest{0};
  milliseconds oldest{0};
};
[[nodiscard]] constexpr ages ages_of(wall_time written, const arrival& received) {
  const milliseconds ours{received.at.wall.ms - written.ms};
  const milliseconds exchange{received.by_exchange.ms - written.ms};
  return ours < exchange ? ages{ours, exchange} : ages{exchange, ours};
}

}  // namespace sluice
