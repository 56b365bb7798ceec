// When something that stands still counts as a stall, with defaults and their own check.
#pragma once

#include <cstdint>
#include <vector>

#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// The table [watchdog].
struct stall_settings {
  milliseconds named_after{5'000};      ///< A condition that holds for this long is a stall.
  milliseconds window{60'000};          ///< Over which failures and denials are counted.
  std::int64_t failures_min{3};         ///< Of one kind within the window.
  std::int64_t verdicts_min{20};        ///< Fewer within the window say nothing about shares.
  int denial_share_percent_max{40};     ///< Of one reason among the verdicts of the window.
  milliseconds order_open_max{30'000};  ///< From the intent to a known outcome.
  milliseconds commit_max{1'000};       ///< From a record to its being durable.

  [[nodiscard]] std::vector<setting_fault> validate() const;
  friend bool operator==(const stall_settings&, const stall_settings&) = default;
};

}  // namespace sluice
