// How long to stay away from a firewall that turns requests away: exits ask again soon, the rest
// late, both ever more slowly.
#pragma once

#include <optional>

#include "sluice/exchange/backoff.hpp"

namespace sluice::exchange {

/// Pure. No document says how long such a limit lasts; staying away is what ends it. An exit may
/// not wait for that, so it asks again after a second, and after half a minute at most.
class firewall_waits {
 public:
  struct stay {
    milliseconds exits{};
    milliseconds others{};
  };

  /// One more request, sent at that instant, was turned away. None when it was on its way already
  /// when the last stay began: many answers of one moment are one event.
  [[nodiscard]] std::optional<stay> turned_away(instant sent_at, instant now,
                                                std::uint32_t random) {
    if (last_ && sent_at < *last_)
      return std::nullopt;
    last_ = now;
    return stay{exits_.next(random), others_.next(random)};
  }

  /// A request sent at that instant reached the venue.
  void let_through(instant sent_at) {
    if (!last_ || sent_at < *last_)
      return;
    last_.reset();
    exits_.reset();
    others_.reset();
  }

 private:
  backoff exits_{std::chrono::seconds(2), std::chrono::seconds(30)};
  backoff others_{std::chrono::minutes(2), std::chrono::minutes(10)};
  std::optional<instant> last_{};
};

}  // namespace sluice::exchange
