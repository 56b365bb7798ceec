// How long orders may take and when they are asked about, with defaults and their own check.
#pragma once

#include <cstdint>
#include <vector>

#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

struct executor_settings {
  /// How long the placing of an order may take before its outcome counts as unknown.
  milliseconds order_timeout{3'000};
  /// How long after its timestamp the venue may accept an order. Must be what orders are signed
  /// with: proof that an order never arrived rests on it.
  milliseconds recv_window{1'500};
  /// When an order without final word is queried, counted from the doubt; the last one repeats.
  std::vector<milliseconds> query_delays{milliseconds{200}, milliseconds{500}, milliseconds{1'000},
                                         milliseconds{2'000}, milliseconds{5'000}};
  /// How long the fills of a finished order may be missing before they are read.
  milliseconds fills_wait{1'000};
  /// How long an order may be unknown before an operator is told.
  milliseconds unknown_alert_after{10'000};
  /// How far from the mark, in basis points, the first order of an exit may trade; zero: at any
  /// price. What it leaves is sent as MARKET.
  std::int64_t exit_collar_bp{0};

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

/// A stop that the venue keeps for each open position, for when this process cannot act.
struct stop_settings {
  bool enabled{false};
  /// Distance from the entry in basis points, where neither plan nor exit engine gives a stop.
  std::int64_t distance_bp{500};
  /// A stop that is off what is wanted by no more than this, in basis points, stays.
  std::int64_t tolerance_bp{5};
  /// How often the venue's list of open conditional orders is read.
  milliseconds audit_period{60'000};
  /// How long an open position may be without a stop before a person is told.
  milliseconds grace{10'000};
  /// Pause after a refusal.
  milliseconds retry_after{5'000};

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

/// The venue's own countdown: it cancels the regular orders of a symbol when we fall silent.
struct dead_man_settings {
  bool enabled{false};
  /// How long after the last sign of life the venue cancels.
  milliseconds after{60'000};
  /// How often a sign of life is given.
  milliseconds refresh{20'000};
  /// Symbols that are armed at once, at most.
  std::int64_t symbols_max{8};

  [[nodiscard]] std::vector<setting_fault> validate() const;
};
/// Weight that signs of life cost in a minute at most: 10 for each symbol and refresh.
[[nodiscard]] std::int64_t dead_man_weight_1m(const dead_man_settings& s);
/// Share of the venue's weight that they may cost.
inline constexpr std::int64_t dead_man_share_percent = 20;

}  // namespace sluice
