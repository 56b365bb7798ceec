// The status actor: answers what the API asks, folds the journal's records, keeps gauges current.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "sluice/actors/access_guard.hpp"
#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/journal/reader.hpp"
#include "sluice/journal/recovered.hpp"
#include "sluice/truth/settings.hpp"

namespace sluice::actors {

struct status_options {
  snapshot_settings snapshot{};
  universe_settings universe{};
  std::unique_ptr<journal::reader> reader{};  ///< For plans and past events.
  journal::recovered recovered{};
  std::string version{};
  std::string revision{};
  settings_view in_force{};                  ///< Until the first reload.
  std::vector<std::string> setting_names{};  ///< Every key of the file: "gate.cooldown".
};

[[nodiscard]] status_actor spawn_status(caf::actor_system& system, services given,
                                        status_options options);

/// Who is let in, and where it is counted who is not; `counters` may be null.
struct gateway_access {
  std::shared_ptr<const guard_post> guard{std::make_shared<guard_post>()};
  std::shared_ptr<status::metrics> counters{};
};

/// Where requests go: the dashboard's files are answered at once, whoever lacks the right gets 401
/// or 403, plans go to the intake, logs to the logger, everything else to the status actor. Called
/// on the HTTP server's thread.
[[nodiscard]] status::request_handler http_gateway(std::shared_ptr<status::logger> log,
                                                   intake_actor intake, status_actor status,
                                                   gateway_access access = {});

}  // namespace sluice::actors
