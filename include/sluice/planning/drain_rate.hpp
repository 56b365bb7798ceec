// How fast a queue gets shorter, so that whoever is turned away hears when to come again.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "sluice/domain/time.hpp"

namespace sluice {

/// Counts what left a queue in each of the last seconds.
class drain_rate {
 public:
  /// What is told while nothing leaves.
  static constexpr std::chrono::seconds longest{30};

  void left(instant now);
  /// Whole seconds, from 1 to `longest`, until `places` more are free at the speed of late.
  [[nodiscard]] std::chrono::seconds until_free(std::size_t places, instant now) const;

 private:
  static constexpr std::int64_t seconds_kept = 4;
  struct second {
    std::int64_t number{-1};
    std::size_t left{0};
  };
  std::array<second, seconds_kept> seconds_{};
};

}  // namespace sluice
