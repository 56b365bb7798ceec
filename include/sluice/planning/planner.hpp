// The planner: gives plans an identity, recognises repetitions, orders them. All pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "sluice/domain/plan.hpp"
#include "sluice/domain/truth.hpp"
#include "sluice/domain/verdict.hpp"
#include "sluice/planning/live_plans.hpp"
#include "sluice/planning/recent_opens.hpp"
#include "sluice/planning/recent_plans.hpp"
#include "sluice/planning/settings.hpp"

namespace sluice {

/// What a plan is against those seen before.
enum class plan_identity : std::uint8_t {
  fresh,    ///< Its id was not seen; it is remembered now.
  repeat,   ///< Same id, same content: give the recorded verdict again.
  conflict  ///< Same id, other content: refuse with duplicate_plan.
};

/// What is to be done with a plan that was offered.
enum class offer_kind : std::uint8_t {
  fresh,      ///< Judge it.
  repeat,     ///< Same id, same content.
  conflict,   ///< Same id, other content.
  duplicate,  ///< An open that wants what `about` wants, which was taken within the window.
  /// An open or a part of a position, and the open plan `about` of its symbol has not ended. Not
  /// remembered.
  symbol_busy,
  /// The same, and `about` is of the same source and may still be withdrawn: do so, then offer it
  /// again.
  supersedes,
  not_its_own,  ///< It would cancel `about`, which another source sent. Not remembered.
};
struct offer_answer {
  offer_kind kind{offer_kind::fresh};
  plan_id about{};
  friend bool operator==(const offer_answer&, const offer_answer&) = default;
};

/// Knows which plans it has seen and which of them have not ended. It learns of ends by `judged`
/// and `finished`; after a restart by `resume`.
class planner_core {
 public:
  explicit planner_core(std::size_t remembered_ids_max = 1'000'000, planner_settings settings = {});

  /// Decides by identity, window, owner and symbol, in this order. A plan that is answered by
  /// `fresh` or `duplicate` is remembered; one by `supersedes` keeps its symbol for itself until
  /// the older plan has its verdict.
  [[nodiscard]] offer_answer offer(const plan& p);
  /// Once ids were forgotten: whether the answer to this plan would lean on that another one of its
  /// symbol is open, so that the journal has to be asked for its id before it is offered.
  [[nodiscard]] bool leans_on_another(const plan& p);
  /// No plan waits any more for the open plan of this symbol to be withdrawn.
  void stop_waiting(const symbol& s);
  /// A plan has its terminal verdict.
  void judged(const plan_id& id, verdict_kind outcome);
  /// The last order of an allowed plan has ended; one that traded nothing may be wanted again.
  void finished(const plan_id& id, bool traded = true);
  /// A plan of the process before whose end is not on record.
  void resume(const plan& p, bool allowed);

  /// Compares with what is remembered, and remembers a fresh one.
  plan_identity remember(const plan& p);
  /// The same by stable_hash of the id: so the journal's earlier plans are loaded at start.
  plan_identity remember(std::uint64_t id_hash, std::uint64_t content);
  /// True once a plan that was accepted may be answered by `fresh` or `duplicate`, because its id
  /// was forgotten: then the journal has to be asked before anything is done with it.
  [[nodiscard]] bool has_forgotten() const { return seen_.has_forgotten(); }
  /// The journal knows this plan, that was answered by `fresh` or `duplicate`, with this content:
  /// nothing is done with it. Says what it is.
  plan_identity known_before(const plan& p, std::uint64_t content);
  /// A plan that was answered by `duplicate` of one that is not new: it is the first of its kind.
  void stand_alone(const plan& p);
  [[nodiscard]] std::size_t remembered() const { return seen_.size(); }

 private:
  planner_settings settings_;
  recent_map seen_;
  recent_opens opens_;
  live_plans live_{};
};

/// Withdraws `older` for the sake of `newer`, at once. Its id names the newer one as far as an id
/// has room, and differs for every try.
[[nodiscard]] plan plan_to_supersede(const plan_id& older, const plan& newer, const stamp& now);

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

/// The reduce plan for a wish, alive for `ttl`: a part of the position that it was decided on, or a
/// close of all that is held on that one's side. Its id is "exit:<SYMBOL>:<leg>:<hash>" from the
/// wish's content, not from the time, so that the same wish made twice is one plan.
[[nodiscard]] plan plan_for_exit(const exit_wish& wish, const stamp& now, milliseconds ttl);

}  // namespace sluice
