// Every message the actors exchange: commands in the imperative, events in the past tense, all
// values.
#pragma once

#include <caf/all.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sluice/actors/stop_messages.hpp"
#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/domain/standing_state.hpp"
#include "sluice/gate/gate_actions.hpp"
#include "sluice/gate/override_book.hpp"
#include "sluice/planning/confirmations.hpp"
#include "sluice/status/http_server.hpp"
#include "sluice/truth/rounds.hpp"

namespace sluice::actors {

/// A stage's own timer fired.
struct tick {};

// ---- journal

/// Make these durable soon; nobody waits.
struct append {
  std::vector<record_body> bodies{};
};
/// Make these durable and say so: answered by `appended` after the commit.
struct append_durable {
  std::vector<record_body> bodies{};
};
/// One of them was there before, so that nothing of it was written: see journal::appended.
struct known_before {
  std::size_t place{0};           ///< Among those that were to be made durable.
  std::uint64_t content_hash{0};  ///< Of the plan that has its id; 0 for others.
};
struct appended {
  std::int64_t last_seq{0};
  std::vector<known_before> known{};
};
/// Was a plan of this id ever accepted? Answered by `plan_found`, over commits and ends of
/// processes.
struct find_plan {
  plan_id plan{};
  bool with_verdict{false};
};
struct plan_found {
  std::optional<std::uint64_t> content_hash{};  ///< None when there was none.
  std::string verdict{};  ///< A plan_judged record's JSON, if wanted and there is one.
};
/// Everything that was in the journal's mailbox before this goes into one commit.
struct commit_batch {
  std::uint64_t batch{0};  ///< Which one: it may be committed before this comes.
};
/// These records are durable, in order.
struct records_committed {
  std::shared_ptr<const std::vector<record>> records{};
};

// ---- plans

/// Somebody posted plans; the answer goes out once they are durable, or judged when `wait` is set.
struct plans_posted {
  std::string body{};
  std::optional<milliseconds> wait{};
  std::optional<token_digest> token{};  ///< Of what the request showed as its right to send.
  std::optional<status::responder> answer{};
  bool dry_run{false};    ///< Only say what would be said; nothing is taken in.
  bool may_order{false};  ///< The token is the one that orders need.
};
/// One line of the plan file, with its number.
struct plan_line_read {
  std::string text{};
  std::uint64_t number{0};
  std::string fault{};  ///< Why it is no line that could be read; else empty.
  /// Let go when the line is dealt with; the reader waits while too many are held.
  std::shared_ptr<const void> ticket{};
};
/// Give these an identity, size them and send them to the gate.
struct take_plans {
  std::vector<plan> plans{};
};
/// What became of one plan at the planner.
enum class plan_reception : std::uint8_t {
  accepted,     ///< New; it will get a verdict.
  repeated,     ///< Same id, same content: its verdict stands.
  conflicting,  ///< Same id, other content: refused.
  duplicate,  ///< An open that another plan already wants: it is denied, that one's verdict stands.
  symbol_busy,  ///< An open, and another one of its symbol has not ended: refused.
  not_its_own,  ///< Would cancel a plan of another source: refused.
};
/// Answer to take_plans, in its order, sent when the accepted ones are durable.
struct plans_taken {
  std::vector<plan_reception> receptions{};
  std::vector<plan_id> about{};  ///< The other plan of the last three, else empty.
};
/// Nothing of such a plan is on record.
[[nodiscard]] constexpr bool is_refused(plan_reception r) {
  return r == plan_reception::conflicting || r == plan_reception::symbol_busy ||
         r == plan_reception::not_its_own;
}
/// Judge these, exits first.
struct judge_plans {
  std::vector<plan_ptr> plans{};
};
/// The truth moved between permit and send, or an exit's order did not bring it to its target:
/// judge once more.
struct judge_again {
  plan_ptr what{};
};
/// Answer to judge_again when no order may follow; a permit comes as carry_out.
struct refused_again {
  plan_ptr what{};
  std::shared_ptr<const plan_judged> judged{};
};
/// A permit on its way to the executor. Copies of the message share it; it is taken once.
struct carry_out {
  plan_ptr what{};
  std::shared_ptr<permit> leave{};
  std::shared_ptr<const plan_judged> judged{};  ///< Recorded when the order is really sent.
};

// ---- truth

/// Read this position, or the whole account when it has no symbol, with a read sent after
/// `newer_than`.
struct truth_wanted {
  position_key position{};
  read_class traffic{read_class::routine};
  instant newer_than{};
};
/// Everything that is wanted at once, so that one read can serve many.
struct read_truths {
  std::vector<truth_wanted> wanted{};
};
/// An operator changes where freshness comes from; answered by what is promised from now on.
struct change_freshness {
  freshness_strategy strategy{freshness_strategy::adaptive};
  std::optional<milliseconds> bound{};  ///< None: as it is.
  std::string author{};
  std::string reason{};
};
struct freshness_changed {
  freshness_promise now{};
  std::string refusal{};  ///< Why nothing was changed, with the arithmetic; empty when it was.
};
/// An operator wants the whole account read now; answered once that read has ended.
struct resync {
  std::string author{};
  std::string reason{};
};
struct resynced {
  instant sent_at{};  ///< Of the read: the truths are proven as of then.
  milliseconds took{};
  std::size_t open{0};  ///< Symbols by what is known of them now.
  std::size_t flat{0};
  std::size_t unknown{0};
  std::size_t changed{0};  ///< Positions of which the read showed something else than was known.
  std::string refusal{};   ///< Why nothing was proven; empty when it was.
};
/// A fetch worker has its reply.
struct fetch_ended {
  std::uint64_t job{0};
  std::shared_ptr<const read_result<snapshot>> outcome{};
};
/// The user stream reported changed positions.
struct account_moved {
  instant received_at{};
  instant occurred_at{};
  std::shared_ptr<const account_update> update{};
};
/// The user stream is up (again), or down: what happened in between was not seen.
struct user_stream_changed {
  bool up{false};
};
/// The content of these truths changed; the table already has it.
struct truths_changed {
  std::shared_ptr<const std::vector<truth_changed>> changes{};
};
/// A new universe is on the board.
struct universe_refreshed {
  std::shared_ptr<const universe> now{};
};
/// Settings of the account were changed by somebody: read them again.
struct settings_touched {
  std::string what{};
};
/// Balances changed by a funding fee.
struct funding_told {
  std::shared_ptr<const account_update> update{};
};
/// Reads came to their end.
struct reads_done {
  std::vector<read_done> reads{};
};
struct reach_changed {
  reach now{};
};

// ---- prices

struct marks_moved {
  std::shared_ptr<const mark_batch> batch{};
};

// ---- orders, fills, holds

/// The user stream reported an order or a fill, ours or not.
struct order_reported {
  std::shared_ptr<const order_update> update{};
};
/// The order of this plan is about to leave: its own stop and target hold for what it opens.
struct plan_sent {
  plan_ptr what{};
};
/// The exchange answered, or did not answer, the placing of this order.
struct order_answered {
  client_order_id order{};
  std::shared_ptr<const order_outcome> outcome{};
};
struct order_queried {
  client_order_id order{};
  std::shared_ptr<const read_result<order_report>> outcome{};
};
/// What the venue says of the order with this number, whose trades may be those of `doubted`.
struct order_named {
  client_order_id doubted{};
  order_id number{0};
  std::shared_ptr<const read_result<order_report>> outcome{};
};
struct fills_read {
  client_order_id order{};
  order_id asked{0};  ///< 0: the newest trades of the symbol, whosever they are.
  std::shared_ptr<const read_result<std::vector<fill>>> outcome{};
};
/// The exchange said which orders rest on a plan's symbol.
struct open_orders_read {
  plan_id plan{};
  std::shared_ptr<const read_result<std::vector<order_report>>> outcome{};
};
/// The exchange answered the cancelling of an order that stood in a plan's way.
struct order_cancelled {
  plan_id plan{};
  client_order_id order{};
  std::shared_ptr<const order_outcome> outcome{};
};
/// What was read of the venue seems out of date: read it soon.
struct read_anew {
  bool symbols{false};
  bool settings{false};  ///< Of the account.
  /// The account's margin, by a read sent after this instant.
  std::optional<instant> margin_from{};
};
/// Fills, each perhaps seen before: the ledger applies each once.
struct fills_seen {
  std::vector<fill_recorded> fills{};
};
/// The executor has, or no longer has, this unresolved order on this position.
struct order_pending_changed {
  position_key position{};
  bool pending{false};
  client_order_id order{};
  plan_id plan{};
  order_id venue_id{0};     ///< At its end, if the venue ever gave one.
  bool lacks_fills{false};  ///< At its end: not all that it traded was told.
};
/// The exchange answered a search for the newest trades of a symbol.
struct trades_read {
  symbol instrument{};
  std::shared_ptr<const read_result<std::vector<fill>>> outcome{};
};
/// Our books say something new of a position.
struct ledger_moved {
  position_key position{};
  quantity amount{};  ///< Signed.
};
struct hold_changed {
  hold what{};
  bool active{true};
};
/// An operator releases the hold on a symbol; answered by how many were released.
struct release_holds {
  symbol instrument{};
  std::string author{};
  std::string reason{};
};
struct holds_released {
  std::uint64_t count{0};
  std::string refusal{};  ///< Why none was looked at: no author, no reason; else empty.
};
/// An operator lets the reconciler close, once, what the exchange holds of a symbol beyond the
/// ledger, if a hold says that it does so without explanation. Replaces an earlier arming.
struct arm_close {
  symbol instrument{};
  milliseconds lasts{0};
  std::string author{};
  std::string reason{};
};
struct disarm_close {
  symbol instrument{};
  std::string author{};
  std::string reason{};
};
/// Answer to both: the arming that is in force now (arm) or was until now (disarm). When `refusal`
/// says why, nothing was changed, and `now` is what is in force.
struct close_arming_answer {
  std::optional<close_arming> now{};
  std::string refusal{};
};

// ---- operation

/// An operator orders a trading state; answered once it is durable.
struct change_state {
  trading_state to{trading_state::active};
  std::string author{};
  std::string reason{};
  std::optional<milliseconds> lasts{};  ///< Then active again.
};
struct state_answer {
  standing_state now{};
  std::string refusal{};  ///< Why nothing was changed, with the cure; empty when it was.
};
/// A signal: from now on at most this.
struct restrict_state {
  trading_state to{trading_state::halted};
  std::string reason{};
};
/// The halt file came, went, or says something else.
struct halt_file_changed {
  std::optional<std::string> found{};  ///< What it says; none when it is not there.
};
/// The process ends for a fault: allow nothing any more, and refuse nothing either.
struct stop_allowing {
  std::string reason{};
};
/// An operator overrides a setting of the gate, or takes it back; answered once it is durable.
struct set_override {
  override_order wanted{};
};
struct revert_override {
  std::string key{};
  std::string author{};
  std::string reason{};
};
struct override_answer {
  std::optional<setting_override> now{};  ///< In force, or the one that was reverted.
  std::vector<setting_fault> faults{};    ///< Why nothing was changed, by field of the order.
};
struct http_asked {
  std::shared_ptr<const status::request> what{};
  status::responder answer;
};
/// Take nothing new in, finish what is under way.
struct drain {};
/// The executor has no order left whose outcome is open; the dead man's switch has disarmed what
/// no order needs.
struct drained {};
/// The supervisor's order to end the process with this code.
struct end_process {
  int exit_code{0};
  std::string reason{};
};

}  // namespace sluice::actors
