// Whole numbers only: a billionth of a plan is the unit.
#include "sluice/planning/rate_quota.hpp"

#include <algorithm>
#include <limits>

namespace sluice {
namespace {

constexpr std::int64_t one_plan = 1'000'000'000;

std::int64_t parts_of(std::size_t plans) {
  constexpr std::size_t most = std::numeric_limits<std::int64_t>::max() / one_plan;
  return static_cast<std::int64_t>(std::min(plans, most)) * one_plan;
}

}  // namespace

rate_quota::rate_quota(std::size_t per_second, std::size_t burst)
    : per_nanosecond_(static_cast<std::int64_t>(std::max<std::size_t>(per_second, 1))),
      full_(parts_of(burst > 0 ? burst : std::max<std::size_t>(per_second, 1))),
      level_(full_) {}

std::int64_t rate_quota::needed(std::size_t plans) const {
  return std::min(parts_of(plans), full_);
}

void rate_quota::fill(instant now) {
  if (now <= filled_at_)
    return;
  const auto passed =
      std::chrono::duration_cast<std::chrono::nanoseconds>(now - filled_at_).count();
  filled_at_ = now;
  const auto room = full_ - level_;
  level_ = passed > room / per_nanosecond_ ? full_ : level_ + passed * per_nanosecond_;
}

bool rate_quota::admits(std::size_t plans, instant now) {
  fill(now);
  return level_ >= needed(plans);
}

void rate_quota::take(std::size_t plans, instant now) {
  fill(now);
  level_ -= parts_of(plans);
}

milliseconds rate_quota::wait_for(std::size_t plans, instant now) {
  fill(now);
  const auto missing = needed(plans) - level_;
  if (missing <= 0)
    return milliseconds{0};
  const auto per_ms = per_nanosecond_ * 1'000'000;
  return milliseconds{missing / per_ms + (missing % per_ms == 0 ? 0 : 1)};
}

}  // namespace sluice
