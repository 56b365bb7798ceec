// Verdicts of plans that were judged before this process, or long ago: the journal has them.
#pragma once

#include <functional>
#include <memory>

#include "sluice/actors/interfaces.hpp"
#include "verdict_waits.hpp"

namespace sluice::actors {

/// Whoever repeats a plan is told its verdict, also after a restart. Asks the journal for each plan
/// of the request that is judged by no verdict in hand and waits for none, and calls `then` once,
/// in the actor; at once when there is none to ask about. A journal that gives no answer leaves
/// the rest as it is: the producer is told where to ask again.
void look_up_verdicts(intake_actor::base* self, const journal_actor& journal,
                      std::shared_ptr<waiting_request> of, std::function<void()> then);

}  // namespace sluice::actors
