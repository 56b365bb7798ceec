// The stage that gives the venue signs of life for symbols with open orders of ours.
#pragma once

#include <vector>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/execution/dead_man.hpp"

namespace sluice::actors {

struct open_at_start {
  client_order_id id{};
  symbol instrument{};
};
struct dead_man_options {
  dead_man_settings settings{};
  std::vector<open_at_start> inherited{};  ///< Orders of the last run that are not resolved.
};

/// Healthy means: the journal makes durable what it is given, the watchdog names neither a stuck
/// executor nor a slow journal, and the process is not ending. At an end in order, what no open
/// order needs is disarmed before `drain` is answered. Does nothing in mode shadow.
[[nodiscard]] dead_man_actor spawn_dead_man_switch(caf::actor_system& system, services given,
                                                   dead_man_options options);

}  // namespace sluice::actors
