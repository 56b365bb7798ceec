// The relations that the exit engine's settings must keep, and which policy a position has.
#include "sluice/exits/settings.hpp"

#include <fmt/format.h>

#include <charconv>

namespace sluice {
namespace {

constexpr std::size_t tranches_max = 10;
using faults = std::vector<setting_fault>;

void check_ratio(faults& out, const char* key, ratio value, ratio min, ratio max) {
  if (value < min || value > max)
    out.push_back({key, fmt::format("must be from {} to {}", min.str(), max.str())});
}

void check_span(faults& out, const char* key, milliseconds value, std::string_view zero_means) {
  if (value < milliseconds{0} || value > std::chrono::days{365})
    out.push_back({key, fmt::format("must be from 0ms ({}) to 365d", zero_means)});
}

void check_levels(faults& out, const exit_policy& p) {
  if (p.stop_bp < 0 || p.stop_bp >= 10'000)
    out.push_back({"stop_bp", "must be from 0 (no stop) to 9999, below 100 % of the entry"});
  if (p.target_bp < 0 || p.target_bp > 1'000'000)
    out.push_back({"target_bp", "must be from 0 (no target) to 1000000"});
  if (p.liquidation_buffer_bp < 0 || p.liquidation_buffer_bp > 5'000)
    out.push_back({"liquidation_buffer_bp", "must be from 0 (never) to 5000"});
  if (p.exit_fee_bp < 0 || p.exit_fee_bp > 100)
    out.push_back({"exit_fee_bp", "must be from 0 to 100"});
}

void check_gains(faults& out, const exit_policy& p) {
  const auto zero = ratio{};
  const auto ten = ratio::whole(10);
  const auto hundred = ratio::whole(100);
  check_ratio(out, "loss_limit_r", p.loss_limit_r, zero, hundred);
  check_ratio(out, "kill_score_at", p.kill_score_at, ratio::from_raw(20'000'000), ratio::whole(1));
  check_ratio(out, "time_stop_min_r", p.time_stop_min_r, zero, hundred);
  check_ratio(out, "trail_after_r", p.trail_after_r, zero, hundred);
  check_ratio(out, "trail_distance_r", p.trail_distance_r, zero, hundred);
  check_ratio(out, "peak_step_r", p.peak_step_r, ratio::from_raw(1'000'000), ten);
  check_ratio(out, "break_even_after_r", p.break_even_after_r, zero, hundred);
}

void check_tranches(faults& out, const exit_policy& p) {
  int sum = 0;
  auto last = ratio{};
  for (const auto& t : p.tranches) {
    if (t.percent < 1 || t.percent > 100 || t.at_r <= last)
      out.push_back({"tranches", fmt::format("{}: levels must rise from above 0r, each with 1% to "
                                             "100%",
                                             format_tranche(t))});
    sum += t.percent;
    last = t.at_r;
  }
  if (sum > 100)
    out.push_back({"tranches", fmt::format("take {}% together; 100% is all there is", sum)});
  if (p.tranches.size() > tranches_max)
    out.push_back({"tranches", fmt::format("must be {} at most", tranches_max)});
}

}  // namespace

result<exit_tranche> parse_tranche(std::string_view text) {
  const auto bad = [&] {
    return fail(errc::malformed, fmt::format("\"{}\" is not like \"25% at 1.5r\"", text));
  };
  constexpr std::string_view middle{"% at "};
  const auto at = text.find(middle);
  if (at == std::string_view::npos || !text.ends_with('r'))
    return bad();
  exit_tranche t;
  const auto percent = text.substr(0, at);
  const auto [end, code] =
      std::from_chars(percent.data(), percent.data() + percent.size(), t.percent);
  auto level = text.substr(at + middle.size());
  level.remove_suffix(1);
  const auto r = ratio::parse(level);
  if (code != std::errc{} || end != percent.data() + percent.size() || !r)
    return bad();
  t.at_r = *r;
  return t;
}

std::string format_tranche(const exit_tranche& t) {
  return fmt::format("{}% at {}r", t.percent, t.at_r.str());
}

std::vector<setting_fault> exit_policy::validate() const {
  faults out;
  check_levels(out, *this);
  check_span(out, "time_limit", time_limit, "no limit");
  check_span(out, "time_stop", time_stop, "never");
  check_span(out, "flip_window", flip_window, "signals are not heard");
  check_gains(out, *this);
  check_tranches(out, *this);
  return out;
}

std::vector<setting_fault> exit_settings::validate() const {
  auto out = exit_policy::validate();
  if (retry_after < milliseconds{100} || retry_after > milliseconds{600'000})
    out.push_back({"retry_after", "must be from 100ms to 10m"});
  if (retry_after_max < milliseconds{100} || retry_after_max > milliseconds{3'600'000})
    out.push_back({"retry_after_max", "must be from 100ms to 1h"});
  if (plan_ttl < milliseconds{1'000} || plan_ttl > milliseconds{3'600'000})
    out.push_back({"plan_ttl", "must be from 1s to 1h"});
  const auto window = [&](const char* key, milliseconds value) {
    if (value < std::chrono::minutes{5} || value > std::chrono::days{7})
      out.push_back({key, "must be from 5m to 7d"});
  };
  window("volatility_window", regime.volatility);
  window("baseline_window", regime.baseline);
  window("trend_window", regime.trend);
  if (regime.baseline <= regime.volatility)
    out.push_back({"baseline_window",
                   "must be longer than volatility_window: it is what now is "
                   "compared with"});
  return out;
}

chosen_policy policy_of(const exit_settings& s, const symbol& instrument, const source_id& source) {
  if (const auto own = s.symbols.find(instrument.str()); own != s.symbols.end())
    return {&own->second, "symbol", own->first};
  if (const auto own = s.sources.find(source.str()); own != s.sources.end())
    return {&own->second, "source", own->first};
  return {&s, "general", {}};
}

}  // namespace sluice
