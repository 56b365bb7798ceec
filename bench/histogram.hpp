// Nanoseconds counted in bins, for measurements too many to be kept one by one.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace sluice::bench {

/// Exact below 65,536 ns; what is longer is kept as it is.
class histogram {
 public:
  void add(std::chrono::nanoseconds taken) {
    const auto ns = static_cast<std::size_t>(std::max<std::int64_t>(0, taken.count()));
    ++count_;
    if (ns < bins_.size())
      ++bins_[ns];
    else
      longer_.push_back(ns);
  }

  void add(const histogram& other) {
    for (std::size_t ns = 0; ns < bins_.size(); ++ns)
      bins_[ns] += other.bins_[ns];
    longer_.insert(longer_.end(), other.longer_.begin(), other.longer_.end());
    count_ += other.count_;
  }

  [[nodiscard]] std::uint64_t count() const { return count_; }

  /// Nanoseconds below which `part` of all lie; 0 when there are none.
  [[nodiscard]] std::size_t quantile(double part) {
    if (count_ == 0)
      return 0;
    auto rank =
        std::min(count_ - 1, static_cast<std::uint64_t>(part * static_cast<double>(count_)));
    for (std::size_t ns = 0; ns < bins_.size(); ++ns) {
      if (rank < bins_[ns])
        return ns;
      rank -= bins_[ns];
    }
    const auto at = longer_.begin() + static_cast<std::ptrdiff_t>(rank);
    std::nth_element(longer_.begin(), at, longer_.end());
    return *at;
  }

 private:
  std::vector<std::uint64_t> bins_ = std::vector<std::uint64_t>(65'536);
  std::vector<std::size_t> longer_{};
  std::uint64_t count_{0};
};

}  // namespace sluice::bench
