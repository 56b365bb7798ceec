// How far the wall clock was set back between moments of which both clocks are on record.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "sluice/domain/time.hpp"

namespace sluice::journal {

/// From one moment to a later one of this or another process: at least this much, for what passed
/// while the machine was off or slept is not seen. Zero for less than a tenth of a second, which is
/// no step but rounding, and for more than a day: no clock is that wrong, but the steady clocks of
/// two machines may differ by anything.
[[nodiscard]] inline milliseconds set_back_between(const stamp& before, const stamp& after) {
  constexpr milliseconds step_min{100};
  constexpr milliseconds step_max = std::chrono::hours{24};
  const auto passed = std::chrono::duration_cast<milliseconds>(
      std::max(after.steady - before.steady, duration{0}));  // A machine counts from its start.
  const auto back = passed - milliseconds{after.wall.ms - before.wall.ms};
  return back < step_min || back > step_max ? milliseconds{0} : back;
}

/// The steps that records show which follow each other.
class clock_steps {
 public:
  void next(std::int64_t seq, const stamp& at) {
    if (last_)
      if (const auto back = set_back_between(*last_, at); back.count() > 0)
        steps_.emplace_back(seq, back);
    last_ = at;
  }
  /// Of all steps behind this record.
  [[nodiscard]] milliseconds set_back_since(std::int64_t seq) const {
    milliseconds sum{0};
    for (const auto& [at, back] : steps_)
      if (at > seq)
        sum += back;
    return sum;
  }

 private:
  std::optional<stamp> last_{};
  std::vector<std::pair<std::int64_t, milliseconds>> steps_{};  ///< By the first record behind it.
};

}  // namespace sluice::journal
