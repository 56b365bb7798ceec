// Keeps the peaks of the last days and rations their records.
#include "sluice/gate/equity_peaks.hpp"

#include <algorithm>

namespace sluice {
namespace {

constexpr std::chrono::minutes between_small_rises{1};
constexpr std::int64_t step_parts = 1'000;

}  // namespace

void equity_peaks::restore(const equity_peaked& stored) {
  auto& peak = days_[stored.day];
  peak.highest = std::max(peak.highest, stored.peak);
  peak.recorded = std::max(peak.recorded, stored.peak);
}

std::optional<equity_peaked> equity_peaks::read(notional equity, const stamp& now) {
  const auto today = utc_day(now.wall);
  const auto [at, first] = days_.try_emplace(today, day_peak{equity, equity});
  auto& peak = at->second;
  peak.highest = std::max(peak.highest, equity);
  const notional rise = peak.highest - peak.recorded;
  const bool much = rise.raw() > peak.recorded.abs().raw() / step_parts;
  const bool long_ago = !recorded_at_ || now.steady - *recorded_at_ >= between_small_rises;
  if (!first && !(rise.sign() > 0 && (much || long_ago)))
    return std::nullopt;
  peak.recorded = peak.highest;
  recorded_at_ = now.steady;
  while (!days_.empty() && days_.begin()->first <= today - days_max)
    days_.erase(days_.begin());
  return equity_peaked{today, peak.recorded};
}

notional equity_peaks::highest(std::int64_t days, wall_time now) const {
  notional out{};
  for (const auto& [day, peak] : days_)
    if (day > utc_day(now) - days)
      out = std::max(out, peak.highest);
  return out;
}

}  // namespace sluice
