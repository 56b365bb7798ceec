// What a read and an order carry along while they are under way.
#pragma once

#include <chrono>
#include <utility>

#include "session.hpp"

namespace sluice::exchange {

struct session::read_job {
  read_call call{};
  read_done done{};
  clock_point deadline{};
  bool cured{false};  ///< The clock was measured again for it once.
};

struct session::order_job {
  query parameters{};
  order_request wanted{};
  order_done_fn done{};
  clock_point deadline{};
  bool cured{false};
};

[[nodiscard]] inline milliseconds remaining(std::chrono::steady_clock::time_point deadline) {
  return std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now());
}

}  // namespace sluice::exchange
