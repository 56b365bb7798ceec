// How long an answer is waited for: an exchange that takes its time must not leave doubts for ever.
#pragma once

#include <algorithm>
#include <optional>

#include "sluice/domain/exchange_port.hpp"

namespace sluice::actors {

/// Pure. Short as long as questions are answered, since what is lost is asked again that much
/// sooner; each that times out lets the next ones wait twice as long, up to `longest`. What is
/// answered in time says nothing of questions of another kind, so that only a minute without one
/// that was late makes it short again.
class question_patience {
 public:
  static constexpr milliseconds shortest{2'000};
  static constexpr milliseconds longest{8'000};
  static constexpr milliseconds forgets_after{60'000};

  [[nodiscard]] milliseconds at(instant now) const {
    return late_at_ && now - *late_at_ < forgets_after ? patience_ : shortest;
  }

  /// Of any question, when it ended.
  template <class T>
  void heard(const read_result<T>& answer, instant now) {
    if (answer || answer.error().kind != failure_kind::timed_out)
      return;
    patience_ = std::min(at(now) * 2, longest);
    late_at_ = now;
  }

 private:
  milliseconds patience_{shortest};
  std::optional<instant> late_at_{};
};

}  // namespace sluice::actors
