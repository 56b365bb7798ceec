// All stages of one run, spawned and introduced to each other.
#pragma once

#include <functional>
#include <memory>

#include "dead_letters.hpp"
#include "sluice/actors/access_guard.hpp"
#include "sluice/actors/application.hpp"
#include "sluice/actors/intake.hpp"
#include "sluice/actors/interfaces.hpp"
#include "sluice/actors/journal_writer.hpp"
#include "sluice/actors/redis_outbox.hpp"
#include "sluice/actors/service.hpp"
#include "sluice/actors/services.hpp"
#include "sluice/journal/reader.hpp"
#include "sluice/journal/store.hpp"
#include "sluice/truth/truth_keeper.hpp"

namespace sluice::actors {

struct pipeline_parts {
  const config::settings& chosen;
  const build_info& build;
  services given{};
  std::shared_ptr<truth_keeper> keeper{};
  std::unique_ptr<journal::store> store{};
  std::unique_ptr<journal::reader> reader{};
  journal::recovered found{};
  journal_thread writer{journal_thread::own};
  std::function<void(int)> ended{};
  std::optional<std::string> halted{};  ///< What the halt file says; none when it is not there.
  /// Both for the bridge to Redis; none without it.
  std::shared_ptr<redis_outbox> redis{};
  std::unique_ptr<journal::reader> redis_reader{};
  source_tokens tokens{};
  std::shared_ptr<dead_letters> refused_lines{};  ///< Null when nobody wants them.
  order_token orders{order_token::none};
  service_manager manager{};
  config::environment environment{};  ///< For when the file is read again.
  std::shared_ptr<guard_post> guard{std::make_shared<guard_post>()};  ///< Likewise.
};

/// Where the halt file is looked for.
[[nodiscard]] std::string halt_file_path(const config::settings& chosen);

/// Spawns every stage; nothing happens yet. `began` is the moment that plans without a verdict were
/// settled for: whoever was left then is judged, however long it took until here.
[[nodiscard]] std::shared_ptr<const peers> spawn_pipeline(caf::actor_system& system,
                                                          pipeline_parts parts, const stamp& began);

/// Introduces the stages to each other: from here on the pipeline works.
void start_pipeline(const std::shared_ptr<const peers>& all, std::vector<record_body> first);

}  // namespace sluice::actors
