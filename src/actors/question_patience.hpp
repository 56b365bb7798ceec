// How long an answer is waited for: an exchange that takes its time must not leave doubts for ever.
#pragma once

#include <algorithm>

#include "sluice/domain/exchange_port.hpp"

namespace sluice::actors {

/// Pure. Short as long as questions are answered, since what is lost is asked again that much
/// sooner; each that times out lets the next ones wait twice as long, up to `longest`.
class question_patience {
 public:
  static constexpr milliseconds shortest{2'000};
  static constexpr milliseconds longest{8'000};

  [[nodiscard]] milliseconds now() const { return patience_; }

  /// Of any question. An answer that needed the longer time would be late again with half of it: so
  /// the way back is by halves.
  template <class T>
  void heard(const read_result<T>& answer) {
    const bool late = !answer && answer.error().kind == failure_kind::timed_out;
    patience_ = std::clamp(late ? patience_ * 2 : patience_ / 2, shortest, longest);
  }

 private:
  milliseconds patience_{shortest};
};

}  // namespace sluice::actors
