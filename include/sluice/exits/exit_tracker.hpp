// The exit engine's memory: one exit state per position, fed by truth, marks, fills and signals,
// asking once per change that a position be closed or made smaller.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/plan.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/exits/exit_rules.hpp"
#include "sluice/exits/regime_book.hpp"
#include "sluice/exits/settings.hpp"

namespace sluice {

/// Which exit of which position: a later position under the same key is another one.
struct exit_request {
  position_key position{};
  wall_time opened_at{};
  int tranche{0};
};

/// An exit that is wanted now, with what it was decided on.
struct exit_proposal {
  position_key position{};
  position_open seen{};
  std::uint64_t truth_version{0};
  exit_decision decision{};
  std::uint32_t attempt{0};  ///< Grows when the same exit is asked for again.
  wall_time opened_at{};

  [[nodiscard]] exit_request request() const { return {position, opened_at, decision.tranche}; }
};

/// How the plan of a proposal came to its end.
enum class exit_end : std::uint8_t {
  satisfied,  ///< At its target, or as near to it as the symbol's filters let anybody come.
  unfinished,
  barred  ///< Nobody could have carried it out as things stand: halted, shadow, symbol not trading.
};

/// An open plan that an earlier run has sent.
struct earlier_plan {
  plan what{};
  bool finished{false};  ///< Its end is on record, its position was not yet seen.
};

/// What follows from a look: states to be stored, and exits to be asked for.
struct exit_step {
  std::vector<exit_changed> changes{};
  std::vector<exit_proposal> proposals{};
};

/// The liquidation price of exactly this position; none when not known.
using liquidation_lookup =
    std::function<std::optional<price>(const position_key&, const position_open&)>;
using truth_lookup = std::function<truth_view(const position_key&)>;

/// Ages run on the steady clock: the wall clock is read once, when a state is restored, so that a
/// jump of it closes nothing. Everything the rules use of a position's past is in its state, so a
/// tracker that is restored from the states told last goes on as the one that told them.
class exit_tracker {
 public:
  explicit exit_tracker(exit_settings settings, liquidation_lookup liquidation = {});

  /// An open plan is about to be sent: its own stop, target and time limit hold for the position it
  /// opens, if that appears before a minute past the first truth that was proven after the plan's
  /// end, or within a day of silence. A reduce plan is ignored.
  void note_plan(const plan& p);
  /// The same for plans of an earlier run, which ended now at the latest.
  void note_earlier(const earlier_plan& p, instant now);
  /// The plan has come to its end; to nothing when it executed nothing.
  void note_ended(const plan_id& id, quantity executed, instant now);
  /// For plans that have ended, whose position may have been proven anew without any change: call
  /// it about once a second.
  void look_at_notes(const truth_lookup& truth_of, instant now);

  /// States stored by an earlier run, before the first truth or mark. They rest until truth is
  /// known.
  void restore(const std::vector<exit_state>& states, const stamp& now);

  /// The position's truth; unknown changes nothing. Returns the exit state when it changed. One
  /// read in which the position is missing may be a fault of that read: the state rests until a
  /// later one agrees, or until the position is there again, as if nothing had been. Where the
  /// entry moved and the amount did not grow it is another position, which begins anew. One that is
  /// older than what was looked at changes nothing.
  [[nodiscard]] std::optional<exit_changed> on_truth(const position_key& key,
                                                     const truth_view& seen, const stamp& now);
  /// Positions that were missing in one read, and whether a later one agrees: call it about once a
  /// second.
  [[nodiscard]] std::vector<exit_changed> look_at_missing(const truth_lookup& truth_of,
                                                          const stamp& now);
  /// New mark prices.
  [[nodiscard]] exit_step on_marks(std::span<const mark_row> rows, const stamp& now);
  /// Asks the rules that need no price, for every position: call it about once a second, so that a
  /// time limit holds when the mark stream is silent.
  [[nodiscard]] std::vector<exit_proposal> on_tick(instant now);

