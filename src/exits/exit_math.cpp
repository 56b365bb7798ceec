// Prices, quantities and r in whole numbers of 128 bits; only the kill score is a double.
#include "sluice/exits/exit_math.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace sluice {
namespace {

constexpr std::int64_t basis_points = 10'000;

std::int64_t saturated(wide_int v) {
  return static_cast<std::int64_t>(std::clamp<wide_int>(v, std::numeric_limits<std::int64_t>::min(),
                                                        std::numeric_limits<std::int64_t>::max()));
}

bool has_r(const exit_state& s) {
  return s.risk.sign() > 0 && s.entry.sign() > 0 && !s.initial.is_zero();
}

}  // namespace

price cost_per_unit(const exit_state& s) {
  if (s.initial.is_zero())
    return {};
  return price::from_raw(
      saturated(static_cast<wide_int>(s.cost.raw()) * fixed_scale / s.initial.abs().raw()));
}

std::optional<ratio> r_at(const exit_state& s, price mark) {
  if (!has_r(s) || mark.sign() <= 0)
    return std::nullopt;
  const wide_int gain = static_cast<wide_int>(s.initial.sign()) * (mark.raw() - s.entry.raw()) -
                        cost_per_unit(s).raw();
  return ratio::from_raw(saturated(gain * fixed_scale / s.risk.raw()));
}

std::optional<ratio> r_peak(const exit_state& s) {
  return r_at(s, s.peak);
}

std::optional<price> break_even_price(const exit_state& s, std::int64_t exit_fee_bp) {
  if (!has_r(s))
    return std::nullopt;
  const wide_int away = static_cast<wide_int>(cost_per_unit(s).raw()) +
                        static_cast<wide_int>(s.entry.raw()) * exit_fee_bp / basis_points;
  const auto level = price::from_raw(saturated(s.entry.raw() + s.initial.sign() * away));
  return level.sign() > 0 ? std::optional{level} : std::nullopt;
}

quantity left_after_tranches(quantity initial, const exit_policy& policy, int taken) {
  std::int64_t left = 100;
  const auto count = std::min(static_cast<std::size_t>(std::max(taken, 0)), policy.tranches.size());
  for (std::size_t i = 0; i < count; ++i)
    left -= policy.tranches[i].percent;
  return quantity::from_raw(saturated(static_cast<wide_int>(initial.abs().raw()) *
                                      std::max<std::int64_t>(left, 0) / 100));
}

double kill_score(const kill_inputs& in) {
  constexpr double centre = 2;
  constexpr milliseconds day = std::chrono::hours{24};
  const double restless = std::clamp(in.volatility.value_or(1) - 1, 0.0, 2.0);
  const double astray = std::clamp(0.3 - in.trend.value_or(0.3), 0.0, 0.5);
  const double aged =
      std::clamp(static_cast<double>(in.age.count()) / static_cast<double>(day.count()), 0.0, 1.0);
  const double z = (in.flip ? 1 : 0) + 0.5 * restless + 0.5 * astray + 0.3 * aged;
  return 1 / (1 + std::exp(-(z - centre)));
}

}  // namespace sluice
