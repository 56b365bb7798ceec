// The gate without its actor: what it remembers, and what follows from each thing it is told.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sluice/domain/flatten.hpp"
#include "sluice/gate/exposure.hpp"
#include "sluice/gate/flights.hpp"
#include "sluice/gate/gate_actions.hpp"
#include "sluice/gate/gate_view.hpp"
#include "sluice/gate/limits_in_use.hpp"
#include "sluice/gate/parking_lot.hpp"
#include "sluice/gate/preview.hpp"
#include "sluice/gate/settings.hpp"
#include "sluice/gate/urgent_reads.hpp"

namespace sluice {

/// Every input appends to `out` what has to happen. Every submitted plan gets exactly one verdict,
/// at the latest by the first tick at or after its deadline. Duplicate plans are not the gate's
/// matter. For one thread; `now` never goes back.
class gate_core {
 public:
  gate_core(std::shared_ptr<const gate_view> boards, gate_settings settings, run_mode mode);

  /// Judges a plan, parks it, or withdraws the one a cancel plan names. To have a plan judged once
  /// more (the truth moved between permit and send, or its order did not bring it to its end),
  /// report its order as resolved and submit it `again`: its verdict then says so.
  void submit(plan_ptr p, const stamp& now, gate_actions& out, bool again = false);
  void read_finished(const read_done& done, const stamp& now, gate_actions& out);
  /// The content of a truth changed without a read of ours, e.g. by the user stream.
  void truth_moved(const position_key& key, const stamp& now, gate_actions& out);
  void moved(const order_moved& m, const stamp& now, gate_actions& out);
  /// Judges again what waited for time: deadlines, park limits, pauses after failed reads.
  void tick(const stamp& now, gate_actions& out);

  /// A fill of ours on the position: entries cool down from here.
  void fill_seen(const position_key& key, instant at);
  /// One of the last run, seen at `at`: reads of now may not show it yet.
  void filled_before(const position_key& key, const plan_id& plan, instant at, instant now);
  void hold_set(const hold& h, const stamp& now, gate_actions& out);
  void hold_cleared(const hold& h, const stamp& now, gate_actions& out);
  /// Opens of what a flatten covers are refused as by a hold while it runs, whatever holds there
  /// are besides.
  void flatten_set(const flatten_order& o, const stamp& now, gate_actions& out);
  void flatten_cleared(std::int64_t id);
  /// Our books were changed: what had to wait for them is judged again.
  void ledger_moved(const position_key& key, quantity amount, const stamp& now, gate_actions& out);
  void reach_changed(const reach& r, const stamp& now, gate_actions& out);
  /// Another list of symbols is in force.
  void symbols_changed(const stamp& now, gate_actions& out);
  void trading_state_changed(trading_state s, const stamp& now, gate_actions& out);
  /// Other settings from now on, and the overrides in them: everything that waits is judged by
  /// them. Permits that are out stand; how many plans may wait was decided at construction.
  void settings_in_force(const gate_settings& s, std::vector<std::int64_t> override_ids,
                         const stamp& now, gate_actions& out);
  /// What became durable: fills, funding, intents and peaks are what limits are counted from. Also
  /// those of before the restart, in their order.
  void record_seen(const record_body& b, const stamp& at) { exposure_.take(b, at); }
  /// By how much the venue's clock is ahead of our wall clock now: the day of a limit is the
  /// venue's.
  void venue_clock(milliseconds ahead) { exposure_.venue_clock(ahead); }
  /// The account's margin was read. Gives what the journal shall know of it, if anything.
  [[nodiscard]] std::optional<equity_peaked> margin_read(const margin_reading& m, const stamp& now,
                                                         gate_actions& out);
  /// What the journal knows of before the restart; before the first submit.
  void recover(std::span<const recovered_order> orders, std::span<const hold> holds,
               std::span<const booked> books);

