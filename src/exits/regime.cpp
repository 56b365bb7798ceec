// Running means of one-minute returns.
#include "sluice/exits/regime.hpp"

#include <algorithm>
#include <cmath>

namespace sluice {
namespace {

constexpr double square_unit = 1e15;
constexpr double return_unit = 1e9;
/// A tenth of a period late is still one period: marks come once a second.
constexpr milliseconds gap{regime_sample_period.count() * 3 / 2};

std::int64_t samples_in(milliseconds window) {
  return std::max<std::int64_t>(window / regime_sample_period, 1);
}

std::int64_t moved(std::int64_t mean, double value, std::int64_t n) {
  return mean + std::llround((value - static_cast<double>(mean)) / static_cast<double>(n));
}

}  // namespace

regime_state with_sample(const regime_state& before, price mark,
                         std::optional<milliseconds> since_last, wall_time at,
                         const regime_windows& windows) {
  auto next = before;
  next.last = mark;
  next.last_at = at;
  if (since_last && *since_last > windows.volatility)
    next.samples = 0;  // What the means tell is no longer now.
  if (before.last.sign() <= 0 || mark.sign() <= 0 || !since_last || *since_last > gap)
    return next;
  // A return of more than the whole price in a minute is no market's doing.
  const double r = std::clamp(std::log(mark.approx() / before.last.approx()), -1.0, 1.0);
  next.samples = before.samples + 1;
  const auto part = [&](milliseconds window) { return std::min(next.samples, samples_in(window)); };
  next.fast = moved(before.fast, r * r * square_unit, part(windows.volatility));
  next.slow = moved(before.slow, r * r * square_unit, part(windows.baseline));
  next.drift = moved(before.drift, r * return_unit, part(windows.trend));
  next.path = moved(before.path, std::abs(r) * return_unit, part(windows.trend));
  return next;
}

std::optional<double> volatility_ratio(const regime_state& s, const regime_windows& windows) {
  if (s.samples < samples_in(windows.volatility) || s.slow <= 0)
    return std::nullopt;
  return std::sqrt(static_cast<double>(std::max<std::int64_t>(s.fast, 0)) /
                   static_cast<double>(s.slow));
}

std::optional<double> trend_strength(const regime_state& s, int sign,
                                     const regime_windows& windows) {
  if (s.samples < samples_in(windows.trend) || s.path <= 0)
    return std::nullopt;
  return std::clamp(sign * static_cast<double>(s.drift) / static_cast<double>(s.path), -1.0, 1.0);
}

}  // namespace sluice
