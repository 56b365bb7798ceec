// Percentages of money, in whole numbers.
#include "sluice/domain/risk.hpp"

#include <limits>

namespace sluice {

std::int64_t percent_of(notional part, notional whole) {
  if (part.sign() <= 0)
    return 0;
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  if (whole.sign() <= 0)
    return most;
  const wide_int percent = static_cast<wide_int>(part.raw()) * 100 / whole.raw();
  return percent > most ? most : static_cast<std::int64_t>(percent);
}

std::int64_t drawdown_percent(const margin_facts& m) {
  return percent_of(m.peak - m.equity, m.peak);
}

}  // namespace sluice
