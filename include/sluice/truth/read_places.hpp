// How the places for reads are divided, so that those a plan waits for always find one free.
#pragma once

#include <algorithm>
#include <cstddef>

namespace sluice {

/// Places that only demands may take: a quarter, at least one, at most 16; none of a single place.
[[nodiscard]] constexpr std::size_t demand_reserve_of(std::size_t concurrency) {
  return concurrency < 2 ? 0 : std::clamp<std::size_t>(concurrency / 4, 1, 16);
}

/// Of these, places that only exits may take: half of them, at least one.
[[nodiscard]] constexpr std::size_t exit_reserve_of(std::size_t concurrency) {
  return concurrency < 2 ? 0 : std::max<std::size_t>(demand_reserve_of(concurrency) / 2, 1);
}

/// Places that routine reads may take.
[[nodiscard]] constexpr std::size_t routine_places_of(std::size_t concurrency) {
  return concurrency - demand_reserve_of(concurrency);
}

}  // namespace sluice
