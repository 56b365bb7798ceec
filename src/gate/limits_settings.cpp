// The check of the risk limits: what cannot be meant is refused.
#include "sluice/gate/limits_settings.hpp"

#include <fmt/format.h>

#include "sluice/gate/equity_peaks.hpp"

namespace sluice {
namespace {

void check_count(std::vector<setting_fault>& faults, const char* key, std::int64_t value,
                 std::int64_t least, std::int64_t most) {
  if (value < least || value > most)
    faults.push_back({key, fmt::format("is {}, must be from {} to {}", value, least, most)});
}

void check_value(std::vector<setting_fault>& faults, const char* key, notional value) {
  if (value.sign() < 0)
    faults.push_back({key, fmt::format("is {}, must not be negative", value.str())});
}

constexpr std::int64_t count_max = 1'000'000;

void check_counts(std::vector<setting_fault>& faults, const risk_limits& l) {
  check_count(faults, "open_positions_max", l.open_positions_max, 0, count_max);
  check_count(faults, "symbol_entries_per_minute_max", l.symbol_entries_per_minute_max, 0,
              count_max);
  check_count(faults, "symbol_entries_per_hour_max", l.symbol_entries_per_hour_max, 0, count_max);
  check_count(faults, "entries_per_minute_max", l.entries_per_minute_max, 0, count_max);
  check_count(faults, "entries_per_hour_max", l.entries_per_hour_max, 0, count_max);
  check_count(faults, "margin_use_percent_max", l.margin_use_percent_max, 0, 100);
  check_count(faults, "drawdown_percent_max", l.drawdown_percent_max, 0, 100);
  check_count(faults, "drawdown_days", l.drawdown_days, 1, equity_peaks::days_max);
  check_count(faults, "price_collar_bp", l.price_collar_bp, 0, 10'000);
  check_count(faults, "round_trips_per_day_max", l.round_trips_per_day_max, 0, count_max);
  check_count(faults, "losses_in_a_row_max", l.losses_in_a_row_max, 0, count_max);
}

}  // namespace

std::vector<setting_fault> limits_settings::validate() const {
  std::vector<setting_fault> faults;
  const auto& l = limits;
  check_counts(faults, l);
  check_value(faults, "order_notional_max", l.order_notional_max);
  check_value(faults, "symbol_notional_max", l.symbol_notional_max);
  check_value(faults, "account_notional_max", l.account_notional_max);
  check_value(faults, "daily_loss_max", l.daily_loss_max);
  if (margin_period < milliseconds{1'000} || margin_period > milliseconds{600'000})
    faults.push_back({"margin_period", fmt::format("is {}, must be from 1s to 10m",
                                                   format_duration(margin_period))});
  if (l.needs_margin() && l.margin_stale_after < 2 * margin_period)
    faults.push_back(
        {"margin_stale_after",
         fmt::format("is {}, must be at least twice margin_period, {}, so that one "
                     "lost read denies nothing",
                     format_duration(l.margin_stale_after), format_duration(margin_period))});
  return faults;
}

}  // namespace sluice
