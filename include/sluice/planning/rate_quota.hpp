// How many plans a second somebody may send: a bucket that fills by time, without a clock of its
// own.
#pragma once

#include <cstddef>
#include <cstdint>

#include "sluice/domain/time.hpp"

namespace sluice {

/// `per_second` plans in the long run, `burst` at once after a pause. A request of more than
/// `burst` is admitted by a full bucket, which then owes the rest.
class rate_quota {
 public:
  /// `per_second` > 0; a burst of 0 is one second's worth.
  rate_quota(std::size_t per_second, std::size_t burst);

  [[nodiscard]] bool admits(std::size_t plans, instant now);
  void take(std::size_t plans, instant now);
  /// From `now` until `plans` are admitted; 0 when they are.
  [[nodiscard]] milliseconds wait_for(std::size_t plans, instant now);

 private:
  void fill(instant now);
  [[nodiscard]] std::int64_t needed(std::size_t plans) const;

  // In billionths of a plan, so that a nanosecond at one plan a second is one.
  std::int64_t per_nanosecond_{1};
  std::int64_t full_{0};
  std::int64_t level_{0};
  instant filled_at_{};
};

}  // namespace sluice
