// The exit engine's actor: watches every open position and proposes its exit when a rule says so.
#pragma once

#include <cstdint>
#include <vector>

#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/exits/exit_tracker.hpp"

namespace sluice::actors {

struct exit_options {
  exit_settings settings{};
  std::vector<exit_state> restored{};  ///< As the journal has them.
  std::vector<earlier_plan>
      earlier{};         ///< What they open is theirs; the last of a position counts.
  std::uint64_t run{0};  ///< Differs in every run of the process.
};

[[nodiscard]] exit_engine_actor spawn_exit_engine(caf::actor_system& system, services given,
                                                  exit_options options);

}  // namespace sluice::actors
