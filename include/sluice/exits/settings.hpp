// When positions are closed that say nothing of it themselves, with defaults and their own check.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/account.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/result.hpp"
#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// A part of the initial quantity that is taken off at a gain.
struct exit_tranche {
  ratio at_r{};    ///< From this gain on, in units of the initial risk.
  int percent{0};  ///< Of the initial quantity.
  friend bool operator==(const exit_tranche&, const exit_tranche&) = default;
};
/// "25% at 1.5r". Errors: malformed, saying what was expected.
[[nodiscard]] result<exit_tranche> parse_tranche(std::string_view text);
[[nodiscard]] std::string format_tranche(const exit_tranche& t);

/// By which rules one position is watched. One r is the distance from its entry to its first stop;
/// rules that count in r say nothing of a position that never had a stop.
struct exit_policy {
  /// False: positions are watched, but nothing is proposed and no stop is moved.
  bool enabled{true};
  /// Distance of stop and target from the entry in basis points (1/100 %); 0 means none.
  std::int64_t stop_bp{200};
  std::int64_t target_bp{400};
  /// How long a position may stand, whatever it has gained; 0 means without end.
  milliseconds time_limit{24LL * 3'600'000};
  /// Closed when the mark is this near to the liquidation price, in basis points of the mark; 0
  /// means never. At 125 times leverage a position begins about 40 bp from it.
  std::int64_t liquidation_buffer_bp{25};
  /// Closed at this loss or more, costs included; 0 means never. Beyond 1, so that the stop comes
  /// first and this one catches what fees and funding add to it.
  ratio loss_limit_r{ratio::from_raw(150'000'000)};
  /// Closed from this kill score on; 1 means never. A calm position has 0.12, one whose source has
  /// changed its mind in a market three times as restless as usual 0.5.
  ratio kill_score_at{ratio::from_raw(50'000'000)};
  /// How long a plan for the other side counts as a change of mind; 0 means never.
  milliseconds flip_window{15LL * 60'000};
  /// Closed after this long unless it has gained at least `time_stop_min_r`; 0 means never.
  milliseconds time_stop{12LL * 3'600'000};
  ratio time_stop_min_r{ratio::from_raw(25'000'000)};
  /// From this gain on, at its best, the stop follows the best mark at `trail_distance_r`; a
  /// distance of 0 means never.
  ratio trail_after_r{ratio::whole(1)};
  ratio trail_distance_r{ratio::whole(1)};
  /// By how much a mark has to be better than the best before it is remembered as that.
  ratio peak_step_r{ratio::from_raw(5'000'000)};
  /// From this gain on the stop is where closing costs nothing; 0 means never.
  ratio break_even_after_r{ratio::whole(1)};
  /// What the closing order's own fee is taken to be, in basis points of its value.
  std::int64_t exit_fee_bp{5};
  /// Levels rise; together they take 100 % at most.
  std::vector<exit_tranche> tranches{{ratio::whole(1), 25}, {ratio::from_raw(150'000'000), 25}};

  friend bool operator==(const exit_policy&, const exit_policy&) = default;
  [[nodiscard]] std::vector<setting_fault> validate() const;
};

/// Over how many one-minute samples the regime of a symbol is averaged.
struct regime_windows {
  milliseconds volatility{30LL * 60'000};   ///< What the market does now,
  milliseconds baseline{24LL * 3'600'000};  ///< against what it usually does.
  milliseconds trend{60LL * 60'000};
};

/// The policy of its own members holds where no table of a symbol or a source does.
struct exit_settings : exit_policy {
  regime_windows regime{};
  /// Pause before an exit is proposed again after its plan ended and the position still stands.
  milliseconds retry_after{2'000};
  /// The same for an exit that cannot be carried out as things stand (halted, mode shadow, symbol
  /// not trading): the pause doubles up to this, until something changes.
  /// Less than `retry_after` is as much as that.
  milliseconds retry_after_max{5LL * 60'000};
  /// How long an exit's plan lives.
  milliseconds plan_ttl{60'000};
  std::map<std::string, exit_policy, std::less<>> symbols{};
  std::map<std::string, exit_policy, std::less<>> sources{};

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

/// The policy of a position and where it comes from.
struct chosen_policy {
  const exit_policy* rules{nullptr};
  std::string_view kind{};  ///< "general", "symbol", "source".
  std::string_view name{};  ///< Of the symbol or source; empty for the general one.
};
/// The most specific one, whole: the symbol's, else the source's, else the general one. Lives as
/// long as the settings.
[[nodiscard]] chosen_policy policy_of(const exit_settings& s, const symbol& instrument,
                                      const source_id& source);

}  // namespace sluice
