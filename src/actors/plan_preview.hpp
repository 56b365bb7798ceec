// Plans that are only tried: what the gate would say of them, for their producer.
#pragma once

#include "sluice/actors/interfaces.hpp"
#include "sluice/planning/plan_json.hpp"

namespace sluice::actors {

/// Asks the gate what it would say now and answers with a document for each plan: {"plan_id",
/// "dry_run", "verdict", "reason", "would_wait", "size", "rules", "facts"}. Whether a plan id was
/// used before is not looked at. 503 when the gate does not answer.
void preview_for(intake_actor::base* self, const gate_actor& gate, plan_document document,
                 const status::responder& answer);

}  // namespace sluice::actors
