// Quantiles of samples, nearest rank, for all benchmarks.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

namespace sluice::bench {

/// The value below which `part` of the samples lie; sorts them. Zero for no samples.
inline double quantile(std::vector<double>& samples, double part) {
  if (samples.empty())
    return 0;
  const auto rank = std::min(samples.size() - 1,
                             static_cast<std::size_t>(part * static_cast<double>(samples.size())));
  std::nth_element(samples.begin(), samples.begin() + static_cast<std::ptrdiff_t>(rank),
                   samples.end());
  return samples[rank];
}

}  // namespace sluice::bench
