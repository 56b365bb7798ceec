// Drift: what a difference between our ledger and the truth is, and what has to be done about it.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/domain/hold.hpp"
#include "sluice/domain/order.hpp"
#include "sluice/domain/truth.hpp"
#include "sluice/ledger/ledger.hpp"
#include "sluice/ledger/settings.hpp"

namespace sluice {

enum class drift_kind : std::uint8_t {
  none,       ///< Equal, or within tolerance.
  explained,  ///< Fills of ours that the ledger does not have account for it exactly.
  pending,    ///< Cannot be told yet: an order is unresolved, or the truth is older than our fill.
  foreign,    ///< Fills of others account for it exactly.
  unexplained,  ///< Nothing seen accounts for it.
  side_flip,    ///< Ledger and truth stand on different sides: always a hold.
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
  std::optional<ledger_line> line{};
  quantity step{};               ///< Of the instrument; zero when not known.
  bool order_unresolved{false};  ///< An order of ours here is not finished, its fills included.
  instant now{};
};

/// What a comparison found. `cause` is what the journal carries: "adopted_at_start", "explained",
/// "foreign_fill" for adopt; "drift_gone" for release_hold; for place_hold the word of `holds_for`.
/// `evidence` is for people, with the numbers.
struct drift_report {
  drift_kind kind{drift_kind::none};
  quantity truth_amount{};
  quantity ledger_amount{};
  quantity drift{};  ///< truth_amount - ledger_amount.
  drift_action action{drift_action::nothing};
  std::string cause{};
  hold_cause holds_for{hold_cause::unexplained_drift};  ///< Of place_hold.
  std::string evidence{};
};

/// A fill that the ledger did not apply but that may explain a drift.
struct drift_evidence {
  fill what{};
  bool ours{false};
  instant seen_at{};
};

/// How many of the oldest fills in `evidence` (ascending by trade id) add up to exactly `drift`;
/// the smallest such number, 0 when none does.
[[nodiscard]] std::size_t fills_explaining(quantity drift,
                                           const std::deque<drift_evidence>& evidence);

/// The kind alone, without memory of earlier comparisons.
[[nodiscard]] drift_kind classify(const drift_input& in, const std::deque<drift_evidence>& evidence,
                                  const reconcile_settings& settings);

/// Watches one position. A hold is asked for once, when a drift without explanation has stood for
/// the quiet window and `confirmations` newer reads, and its release once, when it is gone.
class drift_watch {
 public:
  explicit drift_watch(reconcile_settings settings);

  /// A fill of somebody else. False when its trade id was noted before.
  bool note_foreign_fill(const fill& f, instant seen_at);
  /// A fill of ours known not to be in the ledger, e.g. refused there and missing in the journal.
  bool note_own_fill(const fill& f, instant seen_at);

  /// Compares. Evidence that an `adopt` rests on is spent by returning it: the caller must carry
  /// the adoption out.
  [[nodiscard]] drift_report observe(const drift_input& in);

  /// A hold from the journal stands on this position.
  void hold_restored() { hold_stands_ = true; }
  /// An operator released the hold: the same drift counts from the beginning.
  void hold_lifted();
  [[nodiscard]] bool hold_stands() const { return hold_stands_; }

 private:
  bool note(const fill& f, bool ours, instant seen_at);
  void settle(const drift_input& in, drift_report& out);
  void adopt_explained(drift_report& out);
  void suspect(const drift_input& in, drift_report& out);
  void place(drift_report& out, hold_cause cause);

  reconcile_settings settings_;
  std::deque<drift_evidence> evidence_{};  ///< Ascending by trade id, bounded.
  std::deque<trade_id> noted_{};           ///< Newest last, bounded.
  std::optional<instant> drifting_since_{};
  instant last_read_{};  ///< as_of of the last read that confirmed the drift.
  int confirmed_{0};
  bool hold_stands_{false};
};

}  // namespace sluice
