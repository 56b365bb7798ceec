// The reconciler's actor: keeps the ledger, compares it with truth, places and releases holds.
#pragma once

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/ledger/reconcile_core.hpp"

namespace sluice::actors {

struct reconciler_options {
  reconcile_settings settings{};
  restored_books found{};  ///< As the journal has them.
};

/// Trades only what an operator armed, and then through planner and gate like anybody. The gate is
/// given the restored holds at its own start.
[[nodiscard]] reconciler_actor spawn_reconciler(caf::actor_system& system, services given,
                                                reconciler_options options);

}  // namespace sluice::actors
