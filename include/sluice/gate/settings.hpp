// The gate's settings with their defaults and their own check, so that a bad value never starts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sluice/domain/ids.hpp"
#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/verdict.hpp"

namespace sluice {

/// What becomes of a plan whose source is on no list.
enum class unlisted_policy : std::uint8_t {
  deny,            ///< It is refused.
  permit_decides,  ///< The other rules alone decide.
};

struct gate_settings {
  gate_limits limits{};
  /// How long a permit may be used after it was given; never past the plan's deadline.
  milliseconds permit_ttl{2'000};
  /// How long an entry may wait for a read; an exit waits until its deadline.
  milliseconds park_entry{5'000};
  std::size_t parked_exit_max{10'000};
  std::size_t parked_entry_max{1'000};
  /// False: what a read would cure is denied at once, as if nobody could be asked.
  bool read_on_demand{true};
  /// Pause before a failed read is asked for again.
  milliseconds read_retry{1'000};
  /// A read that was asked for and never answered counts as lost after this long.
  milliseconds read_lost_after{5'000};
  /// How long after an order a read may still show what was before it (`snapshot.read_lag_grace`).
  milliseconds read_lag_grace{1'000};
  /// Who may send reduce plans, and who may send open plans. Empty means anybody; our own sources
  /// may always.
  std::vector<source_id> exit_sources{};
  std::vector<source_id> entry_sources{};
  unlisted_policy unlisted_source{unlisted_policy::deny};
  /// While this file exists nothing is allowed. Empty: "halt" in the state directory.
  std::string halt_file{};

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

}  // namespace sluice
