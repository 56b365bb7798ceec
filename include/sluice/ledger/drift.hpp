// Drift: what a difference between our ledger and the truth is, and what has to be done about it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/hold.hpp"
#include "sluice/domain/order.hpp"
#include "sluice/domain/truth.hpp"
#include "sluice/ledger/evidence.hpp"
#include "sluice/ledger/ledger.hpp"
#include "sluice/ledger/settings.hpp"

namespace sluice {

enum class drift_kind : std::uint8_t {
  none,       ///< Equal, or within tolerance.
  explained,  ///< Fills of ours that the ledger does not have account for it exactly.
  pending,    ///< Cannot be told yet: an order is unresolved, or the truth is older than our fill.
  foreign,    ///< Fills of others, or of others and ours, account for it exactly.
  unexplained,  ///< Nothing seen accounts for it.
  side_flip,    ///< Ledger and truth stand on different sides, not by fills of ours alone: a hold.
  unledgered    ///< An open position without a line: adopted.
};
[[nodiscard]] std::string_view to_string(drift_kind k);

enum class drift_action : std::uint8_t {
  nothing,
  adopt,        ///< Set the ledger's line to the truth and journal cause and evidence.
  place_hold,   ///< With this cause and evidence.
  release_hold  ///< The hold this watch placed; `cause` says why it may go.
};
[[nodiscard]] std::string_view to_string(drift_action a);

/// Everything one comparison looks at.
struct drift_input {
  position_key position{};
  truth_view seen{};
  venue_time as_of{};  ///< The venue's time of seen.as_of, as reckoned by us; 0 when not known.
  /// How far its clock is ahead of our wall clock, as measured.
  milliseconds venue_ahead{0};
  std::optional<ledger_line> line{};
  quantity step{};               ///< Of the instrument; zero when not known.
  bool order_unresolved{false};  ///< An order of ours here is not finished, its fills included.
  stamp now{};
};

/// What a comparison found. `cause` is what the journal carries: "adopted_at_start", "explained",
/// "foreign_fill" for adopt; "drift_gone" or "repaired: <cause of the adoption>" for release_hold;
/// for place_hold the word of `holds_for`. `evidence` is for people, with the numbers.
struct drift_report {
  drift_kind kind{drift_kind::none};
  quantity truth_amount{};
  quantity ledger_amount{};
  quantity drift{};  ///< truth_amount - ledger_amount.
  drift_action action{drift_action::nothing};
  std::string cause{};
  hold_cause holds_for{hold_cause::unexplained_drift};  ///< Of place_hold.
  std::string evidence{};
  /// The trades that account for it; where none do, those of others that were read back, for what
  /// they won or lost is the account's all the same. Those not recorded yet are to be recorded,
  /// whatever `action`.
  std::vector<drift_evidence> trades{};
  /// The newest trades of the symbol are wanted, from a read sent at this time or later.
  std::optional<instant> trades_wanted{};
};

/// The kind alone: `run` are the trades that account for the drift, `all_ours` says whose they are.
[[nodiscard]] drift_kind classify(const drift_input& in, const std::optional<evidence_run>& run,
                                  bool all_ours, const reconcile_settings& settings);

/// How a search for trades of the symbol ended.
struct search_result {
  instant sent_at{};      ///< Of its last request.
  std::size_t trades{0};  ///< Rows of the reply.
  std::string failure{};  ///< Why there is none; empty when there is one.
};

/// Watches one position. A hold is asked for once, when a drift without explanation has stood for
/// the quiet window and `confirmations` newer reads and the trades read after that do not explain
/// it either, and its release once, when it is gone.
class drift_watch {
  struct restored_times {
    wall_time changed_at{};
    venue_time last_traded_at{};
  };

 public:
  explicit drift_watch(reconcile_settings settings);

  /// From the next comparison on.
  void settings(reconcile_settings now) { settings_ = now; }
  /// A trade that the ledger does not have. False when its trade id was noted before.
  bool note(const drift_evidence& e) { return evidence_.note(e); }
  void claim(order_id order, const plan_id& plan) { evidence_.claim(order, plan); }
  bool forget(trade_id id) { return evidence_.forget(id); }
  [[nodiscard]] bool has_adopted(trade_id id) const { return evidence_.was_spent(id); }
  void search_ended(const search_result& ended) { search_ = ended; }

  /// Compares. Evidence that an `adopt` rests on is spent by returning it: the caller must carry
  /// the adoption out.
  [[nodiscard]] drift_report observe(const drift_input& in);
  /// The ledger was set to this truth for another reason.
  void agreed(const truth_view& seen, venue_time as_of);

  /// The line is from the journal, which changed it last at this time of our clock, and has a fill
  /// of this time of the venue's as its last.
  void line_restored(wall_time changed_at, venue_time last_traded_at);
  /// A hold from the journal stands on this position.
  void hold_restored() { hold_stands_ = true; }
  /// An operator released the hold: the same drift counts from the beginning.
  void hold_lifted();
  [[nodiscard]] bool hold_stands() const { return hold_stands_; }

 private:
  void agree_restored(const drift_input& in);
  void note_amount(const drift_input& in, const drift_report& out);
  void settle(const drift_input& in, drift_report& out);
  void adopt_explained(const drift_input& in, const evidence_run& run, drift_report& out);
  void suspect(const drift_input& in, drift_report& out);
  [[nodiscard]] bool is_ripe(const drift_input& in, drift_report& out);
  void want_trades(const drift_input& in, drift_report& out) const;
  [[nodiscard]] bool awaits_trades(const drift_input& in, drift_report& out) const;
  void describe(drift_report& out) const;
  void place(drift_report& out, hold_cause cause);
  [[nodiscard]] venue_time oldest_evidence(const drift_input& in) const;

  reconcile_settings settings_;
  evidence_book evidence_{};
  std::optional<search_result> search_{};     ///< The last one that ended.
  std::optional<restored_times> restored_{};  ///< Until the venue's clock is known.
  venue_time agreed_at_{};                    ///< Up to when ledger and truth are known to agree.
  quantity drift_{};                          ///< As last seen.
  instant drift_changed_at_{};                ///< When it was first seen with this amount.
  std::optional<instant> drifting_since_{};   ///< In suspicion since.
  venue_time drifting_since_venue_{};
  std::optional<instant> ripe_since_{};  ///< Stood long enough and was confirmed.
  instant last_read_{};                  ///< as_of of the last read that confirmed the drift.
  int confirmed_{0};
  bool hold_stands_{false};
  std::optional<instant> missing_in_{};  ///< The first read that showed nothing since one did.
  std::string repaired_by_{};            ///< Cause of the adoption that ends the hold.
};

}  // namespace sluice
