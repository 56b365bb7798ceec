// Every risk limit with what is used of it and what is left, for people and metrics.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "sluice/gate/exposure.hpp"

namespace sluice {

/// Every limit by its name of API and metrics, in the order in which they are told.
inline constexpr std::array<std::string_view, 14> limit_names{"order_notional",
                                                              "symbol_notional",
                                                              "account_notional",
                                                              "open_positions",
                                                              "symbol_entries_per_minute",
                                                              "symbol_entries_per_hour",
                                                              "entries_per_minute",
                                                              "entries_per_hour",
                                                              "margin_use_percent",
                                                              "daily_loss",
                                                              "drawdown_percent",
                                                              "price_collar_bp",
                                                              "round_trips_per_day",
                                                              "losses_in_a_row"};

/// One limit. Of a limit per symbol, the symbol that uses most of it.
struct limit_line {
  std::string_view name{};
  std::optional<measure> used{};  ///< None when it is of the single order, or not known.
  measure max{};                  ///< Zero: no limit.
  std::optional<measure> left{};  ///< Never below zero; none without a limit or when not known.
  std::int64_t percent{0};        ///< Used of max; 0 without a limit.
  symbol worst{};                 ///< Of a limit per symbol; else empty.
};

struct symbol_in_use {
  symbol instrument{};
  notional value{};
  entry_counts entries{};
  symbol_day today{};
  bool banned{false};  ///< Until the UTC day ends.
};

struct limits_view {
  stamp at{};
  std::vector<limit_line> lines{};
  std::vector<symbol_in_use> symbols{};  ///< Those of which anything is used, by name.
  day_money today{};
  std::optional<margin_facts> margin{};
};

[[nodiscard]] limits_view limits_in_use(exposure_book& book, flights& ours,
                                        const risk_limits& limits, const stamp& now);

}  // namespace sluice
