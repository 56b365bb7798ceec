// What happened, as it goes into the journal and from there to everybody who watches.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sluice/domain/close_arming.hpp"
#include "sluice/domain/exit_state.hpp"
#include "sluice/domain/flatten.hpp"
#include "sluice/domain/override.hpp"
#include "sluice/domain/protective_stop.hpp"
#include "sluice/domain/verdict.hpp"

namespace sluice {

/// The life of one of our orders, as the executor knows it.
enum class order_state : std::uint8_t {
  intended,
  sent,
  acknowledged,
  partially_filled,
  filled,
  cancelled,
  rejected,
  expired,
  unknown,
};
inline constexpr std::size_t order_state_count = 9;
[[nodiscard]] std::string_view to_string(order_state s);
[[nodiscard]] std::optional<order_state> parse_order_state(std::string_view text);
/// True for filled, cancelled, rejected, expired: nothing more can happen.
[[nodiscard]] bool is_resolved(order_state s);

/// A plan was taken in. Durable before its source is told so.
struct plan_accepted {
  plan what{};
};

/// A plan got its terminal verdict, with every fact that was looked at.
struct plan_judged {
  plan_id plan{};
  symbol instrument{};
  lane traffic{lane::entry};
  verdict outcome{};
  facts seen{};
  int times_judged{1};  ///< More than one when it was parked for a read.
};

/// A plan that was judged before was judged once more, by new facts, because its order did not
/// bring it to its end. The plan's verdict stands: this says whether another order follows.
struct plan_continued {
  plan_judged what{};
  std::string after{};  ///< What became of the order before, e.g. "refused: -2022 ReduceOnly ...".
};

/// How the carrying out of an allowed plan ended.
enum class plan_end : std::uint8_t {
  done,        ///< As permitted; an exit has reached its target.
  partly,      ///< Some of it was executed, and nothing more will be tried.
  failed,      ///< Nothing of it was executed, and nothing more will be tried.
  withdrawn,   ///< Somebody withdrew it between two orders.
  not_sent,    ///< Mode shadow: nothing is ever sent.
  interrupted  ///< The process ended, and the next one found the plan past its deadline.
};
[[nodiscard]] std::string_view to_string(plan_end e);

/// Nothing more is done for a plan that was allowed. One for each of them, after its last order.
struct plan_finished {
  plan_id plan{};
  symbol instrument{};
  plan_end how{plan_end::done};
  quantity executed{};  ///< By all its orders together.
  int orders{0};        ///< How many were sent for it.
  std::string detail{};
};

/// An order is about to be sent. Durable before the first byte leaves (P8).
struct order_intended {
  plan_id plan{};
  order_request request{};
  int attempt{1};
  std::uint64_t truth_version{0};
  std::optional<quantity> held{};  ///< Of the position, signed, when this was decided.
  venue_time held_since{};         ///< The venue's time of that amount, 0 when it gave none.
};

/// One of our orders changed its state.
struct order_changed {
  client_order_id order{};
  plan_id plan{};
  symbol instrument{};
  order_state state{order_state::intended};
  order_id venue_id{0};
  quantity executed{};
  std::string detail{};  ///< The venue's words or the cause, e.g. "-2019 Margin is insufficient."
};

/// A trade on the account. `ours` is false for orders we did not send.
struct fill_recorded {
  fill what{};
  bool ours{true};
  plan_id plan{};       ///< Empty when not ours.
  price entry_after{};  ///< Of the ledger's line once it has this fill; zero when flat or not ours.
};

/// The ledger was set otherwise than by our own fill.
struct ledger_adjusted {
  position_key position{};
  quantity before{};
  quantity after{};
  std::string cause{};  ///< "adopted_at_start", "foreign_fill", "explained".
  std::string evidence{};
  price entry_after{};  ///< Zero when flat.
};

struct hold_placed {
  hold what{};
};
struct hold_released {
  hold what{};
  std::string author{};
  std::string reason{};
};

/// The content of a truth changed.
struct truth_changed {
  position_key position{};
  truth before{};
  truth_view after{};
  /// Up to when `before` was proven, by an event or a read that may have lagged. Not journalled.
  instant proven_until{};
};

struct state_changed {
  trading_state before{trading_state::active};
  trading_state after{trading_state::active};
  std::string author{};  ///< "halt_file" and "signal" are not people.
  std::string reason{};
  std::optional<wall_time> until{};  ///< When it ends by itself; none: not before somebody acts.
};

struct exit_changed {
  exit_state what{};
};

/// A funding fee was paid (negative) or received, as the user stream told.
struct funding_booked {
  symbol instrument{};  ///< Empty when the venue did not say.
  std::string asset{};
  notional amount{};
  venue_time booked_at{};
};

/// The account's equity was higher than it had been on this UTC day.
struct equity_peaked {
  std::int64_t day{0};  ///< Since 1970.
  notional peak{};      ///< Wallet and unrealised profit, in the venue's reference currency.
};

/// The venue's symbols and rules were read. The content goes with it when it is not that of the
/// last record of this kind.
struct universe_kept {
  wall_time read_at{};
  std::uint64_t content_hash{0};  ///< Of instruments and limits.
  std::shared_ptr<const universe> content{};
};

struct override_set {
  setting_override what{};
};
struct override_ended {
  setting_override what{};
  override_end why{override_end::expired};
  std::string author{};  ///< Of a revert; else "gate".
  std::string reason{};
};

struct close_armed {
  close_arming what{};
};
struct close_disarmed {
  close_arming what{};
  arming_end why{arming_end::expired};
  std::string author{};  ///< Of an operator; else "reconciler".
  std::string reason{};
};

/// A protective stop was intended (durable before the first byte leaves) or changed its state.
struct stop_changed {
  protective_stop what{};
  std::string detail{};  ///< The venue's words or the cause.
};

struct flatten_ordered {
  flatten_order what{};
};
struct flatten_ended {
  flatten_order what{};
  flatten_end why{flatten_end::done};
  std::string left{};  ///< What stays open, and why; empty when done.
};

/// The value of a key of the configuration, as it stands in a file. Never a secret: files name
/// those, they do not hold them.
struct setting_change {
  std::string key{};     ///< "gate.stale_after_entry".
  std::string before{};  ///< Empty: its table is new.
  std::string after{};   ///< Empty: its table is gone.
  friend bool operator==(const setting_change&, const setting_change&) = default;
};

/// The configuration was read again: what is different from then on, and what waits for a restart.
/// Verdicts carry the limits they were judged by, so nothing is derived from this.
struct settings_changed {
  std::string author{};
  std::string reason{};
  std::string file{};
  std::vector<setting_change> applied{};
  std::vector<setting_change> restart_needed{};
};

/// A thing an operator should read: "stream_mute", "process_started", ...
struct notice {
  std::string event{};
  std::string text{};
};

using record_body =
    std::variant<plan_accepted, plan_judged, plan_continued, plan_finished, order_intended,
                 order_changed, fill_recorded, ledger_adjusted, hold_placed, hold_released,
                 truth_changed, state_changed, exit_changed, funding_booked, equity_peaked,
                 universe_kept, override_set, override_ended, close_armed, close_disarmed,
                 stop_changed, flatten_ordered, flatten_ended, settings_changed, notice>;

/// `seq` is given by the journal at append, in one order for the whole account, starting at 1; so
/// is `caused_by`, the seq of the record that caused this one (0: none, or not known).
struct record {
  std::int64_t seq{0};
  stamp at{};
  record_body body{};
  std::int64_t caused_by{0};
};

/// What was judged, in a record of a judgement; else null.
[[nodiscard]] const plan_judged* judgement_in(const record_body& b);

/// "plan_accepted" and so on: the record's kind as journal, API and logs name it.
[[nodiscard]] std::string_view kind_of(const record_body& b);

}  // namespace sluice
