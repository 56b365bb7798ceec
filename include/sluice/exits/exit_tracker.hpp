// The exit engine's memory: one exit state per position, fed by truth and marks, asking once per
// change that a position be closed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/plan.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/exits/exit_rules.hpp"
#include "sluice/exits/settings.hpp"

namespace sluice {

/// An exit that is wanted now, with what it was decided on.
struct exit_proposal {
  position_key position{};
  position_open seen{};
  std::uint64_t truth_version{0};
  exit_decision decision{};
  std::uint32_t attempt{0};  ///< Grows when the same exit is asked for again.
};

/// Ages run on the steady clock: the wall clock is read once, when a state is restored, so that a
/// jump of it closes nothing.
class exit_tracker {
 public:
  explicit exit_tracker(exit_settings settings);

  /// An open plan is about to be sent: its own stop, target and time limit hold for the position it
  /// opens, if that appears before a minute past the plan's deadline. A reduce plan is ignored.
  void note_plan(const plan& p);
  /// The plan came to nothing.
  void forget_plan(const plan_id& id);

  /// States stored by an earlier run, before anything else. They rest until truth is known.
  void restore(const std::vector<exit_state>& states, const stamp& now);

  /// The position's truth; unknown changes nothing. Returns the exit state when it changed.
  [[nodiscard]] std::optional<exit_changed> on_truth(const position_key& key,
                                                     const truth_view& seen, const stamp& now);
  /// New mark prices.
  [[nodiscard]] std::vector<exit_proposal> on_marks(std::span<const mark_row> rows, instant now);
  /// Asks the rules that need no price, for every position: call it about once a second, so that a
  /// time limit holds when the mark stream is silent.
  [[nodiscard]] std::vector<exit_proposal> on_tick(instant now);

  /// The plan made from the position's proposal has its verdict or its order is finished.
  void plan_ended(const position_key& key, instant now);

  [[nodiscard]] std::optional<exit_state> state(const position_key& key) const;
  [[nodiscard]] std::size_t active() const;
  /// Open positions with neither stop nor time limit, or all while exits are disabled; sorted.
  [[nodiscard]] std::vector<position_key> unprotected() const;

 private:
  /// A proposal under way, or the pause after it.
  struct asked {
    exit_decision decision{};
    instant again_at{};  ///< Its plan has ended by then, and the pause too.
    std::uint32_t attempt{0};
  };
  struct tracked {
    exit_state state{};
    position_open seen{};  ///< Amount zero while the truth is not yet known.
    std::uint64_t truth_version{0};
    instant opened{};  ///< On our steady clock; before its epoch when restored old.
    std::optional<asked> last{};
  };
  struct noted_plan {
    plan_id id{};
    open_plan wish{};
    instant forget_at{};
  };

  void open(tracked& t, const position_key& key, const position_open& seen, const stamp& now);
  void follow(tracked& t, const position_open& seen);
  std::optional<noted_plan> take_note(const position_key& key, int sign, instant now);
  [[nodiscard]] std::optional<exit_proposal> ask(tracked& t, std::optional<price> mark,
                                                 instant now);

  exit_settings settings_;
  std::unordered_map<symbol, std::vector<tracked>> positions_{};  ///< At most one per leg.
  std::unordered_map<position_key, noted_plan> notes_{};
};

}  // namespace sluice
