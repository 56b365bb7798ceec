// One line per key and period; the table of keys is bounded by forgetting the least recently used.
#include "sluice/status/log_limiter.hpp"

#include <algorithm>
#include <iterator>

namespace sluice::status {

log_limiter::log_limiter(milliseconds period, std::size_t keys_max)
    : period_(period), keys_max_(std::max<std::size_t>(keys_max, 1)) {}

std::optional<std::uint64_t> log_limiter::admit(std::string_view key, instant now) {
  if (const auto found = by_key_.find(key); found != by_key_.end()) {
    entry& known = *found->second;
    by_use_.splice(by_use_.begin(), by_use_, found->second);
    if (now - known.shown_at < period_) {
      ++known.suppressed;
      return std::nullopt;
    }
    known.shown_at = now;
    return std::exchange(known.suppressed, 0);
  }
  if (by_use_.size() >= keys_max_) {
    by_key_.erase(by_use_.back().key);
    by_use_.pop_back();
  }
  by_use_.push_front({std::string{key}, now, 0});
  by_key_.emplace(by_use_.front().key, by_use_.begin());
  return 0;
}

}  // namespace sluice::status
