// A high quantile of the last read latencies, for the promise's arithmetic and for status.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

#include "sluice/domain/time.hpp"

namespace sluice::actors {

/// Keeps the last 64 latencies.
class latency_window {
 public:
  /// What the newest latencies do not confirm for so long is over.
  static constexpr milliseconds recent{5'000};
  /// The newest ones that are asked in any case, however long ago they were.
  static constexpr std::size_t newest_min = 2;

  void add(milliseconds latency, instant at) {
    values_[next_] = latency;
    times_[next_] = at;
    next_ = (next_ + 1) % values_.size();
    count_ = std::min(count_ + 1, values_.size());
  }

  /// Whether there are enough for a quantile to mean more than the slowest of a few.
  [[nodiscard]] bool is_telling() const { return count_ >= 20; }

  /// The highest but one in twenty of what is kept, and no more than the slowest of the newest:
  /// slow reads make reads rare, and what is rare would be remembered for minutes. Zero when there
  /// is nothing.
  [[nodiscard]] milliseconds high(instant now) const {
    if (count_ == 0)
      return milliseconds{0};
    auto parted = values_;
    const auto end = parted.begin() + static_cast<std::ptrdiff_t>(count_);
    const auto high = parted.begin() + static_cast<std::ptrdiff_t>(count_ * 19 / 20);
    std::nth_element(parted.begin(), high, end);
    return std::min(*high, slowest_of_newest(now));
  }

 private:
  [[nodiscard]] milliseconds slowest_of_newest(instant now) const {
    milliseconds slowest{0};
    for (std::size_t back = 1; back <= count_; ++back) {
      const auto at = (next_ + values_.size() - back) % values_.size();
      if (back > newest_min && now - times_[at] > duration{recent})
        break;
      slowest = std::max(slowest, values_[at]);
    }
    return slowest;
  }

  std::array<milliseconds, 64> values_{};
  std::array<instant, 64> times_{};
  std::size_t next_{0};
  std::size_t count_{0};
};

}  // namespace sluice::actors
