// Limits changed by hand for a replay: one "key=value" as it would stand in the file.
#pragma once

#include <array>
#include <string_view>

#include "sluice/domain/verdict.hpp"

namespace sluice {

/// A limit that verdicts were made by and a replay may change.
struct limit_key {
  std::string_view name{};                                          ///< "gate.stale_after_entry".
  void (*copy)(gate_limits& to, const gate_limits& from){nullptr};  ///< This one limit alone.
};

/// Every member of gate_limits, by its key of the configuration; but for limits.drawdown_days,
/// since stored facts have the peak that it found.
inline constexpr std::array limit_keys{
    limit_key{"gate.stale_after_exit",
              [](gate_limits& to, const gate_limits& from) {
                to.stale_after_exit = from.stale_after_exit;
              }},
    limit_key{"gate.stale_after_entry",
              [](gate_limits& to, const gate_limits& from) {
                to.stale_after_entry = from.stale_after_entry;
              }},
    limit_key{"gate.cooldown",
              [](gate_limits& to, const gate_limits& from) { to.cooldown = from.cooldown; }},
    limit_key{"gate.mark_stale_after",
              [](gate_limits& to, const gate_limits& from) {
                to.mark_stale_after = from.mark_stale_after;
              }},
    limit_key{"gate.allow_add",
              [](gate_limits& to, const gate_limits& from) { to.allow_add = from.allow_add; }},
    limit_key{"gate.hold_blocks_reduce",
              [](gate_limits& to, const gate_limits& from) {
                to.hold_blocks_reduce = from.hold_blocks_reduce;
              }},
    limit_key{"reconcile.tolerance_percent",
              [](gate_limits& to, const gate_limits& from) {
                to.drift_tolerance_percent = from.drift_tolerance_percent;
              }},
    limit_key{"limits.open_positions_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.open_positions_max = from.risk.open_positions_max;
              }},
    limit_key{"limits.order_notional_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.order_notional_max = from.risk.order_notional_max;
              }},
    limit_key{"limits.symbol_notional_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.symbol_notional_max = from.risk.symbol_notional_max;
              }},
    limit_key{"limits.account_notional_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.account_notional_max = from.risk.account_notional_max;
              }},
    limit_key{"limits.symbol_entries_per_minute_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.symbol_entries_per_minute_max = from.risk.symbol_entries_per_minute_max;
              }},
    limit_key{"limits.symbol_entries_per_hour_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.symbol_entries_per_hour_max = from.risk.symbol_entries_per_hour_max;
              }},
    limit_key{"limits.entries_per_minute_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.entries_per_minute_max = from.risk.entries_per_minute_max;
              }},
    limit_key{"limits.entries_per_hour_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.entries_per_hour_max = from.risk.entries_per_hour_max;
              }},
    limit_key{"limits.margin_use_percent_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.margin_use_percent_max = from.risk.margin_use_percent_max;
              }},
    limit_key{"limits.margin_stale_after",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.margin_stale_after = from.risk.margin_stale_after;
              }},
    limit_key{"limits.daily_loss_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.daily_loss_max = from.risk.daily_loss_max;
              }},
    limit_key{"limits.drawdown_percent_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.drawdown_percent_max = from.risk.drawdown_percent_max;
              }},
    limit_key{"limits.price_collar_bp",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.price_collar_bp = from.risk.price_collar_bp;
              }},
    limit_key{"limits.round_trips_per_day_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.round_trips_per_day_max = from.risk.round_trips_per_day_max;
              }},
    limit_key{"limits.losses_in_a_row_max",
              [](gate_limits& to, const gate_limits& from) {
                to.risk.losses_in_a_row_max = from.risk.losses_in_a_row_max;
              }},
};

}  // namespace sluice
