// The reconciler's actor: keeps the ledger, compares it with truth, places and releases holds.
#pragma once

#include <cstdint>
#include <unordered_map>
#include <vector>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/ledger/drift.hpp"

namespace sluice::actors {

struct reconciler_options {
  reconcile_settings settings{};
  std::vector<ledger_line> lines{};  ///< As the journal has them.
  std::unordered_map<symbol, std::vector<trade_id>> trade_ids{};
  std::size_t trade_ids_max{0};  ///< A symbol with fewer ids than this has all it ever had.
  std::vector<hold> holds{};     ///< Open ones.
  std::int64_t last_hold_id{0};
};

/// Never trades. The gate is given the restored holds at its own start.
[[nodiscard]] reconciler_actor spawn_reconciler(caf::actor_system& system, services given,
                                                reconciler_options options);

}  // namespace sluice::actors
