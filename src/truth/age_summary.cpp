// Nearest-rank quantiles by selection, so that ten thousand ages cost well under a millisecond.
#include "sluice/truth/age_summary.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// The smallest age that at least `percent` of all do not exceed.
milliseconds quantile(std::vector<duration>& ages, std::size_t percent) {
  const auto rank = (ages.size() * percent + 99) / 100;
  const auto nth = ages.begin() + static_cast<std::ptrdiff_t>(std::max<std::size_t>(rank, 1) - 1);
  std::nth_element(ages.begin(), nth, ages.end());
  return std::chrono::ceil<milliseconds>(std::max(*nth, duration::zero()));
}

}  // namespace

age_summary summarise_ages(std::vector<duration> ages) {
  if (ages.empty())
    return {};
  return {ages.size(), quantile(ages, 50), quantile(ages, 99), quantile(ages, 100)};
}

}  // namespace sluice