  /// A cancel of the last run: its target, once it comes up again, goes on no more.
  void withdrawn_before(const plan_id& target, const plan_id& by) {
    flights_.withdrawn_before(target, by);
  }
  /// Exits that the last run left without a verdict: a cancel finds them, and they are judged when
  /// they are taken up.
  void left_by_last_run(std::vector<plan_ptr> exits) { left_ = std::move(exits); }
  /// An exit that came before its symbol and the account were known: as those of the last run.
  void put_off(plan_ptr exit) { left_.push_back(std::move(exit)); }
  [[nodiscard]] std::size_t left() const { return left_.size(); }
  [[nodiscard]] bool has_left() const { return !left_.empty(); }
  /// Judges those of which `is_due` says so.
  void take_up(const std::function<bool(const plan&)>& is_due, const stamp& now, gate_actions& out);

  /// When tick has something to do; none while nothing waits.
  [[nodiscard]] std::optional<instant> next_deadline() const;
  [[nodiscard]] gate_stats stats() const;
  [[nodiscard]] trading_state state() const { return state_; }
  /// What a plan would be judged by at this moment.
  [[nodiscard]] facts facts_for(const plan& p, const stamp& now);
  /// What would be said of a plan that came now; nothing follows from it.
  [[nodiscard]] plan_preview preview(const plan& p, const stamp& now);
  [[nodiscard]] limits_view limits_in_use(const stamp& now);

 private:
  void judge_one(parked_plan p, const stamp& now, gate_actions& out);
  void judge_all(std::vector<parked_plan> plans, const stamp& now, gate_actions& out);
  void judge_waiting(const position_key& key, const stamp& now, gate_actions& out);
  /// True when the plan was parked: only a read stands in its way and it has time left.
  [[nodiscard]] bool keep_waiting(const parked_plan& p, const std::vector<refusal>& refusals,
                                  const facts& seen, gate_actions& out);
  void want_read(const plan& p, const std::vector<refusal>& refusals, const facts& seen,
                 gate_actions& out);
  void want_margin(const std::vector<refusal>& refusals, gate_actions& out);
  void allow(parked_plan p, facts seen, permit given, gate_actions& out);
  void withdraw(parked_plan cancel, facts seen, gate_actions& out);
  [[nodiscard]] std::optional<parked_plan> take_waiting(const plan_id& id);
  [[nodiscard]] instant waits_until(const plan& p, const stamp& now) const;
  [[nodiscard]] bool source_allowed(const plan& p) const;
  [[nodiscard]] std::optional<hold> held(const position_key& key) const;

  /// What reads say of a position that was open, or should be, and is not shown any more.
  struct absence {
    std::uint64_t version{0};             ///< Of the truth that says flat; 0 while it is open.
    std::optional<instant> missing_in{};  ///< The first read that did not show it.
    bool proven{false};                   ///< A later one agreed, or the stream said so.
  };
  void look_at_absence(const position_key& key, const truth_view& seen);
  [[nodiscard]] std::optional<instant> missing_in(const position_key& key) const;

  std::shared_ptr<const gate_view> boards_{};
  gate_settings settings_{};
  std::vector<std::int64_t> overrides_{};
  run_mode mode_{run_mode::demo};
  std::unordered_set<source_id> exit_sources_{};
  std::unordered_set<source_id> entry_sources_{};
  trading_state state_{trading_state::active};
  reach exchange_{};
  parking_lot parked_;
  urgent_reads reads_;
  flights flights_{};
  exposure_book exposure_;
  std::optional<instant> margin_asked_{};  ///< From when on, at the last wish.
  std::unordered_map<position_key, std::vector<hold>> holds_{};  ///< Oldest first.
  std::vector<flatten_order> flattens_{};                        ///< That run, oldest first.
  std::unordered_map<position_key, quantity> books_{};
  std::unordered_map<position_key, absence> absences_{};  ///< None for what nobody saw open.
  std::unordered_map<position_key, instant> last_fill_{};
  std::uint64_t parking_full_{0};
  std::vector<plan_ptr> left_{};
};

}  // namespace sluice
