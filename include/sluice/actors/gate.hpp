// The gate's actor: unpacks, asks the gate's core, passes on what has to happen.
#pragma once

#include <vector>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/gate/gate_core.hpp"

namespace sluice::actors {

struct gate_options {
  gate_settings settings{};
  trading_state state{trading_state::active};  ///< As the journal has it.
  std::vector<recovered_order> orders{};       ///< Not yet resolved.
  std::vector<hold> holds{};
  std::vector<booked> books{};  ///< As the journal has them.
};

[[nodiscard]] gate_actor spawn_gate(caf::actor_system& system, services given,
                                    gate_options options);

}  // namespace sluice::actors
