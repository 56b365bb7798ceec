// How long to wait before the next attempt: doubling, bounded, spread by jitter.
#pragma once

#include <algorithm>
#include <cstdint>

#include "sluice/domain/time.hpp"

namespace sluice::exchange {

/// Pure; randomness comes in as a value.
class backoff {
 public:
  backoff(milliseconds min, milliseconds max) : min_(min), max_(max), next_(min) {}

  /// The next wait: between half and all of the present step, by `random`; then the step doubles.
  [[nodiscard]] milliseconds next(std::uint32_t random) {
    const auto half = next_ / 2;
    const auto spread = next_ - half;
    const auto wait = half + spread * (random % 1'024) / 1'023;
    next_ = std::min(max_, next_ * 2);
    return wait;
  }
  void reset() { next_ = min_; }

 private:
  milliseconds min_{};
  milliseconds max_{};
  milliseconds next_{};
};

}  // namespace sluice::exchange
