// The settings of intake, upstream plans and flattens, with their defaults and their own checks.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "sluice/domain/ids.hpp"
#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

struct intake_settings {
  /// How long a plan lives when it names neither `ttl` nor `deadline`.
  milliseconds default_ttl{60'000};
  /// No plan lives longer than this after its receipt; a later deadline is cut to it.
  milliseconds max_ttl{300'000};
  /// A plan whose `created_at` is older is refused: a replayed backlog is never carried out.
  milliseconds max_age{60'000};
  /// How far `created_at` may lie in our future: what a producer's clock may be off.
  milliseconds max_clock_lead{5'000};
  std::size_t entry_queue_max{10'000};
  std::size_t exit_queue_max{10'000};
  std::size_t plans_per_request_max{1'000};
  /// Plan ids remembered, so that a repetition is recognised.
  std::size_t remembered_ids_max{1'000'000};
  /// A file of JSON lines to follow for plans; empty for none.
  std::string file{};

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

struct flatten_settings {
  /// How long a flatten tries, from its order on; then it ends and says what stands.
  milliseconds give_up_after{600'000};
  /// Pause before a close, a read or a cancel is tried again.
  milliseconds retry_after{2'000};
  /// How long the plan of one close lives; never past the flatten's own end.
  milliseconds plan_ttl{30'000};

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

/// How plans of an existing pipeline's stream are taken in. Ages and lives are those of the intake.
struct upstream_settings {
  /// Who may open; empty means nobody. Whoever is named in the stream may close.
  std::vector<source_id> entry_sources{};
  /// The source of a plan that names none; empty: such a plan is refused.
  std::string default_source{};
  std::size_t entry_open_max{100};   ///< Open plans without a verdict at once; further ones wait.
  std::size_t exit_open_max{1'000};  ///< The same for closes, which never wait behind open plans.
  std::size_t waiting_max{1'000};    ///< Entries that wait, in each lane; further ones are refused.
  milliseconds permit_ttl{60'000};   ///< How long a verdict may be read.

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

}  // namespace sluice
