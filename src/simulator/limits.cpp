// Counts weight and orders and makes the documented refusals.
#include "limits.hpp"
#include "refusals.hpp"

#include <algorithm>

namespace sluice::simulator {
namespace {

constexpr std::int64_t ban_max_ms = 3LL * 24 * 3600 * 1000;
constexpr const char* own_address = "127.0.0.1";

std::int64_t seconds_up(std::int64_t ms) {
  return (ms + 999) / 1000;
}

}  // namespace

weight_limiter::weight_limiter(const settings& s)
    : limit_(s.weight_limit_1m), ban_after_(s.ban_after) {}

std::int64_t weight_limiter::banned_until_ms(venue_time now) const {
  return banned_until_ms_ > now.ms ? banned_until_ms_ : 0;
}

void weight_limiter::ban(venue_time now) {
  banned_until_ms_ = now.ms + next_ban_ms_;
  next_ban_ms_ = std::min(next_ban_ms_ * 2, ban_max_ms);
}

too_many weight_limiter::banned(venue_time now) const {
  return {refuse<-1003, 1>(own_address, banned_until_ms_), seconds_up(banned_until_ms_ - now.ms)};
}

std::optional<too_many> weight_limiter::charge(std::int64_t weight, venue_time now) {
  weight_.add(weight, now);
  if (limit_ == 0)
    return std::nullopt;
  if (banned_until_ms(now) != 0)
    return banned(now);
  if (weight_.used(now) <= limit_)
    return std::nullopt;
  refused_.add(1, now);
  if (refused_.used(now) > ban_after_) {
    ban(now);
    return banned(now);
  }
  return too_many{refuse<-1003>(own_address, limit_), seconds_up(weight_.ms_left(now))};
}

std::optional<too_many> order_limiter::check(venue_time now, order_cost cost) const {
  if (limit_10s_ > 0 && in_10s_.used(now) + cost.in_10s > limit_10s_)
    return too_many{refuse<-1015>(limit_10s_, "TEN_SECONDS"), seconds_up(in_10s_.ms_left(now))};
  if (limit_1m_ > 0 && in_1m_.used(now) + cost.in_1m > limit_1m_)
    return too_many{refuse<-1015>(limit_1m_, "MINUTE"), seconds_up(in_1m_.ms_left(now))};
  return std::nullopt;
}

void order_limiter::count(venue_time now, order_cost cost) {
  in_10s_.add(cost.in_10s, now);
  in_1m_.add(cost.in_1m, now);
}

}  // namespace sluice::simulator
