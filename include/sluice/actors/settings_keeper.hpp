// The settings keeper: reads the configuration again when it is told to, whole or not at all.
#pragma once

#include "sluice/actors/access_guard.hpp"
#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/journal_writer.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/config/config.hpp"

namespace sluice::actors {

struct settings_keeper_options {
  config::settings in_force{};  ///< Its file is the one that is read again.
  config::environment environment{};
  std::shared_ptr<guard_post> guard{std::make_shared<guard_post>()};  ///< Gets the tokens.
  journal_thread thread{journal_thread::own};  ///< Own: the disk is waited for apart from others.
};

[[nodiscard]] settings_keeper_actor spawn_settings_keeper(caf::actor_system& system, services given,
                                                          settings_keeper_options options);

/// What the gate judges by, from the three tables that say it.
[[nodiscard]] gate_settings gate_settings_of(const config::settings& chosen);
/// The margin is read only where a limit needs it.
[[nodiscard]] std::optional<milliseconds> margin_period_of(const limits_settings& s);

}  // namespace sluice::actors