  /// A fill of ours cost this much in the quote asset. Before its position is seen it is kept for
  /// the plan.
  [[nodiscard]] std::optional<exit_changed> on_fee(const position_key& key, const plan_id& plan,
                                                   notional paid, instant now);
  /// Funding of a symbol; of all symbols when it is empty. Counted when exactly one position can be
  /// meant. Positive is paid.
  [[nodiscard]] std::optional<exit_changed> on_funding(const symbol& about, notional paid);
  /// A source that is allowed to trade wants this side of the symbol: a signal against positions of
  /// the other one.
  [[nodiscard]] std::vector<exit_changed> on_signal(const symbol& about, side wanted,
                                                    const stamp& now);

  /// Other rules from the next look on, also for positions that stand: a stop, target or time limit
  /// that one has already stays, one that it lacks it gets. Proposals under way stand.
  [[nodiscard]] std::vector<exit_changed> settings_changed(exit_settings now);

  /// What barred exits may have changed: those that pause for it are asked for after `retry_after`.
  void bars_changed();

  /// The plan made from a proposal has its verdict or its last order is finished.
  [[nodiscard]] std::optional<exit_changed> plan_ended(const exit_request& of, exit_end how,
                                                       instant now);

  [[nodiscard]] std::optional<exit_state> state(const position_key& key) const;
  [[nodiscard]] std::size_t active() const;
  /// Open positions with neither stop nor time limit, or whose exits are disabled; sorted.
  [[nodiscard]] std::vector<position_key> unprotected() const;

 private:
  /// A proposal under way, or the pause after it.
  struct asked {
    exit_decision decision{};
    instant again_at{};  ///< Its plan has ended by then, and the pause too.
    std::uint32_t attempt{0};
    int bars{0};                     ///< Ends in a row that were barred.
    std::optional<instant> ended{};  ///< Of its plan, when that was barred.
  };
  struct tracked {
    exit_state state{};
    position_open seen{};  ///< Amount zero while the truth is not yet known.
    std::uint64_t truth_version{0};
    std::optional<instant> missing_in{};  ///< The read that was the first not to show it.
    instant opened{};                  ///< On our steady clock; before its epoch when restored old.
    std::optional<instant> opposed{};  ///< state.opposed_at on the same clock.
    std::optional<asked> last{};
  };
  struct noted_plan {
    plan_id id{};
    source_id source{};
    open_plan wish{};
    std::optional<instant> ended{};  ///< None while the plan has no end.
    instant forget_at{};             ///< Once it has ended.
    bool proven{false};              ///< Truth of after its end was seen.
    /// It was permitted while a read did not show the position: what then opens is its own.
    bool onto_missing{false};

    void end(instant now);
  };
  struct early_fee {
    notional paid{};
    instant forget_at{};
  };

  /// Whether what is shown again is another position than the one that a read did not show.
  [[nodiscard]] bool is_another(const tracked& t, int sign) const;
  /// Whether it was closed, and another one opened on its side, while nobody looked.
  [[nodiscard]] static bool is_replaced(const tracked& t, const position_open& seen);
  /// Whether it is there, as far as truth is known.
  [[nodiscard]] static bool stands(const tracked& t) {
    return !t.seen.amount.is_zero() && !t.missing_in;
  }
  void open(tracked& t, const position_key& key, const position_open& seen, const stamp& now);
  void follow(tracked& t, const position_open& seen);
  void look(tracked& t, price mark, const regime_state* sampled, const stamp& now, exit_step& out);
  [[nodiscard]] exit_view view_of(const tracked& t, std::optional<price> mark, instant now) const;
  [[nodiscard]] const exit_policy& policy_for(const tracked& t) const;
  [[nodiscard]] tracked* find(const position_key& key);
  std::optional<noted_plan> take_note(const position_key& key, int sign, instant now);
  void look_at_note(const position_key& key, const truth_view& seen, instant now);
  void unbar(asked& last) const;
  void note_early_fee(const plan_id& plan, notional paid, instant now);
  notional take_early_fee(const plan_id& plan);
  [[nodiscard]] std::optional<exit_proposal> ask(tracked& t, std::optional<price> mark,
                                                 instant now);

  exit_settings settings_;
  liquidation_lookup liquidation_;
  regime_book regimes_;
  std::unordered_map<symbol, std::vector<tracked>> positions_{};  ///< At most one per leg.
  std::unordered_map<position_key, noted_plan> notes_{};
  std::unordered_map<plan_id, early_fee> early_fees_{};
};

}  // namespace sluice
