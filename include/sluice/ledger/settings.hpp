// How the books are compared with the truth, with defaults and their own check.
#pragma once

#include <cstdint>
#include <vector>

#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// What becomes of the ledger when somebody else traded the position.
enum class foreign_policy : std::uint8_t {
  adopt,  ///< The ledger follows the truth, with the foreign fills as evidence.
  hold    ///< Increases stop until the difference is gone or an operator releases the hold.
};

struct reconcile_settings {
  /// How long a drift must have stood, with no fill of ours in between, before it can be a hold.
  milliseconds quiet_window{5'000};
  /// Reads newer than the first sight of a drift that must show it again.
  int confirmations{2};
  /// How often every position is compared, besides on each change of its truth.
  milliseconds period{5'000};
  foreign_policy foreign{foreign_policy::adopt};
  /// Drift that is let pass between two amounts of one side: the larger of one step and this share
  /// of the truth. Sizing differences of the venue are smaller; anything larger was a trade.
  int tolerance_percent{1};
  /// How far back from the first sight of a drift, or from the last agreement if that was earlier,
  /// a trade may lie and still explain it.
  milliseconds evidence_window{300'000};
  /// The longest time for which an operator may arm the reconcile close; zero: never.
  milliseconds close_max{1'800'000};

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

}  // namespace sluice
