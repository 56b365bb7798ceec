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
  void add(milliseconds latency) {
    values_[next_] = latency;
    next_ = (next_ + 1) % values_.size();
    count_ = std::min(count_ + 1, values_.size());
  }

  /// Whether there are enough for a quantile to mean more than the slowest of a few.
  [[nodiscard]] bool is_telling() const { return count_ >= 20; }

  /// The highest but one in twenty of what is kept; zero when there is nothing.
  [[nodiscard]] milliseconds high() const {
    if (count_ == 0)
      return milliseconds{0};
    auto sorted = values_;
    const auto end = sorted.begin() + static_cast<std::ptrdiff_t>(count_);
    std::sort(sorted.begin(), end);
    return sorted[(count_ * 19) / 20 == count_ ? count_ - 1 : (count_ * 19) / 20];
  }

 private:
  std::array<milliseconds, 64> values_{};
  std::size_t next_{0};
  std::size_t count_{0};
};

}  // namespace sluice::actors
