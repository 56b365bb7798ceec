// What the executor keeps of an order until it is finished.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>

#include "absence_watch.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/execution/order_machine.hpp"
#include "sluice/gate/gate_actions.hpp"

namespace sluice::actors {

/// Whether a trading state lets this order out. An operator's order holds from its answer on, also
/// for what has a permit already.
[[nodiscard]] inline bool permits(trading_state s, const order_request& r) {
  return s == trading_state::active ||
         (s == trading_state::reduce_only && only_reduces(r.reduce_only, r.leg, r.direction));
}

struct order_entry {
  order_machine machine;
  plan_ptr what{};                              ///< None for an inherited order.
  std::shared_ptr<const plan_judged> judged{};  ///< Until it is recorded.
  wall_time intended_at{};                      ///< By our own clock.
  quantity amount_before{};
  venue_time changed_before{};                ///< Of that amount; 0 when not known.
  std::optional<quantity> position_before{};  ///< |truth| that it was permitted for, if known.
  std::optional<instant> timer{};
  absence_watch absence{};

  /// The venue's clock may be far from ours, at the intent as now.
  [[nodiscard]] order_trace trace(const exchange_port& venue) const {
    const auto& q = machine.task().request;
    const auto clock = venue.clock();
    const wall_time there{intended_at.ms + (clock ? clock->offset.count() : 0)};
    return {q.id,
            q.leg,
            q.direction,
            std::min(intended_at, there),
            std::max(intended_at, there),
            amount_before,
            changed_before};
  }
};

}  // namespace sluice::actors
