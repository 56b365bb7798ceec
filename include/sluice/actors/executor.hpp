// The executor's actor: takes permits only, makes intents durable, and obeys one machine per order.
#pragma once

#include <unordered_map>
#include <vector>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/execution/order_machine.hpp"
#include "sluice/execution/plan_course.hpp"
#include "sluice/ledger/own_orders.hpp"

namespace sluice::actors {

/// An order of an earlier run whose outcome is open, with what the ledger held at that moment.
struct inherited_order {
  plan_id plan{};
  order_request request{};
  order_memory known{};
  wall_time intended_at{};
  quantity
      amount_before{};  ///< Of the position, signed, when it was permitted, as far as is known.
  /// The venue's time of the last change that `amount_before` shows; 0 when not known.
  venue_time changed_before{};
  std::optional<quantity> position_before{};  ///< |truth| that it was permitted for, if known.
};

/// A plan that was allowed and not finished when the process ended, living on our steady clock.
struct plan_to_resume {
  plan_ptr what{};
  course_memory before{};
  bool order_open{false};  ///< One of its orders is among the inherited ones.
  bool was_done{false};    ///< Its last order had done all that was wanted.
};

struct executor_options {
  executor_settings settings{};
  std::vector<inherited_order> inherited{};
  std::vector<plan_to_resume> resumed{};
  own_orders at_venue{};  ///< Orders by the venue's numbers: ours of all runs, others' of this one.
};

/// Inherited orders are resolved first, before anything new on their positions: the gate is told of
/// them when it starts. In mode shadow nothing is ever sent.
[[nodiscard]] executor_actor spawn_executor(caf::actor_system& system, services given,
                                            executor_options options);

}  // namespace sluice::actors
