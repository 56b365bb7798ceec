// Every choice of a simulated run comes from here, so that its seed says all of it.
#pragma once

#include <cstdint>
#include <random>
#include <span>

#include "sluice/domain/time.hpp"

namespace sluice::simulation {

/// The same numbers on every machine: the standard's distributions are not the same everywhere.
class draws {
 public:
  explicit draws(std::uint64_t seed) : random_(seed) {}

  /// Evenly from low to high, both included; the bias of the remainder is far below what matters.
  [[nodiscard]] std::int64_t between(std::int64_t low, std::int64_t high) {
    const auto span = static_cast<std::uint64_t>(high - low) + 1;
    return low + static_cast<std::int64_t>(random_() % span);
  }
  [[nodiscard]] milliseconds time(milliseconds low, milliseconds high) {
    return milliseconds{between(low.count(), high.count())};
  }
  [[nodiscard]] bool chance(std::int64_t percent) { return between(1, 100) <= percent; }
  template <class Range>
  [[nodiscard]] auto& one_of(Range& all) {
    return all[static_cast<std::size_t>(between(0, static_cast<std::int64_t>(std::size(all)) - 1))];
  }
  [[nodiscard]] std::uint64_t raw() { return random_(); }

 private:
  std::mt19937_64 random_;
};

}  // namespace sluice::simulation
