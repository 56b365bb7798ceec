// The gate's actor: unpacks, asks the gate's core, passes on what has to happen.
#pragma once

#include <vector>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/gate/gate_core.hpp"
#include "sluice/journal/recovered.hpp"

namespace sluice::actors {

struct gate_options {
  gate_settings settings{};
  standing_state ordered{};  ///< Of the trading state, as the journal has it.
  trading_state was_in_force{trading_state::active};  ///< When the last process ended.
  std::string halt_file{};
  std::optional<std::string> halted{};  ///< What the halt file says; none when it is not there.
  std::vector<setting_override> overrides{};
  std::int64_t last_override_id{0};
  milliseconds one_read{0};  ///< What a read may take: a plan that waits, waits that long.
  std::vector<recovered_order> orders{};  ///< Not yet resolved.
  std::vector<hold> holds{};
  std::vector<flatten_order> flattens{};  ///< That run.
  std::vector<booked> books{};            ///< As the journal has them.
  std::vector<journal::limit_record>
      limit_records{};           ///< The same; their instants are of this process.
  std::vector<plan_ptr> left{};  ///< Exits that the last run left without a verdict.
  std::vector<journal::withdrawal>
      withdrawals{};  ///< Of what the last run left, as the journal has it.
};

[[nodiscard]] gate_actor spawn_gate(caf::actor_system& system, services given,
                                    gate_options options);

}  // namespace sluice::actors
