// When positions are closed that say nothing of it themselves, with defaults and their own check.
#pragma once

#include <cstdint>
#include <vector>

#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

struct exit_settings {
  /// False: positions are watched, but nothing is proposed.
  bool enabled{true};
  /// Distance of stop and target from the entry in basis points (1/100 %); 0 means none.
  std::int64_t stop_bp{200};
  std::int64_t target_bp{400};
  /// How long a position may stand; 0 means without end.
  milliseconds time_limit{24LL * 3'600'000};
  /// Pause before an exit is proposed again after its plan ended and the position still stands.
  milliseconds retry_after{2'000};
  /// How long an exit's plan lives.
  milliseconds plan_ttl{60'000};

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

}  // namespace sluice
