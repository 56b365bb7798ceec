// The settings of the risk limits with their defaults and their own check.
#pragma once

#include <vector>

#include "sluice/domain/risk.hpp"
#include "sluice/domain/setting_fault.hpp"

namespace sluice {

/// What a start without any [limits] holds opens to: small, for whoever trades more says so.
[[nodiscard]] inline risk_limits cautious_limits() {
  risk_limits l;
  l.open_positions_max = 10;
  l.order_notional_max = notional::whole(200);
  l.symbol_notional_max = notional::whole(400);
  l.account_notional_max = notional::whole(2'000);
  l.symbol_entries_per_minute_max = 2;
  l.symbol_entries_per_hour_max = 3;
  l.entries_per_minute_max = 10;
  l.entries_per_hour_max = 60;
  l.margin_use_percent_max = 80;
  l.daily_loss_max = notional::whole(100);
  l.drawdown_percent_max = 20;
  l.price_collar_bp = 2'000;
  l.round_trips_per_day_max = 4;
  l.losses_in_a_row_max = 3;
  return l;
}

struct limits_settings {
  risk_limits limits{cautious_limits()};
  milliseconds margin_period{15'000};  ///< Between two reads of the account's margin.

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

}  // namespace sluice
