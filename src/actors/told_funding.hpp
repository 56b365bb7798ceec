// Which funding fees were told of before: the user stream may tell of one twice, while two of its
// connections overlap or of itself.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <set>
#include <string>
#include <tuple>

#include "sluice/domain/record.hpp"

namespace sluice::actors {

/// Pure. Fees have no number of their own, so one is known by its time, symbol, asset and amount,
/// and by its place in the event: two rows of one event are two fees, however alike.
class told_funding {
 public:
  /// A fee of every symbol of the venue, more than once.
  static constexpr std::size_t kept_max = 2'000;

  /// Whether it was not told before; remembers it. What has no time is always new.
  [[nodiscard]] bool is_new(const funding_booked& fee, std::size_t place) {
    if (fee.booked_at.ms == 0)
      return true;
    const auto [at, added] =
        known_.insert({fee.booked_at.ms, fee.instrument, fee.asset, fee.amount, place});
    if (!added)
      return false;
    by_age_.push_back(at);
    if (by_age_.size() > kept_max) {
      known_.erase(by_age_.front());
      by_age_.pop_front();
    }
    return true;
  }

 private:
  using key = std::tuple<std::int64_t, symbol, std::string, notional, std::size_t>;

  std::set<key> known_{};
  std::deque<std::set<key>::const_iterator> by_age_{};
};

}  // namespace sluice::actors
