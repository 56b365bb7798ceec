// The venue's limits: request weight and orders in fixed windows of its clock, 429 and the bans
// after.
#pragma once

#include <cstdint>
#include <optional>

#include "sluice/domain/time.hpp"
#include "sluice/simulator/settings.hpp"
#include "venue_error.hpp"

namespace sluice::simulator {

/// Counts in windows that begin at whole multiples of their length.
class fixed_window {
 public:
  explicit fixed_window(std::int64_t length_ms) : length_ms_(length_ms) {}
  /// Used in the window that `now` falls in.
  [[nodiscard]] std::int64_t used(venue_time now) const {
    return now.ms / length_ms_ == index_ ? used_ : 0;
  }
  void add(std::int64_t amount, venue_time now) {
    used_ = used(now) + amount;
    index_ = now.ms / length_ms_;
  }
  [[nodiscard]] std::int64_t ms_left(venue_time now) const {
    return length_ms_ - now.ms % length_ms_;
  }

 private:
  std::int64_t length_ms_{1};
  std::int64_t index_{-1};
  std::int64_t used_{0};
};

/// A refusal for asking too much, with the seconds of its Retry-After.
struct too_many {
  venue_error error{};
  std::int64_t retry_after_s{0};
};

/// REQUEST_WEIGHT of one address. Everybody on loopback is one address, as behind one router.
class weight_limiter {
 public:
  explicit weight_limiter(const settings& s);
  /// Counts a request and refuses it with 429 past the limit, with 418 during a ban. Asking on
  /// after 429 earns a ban of 2 minutes, each further one twice as long, 3 days at most.
  [[nodiscard]] std::optional<too_many> charge(std::int64_t weight, venue_time now);
  [[nodiscard]] std::int64_t used(venue_time now) const { return weight_.used(now); }
  /// A ban for no reason of the client's.
  void impose_ban(venue_time now, milliseconds length) {
    banned_until_ms_ = now.ms + length.count();
  }
  /// 0 when there is no ban.
  [[nodiscard]] std::int64_t banned_until_ms(venue_time now) const;

 private:
  void ban(venue_time now);
  [[nodiscard]] too_many banned(venue_time now) const;

  std::int64_t limit_{0};
  std::int64_t ban_after_{0};
  fixed_window weight_{60'000};
  fixed_window refused_{60'000};
  std::int64_t banned_until_ms_{0};
  std::int64_t next_ban_ms_{120'000};
};

/// How much of the order limits a request takes.
struct order_cost {
  std::int64_t in_10s{1};
  std::int64_t in_1m{1};
};

/// ORDERS of one account: only accepted ones count.
class order_limiter {
 public:
  explicit order_limiter(const settings& s)
      : limit_10s_(s.order_limit_10s), limit_1m_(s.order_limit_1m) {}
  /// -1015 when there is no room for it.
  [[nodiscard]] std::optional<too_many> check(venue_time now, order_cost cost = {}) const;
  void count(venue_time now, order_cost cost = {});
  [[nodiscard]] std::int64_t used_10s(venue_time now) const { return in_10s_.used(now); }
  [[nodiscard]] std::int64_t used_1m(venue_time now) const { return in_1m_.used(now); }

 private:
  std::int64_t limit_10s_{0};
  std::int64_t limit_1m_{0};
  fixed_window in_10s_{10'000};
  fixed_window in_1m_{60'000};
};

}  // namespace sluice::simulator
