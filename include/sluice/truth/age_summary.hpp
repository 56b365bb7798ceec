// The distribution of ages, in the three numbers an operator reads.
#pragma once

#include <cstddef>
#include <vector>

#include "sluice/domain/time.hpp"

namespace sluice {

/// Ages are rounded up, so that none looks younger than it is.
struct age_summary {
  std::size_t count{0};
  milliseconds p50{0};
  milliseconds p99{0};
  milliseconds max{0};
  friend bool operator==(const age_summary&, const age_summary&) = default;
};

/// Nearest-rank quantiles; all zero for no ages. A negative age counts as zero.
[[nodiscard]] age_summary summarise_ages(std::vector<duration> ages);

}  // namespace sluice
