// What a truth is called, and how far the books may be from it.
#include "sluice/domain/truth.hpp"

#include <algorithm>
#include <array>

namespace sluice {

std::string_view kind_of(const truth& t) {
  constexpr std::array<std::string_view, 3> kinds{"unknown", "flat", "open"};
  return kinds[t.index()];
}

quantity drift_tolerance(quantity truth_amount, quantity ledger_amount, quantity step,
                         int percent) {
  if (truth_amount.sign() * ledger_amount.sign() <= 0)
    return {};
  const wide_int share = static_cast<wide_int>(truth_amount.abs().raw()) * percent / 100;
  return std::max(step, quantity::from_raw(static_cast<std::int64_t>(share)));
}

}  // namespace sluice
