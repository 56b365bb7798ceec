// What limits bind increases of exposure, and what of them is in use at one moment, as values.
#pragma once

#include <cstdint>
#include <optional>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// Limits that open plans are held to; exits never. Zero means no limit.
struct risk_limits {
  std::int64_t open_positions_max{0};
  notional order_notional_max{};    ///< Of one order, at the mark.
  notional symbol_notional_max{};   ///< Of all positions and entries under way of one symbol.
  notional account_notional_max{};  ///< Of all there are.
  std::int64_t symbol_entries_per_minute_max{0};
  std::int64_t symbol_entries_per_hour_max{0};
  std::int64_t entries_per_minute_max{0};
  std::int64_t entries_per_hour_max{0};
  std::int64_t margin_use_percent_max{0};  ///< Initial margin of the account's equity.
  milliseconds margin_stale_after{60'000};
  notional daily_loss_max{};             ///< Realised, after fees and funding, of one UTC day.
  std::int64_t drawdown_percent_max{0};  ///< Equity below its peak of the last days.
  std::int64_t drawdown_days{7};         ///< How many UTC days that peak is looked for in.
  std::int64_t price_collar_bp{0};       ///< How far from the mark a plan's stop may be.
  std::int64_t round_trips_per_day_max{
      0};                               ///< Of one symbol; then it is banned until the day ends.
  std::int64_t losses_in_a_row_max{0};  ///< The same, round trips that lost, one after another.

  /// Whether what the account's margin is has to be known.
  [[nodiscard]] bool needs_margin() const {
    return margin_use_percent_max > 0 || drawdown_percent_max > 0;
  }
  friend bool operator==(const risk_limits&, const risk_limits&) = default;
};

/// The account's margin as last read, in the venue's reference currency.
struct margin_facts {
  notional equity{};          ///< Wallet and unrealised profit.
  notional initial{};         ///< What positions and open orders bind of it.
  notional peak{};            ///< The highest equity of the last `drawdown_days`.
  instant as_of{};            ///< Send time of the read.
  bool of_usdt_alone{false};  ///< It says nothing of what is margined in another asset.
  friend bool operator==(const margin_facts&, const margin_facts&) = default;
};

/// What of the limits is in use before the plan at hand: positions as truth shows them at the mark,
/// and our entries that are permitted or under way and not yet in truth.
struct exposure_facts {
  std::int64_t positions{0};
  bool holds_own{false};  ///< The plan's own position is one of `positions`.
  notional symbol_value{};
  notional account_value{};
  std::int64_t symbol_entries_minute{0};
  std::int64_t symbol_entries_hour{0};
  std::int64_t entries_minute{0};
  std::int64_t entries_hour{0};
  notional day_result{};  ///< Realised this UTC day, after fees and funding; negative is a loss.
  std::int64_t symbol_round_trips{0};  ///< Ended this UTC day.
  std::int64_t symbol_losses_in_a_row{0};
  std::optional<margin_facts> margin{};
  friend bool operator==(const exposure_facts&, const exposure_facts&) = default;
};

/// Whole percent of `whole` that `part` is, rounded down; 0 when `part` is not positive, and as
/// much as fits when there is no whole to divide by.
[[nodiscard]] std::int64_t percent_of(notional part, notional whole);
/// How many percent the equity is below its peak; 0 when it is not.
[[nodiscard]] std::int64_t drawdown_percent(const margin_facts& m);
/// Days since 1970, UTC.
[[nodiscard]] constexpr std::int64_t utc_day(wall_time t) {
  constexpr std::int64_t day_ms = 86'400'000;
  return t.ms >= 0 ? t.ms / day_ms : (t.ms - day_ms + 1) / day_ms;
}

}  // namespace sluice
