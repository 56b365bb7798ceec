// The settings of intake, upstream plans and flattens, with their defaults and their own checks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sluice/domain/ids.hpp"
#include "sluice/domain/setting_fault.hpp"
#include "sluice/domain/side.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// What one source of plans may do, and how much of it.
struct source_settings {
  /// Holds the token that its requests must show; empty: it shows none.
  std::string token_file{};
  /// Which plans it may send: exits (reduces and cancels), entries (opens).
  std::vector<lane> lanes{lane::exit, lane::entry};
  /// Of each lane; 0: no limit. Entries cannot use up what exits may send.
  std::size_t plans_per_second_max{0};
  /// Of each lane, at once after a pause; 0: as many as one second admits.
  std::size_t plans_burst_max{0};
  /// Of each lane, without a verdict at once; 0: no limit but the queue's.
  std::size_t open_plans_max{0};
  bool require_created_at{false};

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

/// What becomes of plans of a source that has no table while others have one.
enum class unlisted_intake : std::uint8_t { take, refuse };

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
  /// A plan that does not say when it was made is refused: its age could not be told.
  bool require_created_at{false};
  /// A file or pipe of JSON lines to follow for plans, "-" for standard input; empty for none.
  std::string file{};
  /// Where lines go that were refused; empty for none. Twice as many bytes are kept at most.
  std::string dead_letter_file{};
  std::size_t dead_letter_size_max{16UL * 1024 * 1024};
  unlisted_intake unlisted_source{unlisted_intake::take};
  std::map<std::string, source_settings, std::less<>> sources{};  ///< By the source's name.

  /// None when the source has no table.
  [[nodiscard]] const source_settings* find(const source_id& s) const;
  /// True when some source must show a token.
  [[nodiscard]] bool has_tokens() const;

  [[nodiscard]] std::vector<setting_fault> validate() const;
};

/// What becomes of an open plan for a symbol whose open plan has not ended.
enum class second_entry_policy : std::uint8_t {
  refuse,     ///< It is not accepted.
  supersede,  ///< One of the same source is withdrawn while no order of it has left; else as
              ///< `refuse`.
};

struct planner_settings {
  /// An open plan under another id that wants what its source wanted less than this before is the
  /// same plan, unless that one was denied; 0 for never.
  milliseconds duplicate_window{5'000};
  second_entry_policy second_entry{second_entry_policy::refuse};
  /// A cancel counts only for plans of its own source. Follows from intake.sources: no key.
  bool cancel_own_only{false};

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
