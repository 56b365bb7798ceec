// The machine of one order: takes what happened, returns what to do; an order is sent at most once
// unless the exchange has definitely refused it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/execution/order_actions.hpp"
#include "sluice/execution/order_life.hpp"
#include "sluice/execution/settings.hpp"

namespace sluice {

/// What a permit asks to have done.
struct order_task {
  plan_id plan{};
  order_request request{};
  std::uint64_t truth_version{0};  ///< Of the truth the permit was given for.
  /// No send at or after this but of a late exit: the permit's expiry or the plan's deadline.
  instant expires{};
  instant deadline{};       ///< The plan's.
  bool leaves_part{false};  ///< It reduces a position of which some is to stay.
};

/// What the journal knows of an order that an earlier run left unresolved.
struct order_memory {
  order_state state{order_state::intended};
  order_id venue_id{0};
  quantity executed{};
};

/// Now, the version of the position's truth now, and whether the trading state permits an order
/// like this now: what is looked at just before a send, and before a repetition.
struct send_moment {
  instant now{};
  std::uint64_t truth_version{0};
  bool permitted{true};
  instant truth_as_of{instant::max()};  ///< Send time of the read, or time of the event, behind it.
  /// When it was found that the machine had stood still; see clock_offset.
  std::optional<instant> stood_still{};
};

/// What a read of truth and trades shows of an order that may never have arrived.
struct absence_evidence {
  instant sent_at{};               ///< When the older of the two reads was sent.
  bool position_unchanged{false};  ///< The position is what it was before the order.
  bool no_trades{false};           ///< No trade on the position can be of this order.
};

/// Definite retryable refusals are sent again under the same id after 200, 400 and 800 ms (facts
/// section 8, 503 B), never past the task's expiry and never when the position has moved. An exit
/// whose intent became durable only after its expiry is sent all the same, until its plan's
/// deadline, once a truth that was read since then shows the position as it was permitted on.
///
/// After a standstill an exit that closes all goes on: it is right on any truth. One of a part
/// waits for a truth from after it, no longer than its permit. Entries the exchange's port refuses.
///
/// After an ambiguous outcome nothing is ever sent again: the order is `unknown`, is queried, and
/// ends by what the venue tells, or as rejected once it is proven never to have arrived: a query
/// sent after the horizon finds nothing, and truth and trades read after it show nothing of it. The
/// horizon is recv_window + 5 s after the last instant at which a byte of the order could have
/// left.
///
/// What cannot rest in the book is over by the horizon: a query sent after it ends the order as
/// expired when its status is no word that we know, and also when the venue, that had told of it,
/// twice finds nothing and truth has been read since. One that may rest is asked about until the
/// venue tells its end.
class order_machine {
 public:
  order_machine(order_task task, executor_settings settings);

  /// The intent is durable: send, unless it is too late or the position has moved.
  [[nodiscard]] order_actions on_intent_durable(const send_moment& at);
  /// Instead of on_intent_durable: an earlier run left it like this. It is never sent, only
  /// resolved.
  [[nodiscard]] order_actions on_restart(const order_memory& stored, instant now);

  [[nodiscard]] order_actions on_outcome(const order_outcome& outcome, instant now);
  [[nodiscard]] order_actions on_query(const read_result<order_report>& answer, instant now);
  /// A report of the user stream; one for another order is ignored.
  [[nodiscard]] order_actions on_report(const order_report& report, instant now);
  /// A fill of this order from any source; counted once by its trade id.
  [[nodiscard]] order_actions on_fill(const fill& f, instant now);
  [[nodiscard]] order_actions on_fills_read(const read_result<std::vector<fill>>& answer,
                                            instant now);
  [[nodiscard]] order_actions on_absence_checked(const absence_evidence& evidence, instant now);
  [[nodiscard]] order_actions on_timer(const send_moment& at);

  [[nodiscard]] const order_task& task() const { return task_; }
  [[nodiscard]] order_state state() const { return state_; }
  /// Cumulative; never decreases.
  [[nodiscard]] quantity executed() const { return executed_; }
  [[nodiscard]] order_id venue_id() const { return venue_id_; }
  [[nodiscard]] bool finished() const { return finished_; }
  [[nodiscard]] int sends() const { return sends_; }

  [[nodiscard]] bool is_exit() const;

 private:
  void send(const send_moment& at, order_actions& out);
  void ask_truth(instant newer_than, instant now, order_actions& out);
  void refuse(finish_cause cause, std::string detail, order_actions& out);
  void hear(const order_refused& refusal, instant now, order_actions& out);
  void doubt(std::string detail, instant now, order_actions& out);
  void hear_of_none(order_actions& out);
  void take(const order_report& report, order_actions& out);
  void count(const fill& f);
  void move(order_event e, std::string detail, order_actions& out);
  void start_asking(instant now);
  void schedule_query(instant now, std::optional<instant> not_before = {});
  void query(instant now, order_actions& out);
  void read_fills(instant now, order_actions& out);
  void tell_end(order_actions& out);
  void finish(order_actions& out);
  void fire_due(const send_moment& at, order_actions& out);
  void settle(instant now, order_actions& out);
  void arm(order_actions& out);
  [[nodiscard]] order_actions end_of_input(instant now, order_actions out);
  [[nodiscard]] instant horizon() const;
  [[nodiscard]] bool fills_complete() const { return filled_ >= executed_; }
  [[nodiscard]] bool was_told_of() const {
    return state_ == order_state::acknowledged || state_ == order_state::partially_filled;
  }
  [[nodiscard]] bool names_this_order(const order_report& report) const;
  [[nodiscard]] bool is_of_this_order(const fill& f) const;

  order_task task_;
  executor_settings settings_;
  bool started_{false};
  bool end_told_{false};
  bool finished_{false};
  order_state state_{order_state::intended};
  order_id venue_id_{0};
  quantity executed_{};
  quantity reported_executed_{};  ///< What the last report_change said.
  quantity filled_{};             ///< Sum of the fills counted.
  std::set<trade_id> trades_{};   ///< Counted; as many as the order had trades.
  venue_time last_executed_at_{};
  venue_time last_trade_at_{};
  finish_cause cause_{finish_cause::venue};
  order_refused refusal_{};  ///< The last one that ended it.
  std::string detail_{};

  int sends_{0};
  instant last_possible_send_{};
  std::optional<instant> outcome_due_{};  ///< A send is out; past this its outcome is in doubt.
  std::optional<instant> resend_at_{};
  std::optional<instant> truth_from_{};  ///< It is sent, or sent again, only on a newer truth.
  std::optional<instant> truth_asked_{};
  std::optional<instant> asking_since_{};
  std::size_t queries_{0};
  std::optional<instant> query_at_{};
  std::optional<instant> query_sent_at_{};  ///< One is out.
  int found_nothing_{0};  ///< Queries in a row, sent after the horizon, that found no order.
  std::optional<instant> alert_at_{};
  std::optional<instant> fills_at_{};
  int fills_reads_{0};
  std::optional<instant> armed_{};
};

}  // namespace sluice
