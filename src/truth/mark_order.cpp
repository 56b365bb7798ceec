// One time per symbol: that of the mark that counts.
#include "sluice/truth/mark_order.hpp"

namespace sluice {

bool mark_order::is_next(const symbol& s, venue_time made_at) {
  auto& newest = newest_[s];
  const auto behind = newest.ms - made_at.ms;
  if (behind > 0 && behind < older_within.count())
    return false;
  newest = made_at;
  return true;
}

}  // namespace sluice
