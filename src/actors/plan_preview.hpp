// Plans that are only tried: what the gate would say of them, for their producer.
#pragma once

#include <cstddef>
#include <memory>

#include "sluice/actors/interfaces.hpp"
#include "sluice/planning/plan_json.hpp"

namespace sluice::actors {

/// Plans that one dry run may have: for so many, and for no more, real plans may have to wait.
inline constexpr std::size_t dry_run_plans_max = 50;

/// Has one dry run under way at a time, so that the gate's queue never holds two. For one actor.
class preview_desk {
 public:
  /// Asks the gate what it would say now and answers with a document for each plan: {"plan_id",
  /// "dry_run", "verdict", "reason", "would_wait", "size", "rules", "facts"}. Whether a plan id was
  /// used before is not looked at. 400 when there are too many plans, 429 with Retry-After while
  /// another dry run is under way, 503 when the gate does not answer.
  void show(intake_actor::base* self, const gate_actor& gate, plan_document document,
            const status::responder& answer);

 private:
  std::shared_ptr<bool> under_way_{std::make_shared<bool>(false)};
};

}  // namespace sluice::actors
