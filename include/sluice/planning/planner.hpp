// The planner: gives plans an identity, recognises repetitions, orders them. All pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sluice/domain/plan.hpp"
#include "sluice/domain/truth.hpp"
#include "sluice/planning/recent_plans.hpp"

namespace sluice {

/// What a plan is against those seen before.
enum class plan_identity : std::uint8_t {
  fresh,    ///< Its id was not seen; it is remembered now.
  repeat,   ///< Same id, same content: give the recorded verdict again.
  conflict  ///< Same id, other content: refuse with duplicate_plan.
};

class planner_core {
 public:
  explicit planner_core(std::size_t remembered_ids_max = 1'000'000);

  /// Compares with what is remembered, and remembers a fresh one.
  plan_identity remember(const plan& p);
  /// The same by stable_hash of the id: so the journal's earlier plans are loaded at start.
  plan_identity remember(std::uint64_t id_hash, std::uint64_t content);
  [[nodiscard]] std::size_t remembered() const { return seen_.size(); }

 private:
  recent_map seen_;
};

/// Exits before entries, otherwise in the order given.
void order_exits_first(std::vector<plan>& plans);

/// What the exit engine wants of one position, as seen at one moment.
struct exit_wish {
  position_key position{};
  position_open seen{};  ///< The position it was decided on.
  std::uint64_t truth_version{0};
  quantity target{};  ///< Leave at most this, >= 0.
  std::string reason{};
  std::uint64_t run{0};      ///< Differs in every run of the process: versions start anew.
  std::uint32_t attempt{0};  ///< Grows when the same wish is made again after a denial.
  std::string numbers{};     ///< What it was decided on; no part of the plan's identity.
};

/// The reduce plan for a wish, alive for `ttl`. Its id is "exit:<SYMBOL>:<leg>:<hash>" from the
/// wish's content, not from the time, so that the same wish made twice is one plan.
[[nodiscard]] plan plan_for_exit(const exit_wish& wish, const stamp& now, milliseconds ttl);

}  // namespace sluice
