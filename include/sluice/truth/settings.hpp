// Settings of the truth layer: how fresh positions are kept, which symbols are looked at, and when
// something that stands still is a stall.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/truth/freshness.hpp"

namespace sluice {

/// The table [snapshot].
struct snapshot_settings {
  freshness_strategy strategy{freshness_strategy::adaptive};
  milliseconds bound{2'000};  ///< The promised highest age of any truth.
  /// Start although the arithmetic says that the bound cannot be kept, and keep what can be.
  bool best_effort{false};
  std::size_t concurrency{32};       ///< Reads at once, 1 to 1,024.
  milliseconds latency{300};         ///< Of one read; assumed until it has been measured.
  int budget_share_percent{50};      ///< Of the venue's request weight, for routine reads.
  milliseconds demand_timeout{800};  ///< For a read that a plan waits for.
  milliseconds read_timeout{2'000};  ///< For every other read.
  /// How long after an event a read may still show what was before it.
  milliseconds read_lag_grace{1'000};
  milliseconds verification_delay{500};  ///< From a fill to the read that checks it.

  friend bool operator==(const snapshot_settings&, const snapshot_settings&) = default;
};

/// The table [universe].
struct universe_settings {
  milliseconds refresh{60'000};   ///< Between two reads of the venue's rules.
  milliseconds max_age{300'000};  ///< Older rules make the process not ready.
  /// By older rules, from an earlier process too, nothing can be opened; exits go by them.
  milliseconds last_good_max_age{86'400'000};
  std::vector<std::string> allow{};  ///< Symbols that may be opened; empty: all the venue trades.
  /// Kinds of contracts that may be opened, in the venue's words; empty: all.
  std::vector<std::string> contract_types{"PERPETUAL"};
  /// Assets whose symbols may be opened; empty: all. Limits in money count each of them alike.
  std::vector<std::string> quote_assets{"USDT", "USDC"};
  std::size_t capacity{16'384};  ///< Symbols at most, over the life of the process.

  friend bool operator==(const universe_settings&, const universe_settings&) = default;
};

/// The table [watchdog].
struct stall_settings {
  milliseconds named_after{5'000};      ///< A condition that holds for this long is a stall.
  milliseconds window{60'000};          ///< Over which failures and denials are counted.
  std::int64_t failures_min{3};         ///< Of one kind within the window.
  std::int64_t verdicts_min{20};        ///< Fewer within the window say nothing about shares.
  int denial_share_percent_max{40};     ///< Of one reason among the verdicts of the window.
  milliseconds order_open_max{30'000};  ///< From the intent to a known outcome.
  milliseconds commit_max{1'000};       ///< From a record to its being durable.

  friend bool operator==(const stall_settings&, const stall_settings&) = default;
};

/// All faults of the settings in themselves; whether the bound can be kept is plan_freshness.
[[nodiscard]] std::vector<setting_fault> validate(const snapshot_settings& s);
[[nodiscard]] std::vector<setting_fault> validate(const universe_settings& s);
[[nodiscard]] std::vector<setting_fault> validate(const stall_settings& s);

}  // namespace sluice
