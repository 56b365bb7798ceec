// What each input does to an order: its state, its numbers, and whether it may be sent (again).
#include "sluice/execution/order_machine.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "venue_words.hpp"

namespace sluice {
namespace {

/// Facts section 8, 503 B: back off 200, 400, 800 ms.
constexpr int resends_max = 3;
constexpr milliseconds first_resend_delay{200};
/// Between two looks for a truth that is new enough.
constexpr milliseconds truth_pause{100};
constexpr milliseconds truth_asked_again{1'000};
/// The port answers within the order's timeout; past this grace it is taken not to answer at all.
constexpr milliseconds outcome_grace{1'000};
/// "ClientOrderId is duplicated": an order with this id exists.
constexpr int code_duplicate_id = -4116;

order_event event_of(const order_report& r) {
  switch (r.status) {
    case order_status::filled:
      return order_event::fill_all;
    case order_status::cancelled:
      return order_event::cancel;
    case order_status::rejected:
      return order_event::reject;
    case order_status::expired:
      return order_event::expire;
    case order_status::new_:
    case order_status::partially_filled:
    case order_status::other:  // A word added later: the order exists, more is not known.
      break;
  }
  return r.executed.is_zero() ? order_event::acknowledge : order_event::part_fill;
}

/// Another order had the id before: a journal that was lost brings ids back, and a source may. The
/// quantity of an order that reduces may have been cut by the venue.
bool is_another(const order_request& mine, const order_report& told) {
  const bool cut =
      only_reduces(mine.reduce_only, mine.leg, mine.direction) && told.original < mine.amount;
  return told.direction != mine.direction ||
         (told.original != mine.amount && !told.original.is_zero() && !cut);
}

/// No other stays in the book: by the horizon the venue is done with it, whatever it says.
bool may_rest(const order_request& r) {
  return r.type == order_type::limit && r.lasts != time_in_force::ioc &&
         r.lasts != time_in_force::fok;
}

}  // namespace

order_machine::order_machine(order_task task, executor_settings settings)
    : task_(std::move(task)), settings_(std::move(settings)) {}

order_actions order_machine::on_intent_durable(const send_moment& at) {
  if (started_)
    return {};
  started_ = true;
  order_actions out;
  send(at, out);
  return end_of_input(at.now, std::move(out));
}

order_actions order_machine::on_restart(const order_memory& stored, instant now) {
  if (started_)
    return {};
  started_ = true;
  order_actions out;
  state_ = stored.state;
  venue_id_ = stored.venue_id;
  executed_ = reported_executed_ = stored.executed;
  if (!is_final(state_)) {
    doubt("the process ended before the order was resolved", now, out);
    start_asking(now);
    query(now, out);
  }
  return end_of_input(now, std::move(out));
}

bool order_machine::is_exit() const {
  const auto& r = task_.request;
  return only_reduces(r.reduce_only, r.leg, r.direction);
}

/// Again and again: a read that found no weight, or no connection, is not repeated by itself.
void order_machine::ask_truth(instant newer_than, instant now, order_actions& out) {
  if (truth_asked_ && now < *truth_asked_ + truth_asked_again)
    return;
  truth_asked_ = now;
  out.push_back(want_truth{{task_.request.instrument, task_.request.leg}, newer_than});
}

void order_machine::send(const send_moment& at, order_actions& out) {
  const bool late = at.now >= task_.expires;
  // What waits for a truth from after a standstill keeps other exits of the position waiting.
  const bool outlasted = task_.leaves_part && at.stood_still && at.truth_as_of <= *at.stood_still;
  // A disk as slow as that would make the next permit run out as well.
  const bool may_be_late = is_exit() && sends_ == 0 && at.now < task_.deadline && !outlasted;
  if (late && !may_be_late)
    return refuse(finish_cause::too_late, "the permit ran out before the order could be sent", out);
  if (!at.permitted)
    return refuse(finish_cause::not_permitted,
                  "the trading state forbade it before it could be sent", out);
  if (at.truth_version != task_.truth_version)
    return refuse(finish_cause::position_moved,
                  fmt::format("truth version {} when sent, {} when permitted", at.truth_version,
                              task_.truth_version),
                  out);
  if (late && !truth_from_)
    truth_from_ = at.now;
  auto newer_than = truth_from_;
  if (outlasted)
    newer_than = std::max(newer_than.value_or(*at.stood_still), *at.stood_still);
  if (newer_than && at.truth_as_of <= *newer_than) {
    ask_truth(*newer_than, at.now, out);
    resend_at_ = at.now + truth_pause;
    return;
  }
  ++sends_;
  last_possible_send_ = at.now;
  outcome_due_ = at.now + settings_.order_timeout + outcome_grace;
  out.push_back(send_order{task_.request});
  move(order_event::send, sends_ > 1 ? fmt::format("send {}", sends_) : "", out);
}

void order_machine::refuse(finish_cause cause, std::string detail, order_actions& out) {
  cause_ = cause;
  move(order_event::refuse, std::move(detail), out);
}

order_actions order_machine::on_outcome(const order_outcome& outcome, instant now) {
  if (finished_)
    return {};
  outcome_due_.reset();
  order_actions out;
  if (const auto* done = std::get_if<order_done>(&outcome))
    take(done->report, out);
  else if (const auto* refused = std::get_if<order_refused>(&outcome))
    hear(*refused, now, out);
  else
    doubt(std::get<order_uncertain>(outcome).text, now, out);
  return end_of_input(now, std::move(out));
}

void order_machine::hear(const order_refused& refusal, instant now, order_actions& out) {
  auto words = venue_words(refusal.code, refusal.text);
  // "May be sent again", says the exchange; one that was done after all would be done twice, for
  // its id protects no market order that is over. So it is asked after first, unless it closes
  // all: there a second one finds nothing to close.
  const bool closes_all = is_exit() && !task_.leaves_part;
  const bool ask_first =
      refusal.cure == refusal_cure::query_order && !closes_all && state_ == order_state::sent;
  if (refusal.code == code_duplicate_id || ask_first) {
    doubt(std::move(words), now, out);
    if (!is_final(state_)) {
      start_asking(now);
      query(now, out);
    }
    return;
  }
  if (state_ != order_state::sent)
    return;  // The venue has told otherwise, or it is in doubt: a late refusal takes nothing back.
  // Time alone frees nothing where an exit and resting orders compete: its plan deals with them.
  // And what it was permitted on may not be so any more: its plan has truth read anew.
  const bool outdated = refusal.cure == refusal_cure::reread_position;
  const bool plan_helps = is_exit() && (outdated || refusal.cure == refusal_cure::free_orders);
  if (refusal.retryable && !plan_helps && sends_ <= resends_max) {
    if (outdated) {
      truth_from_ = now;
      truth_asked_.reset();
    }
    auto again = now + first_resend_delay * (1 << (sends_ - 1));
    if (refusal.retry_at)
      again = std::max(again, *refusal.retry_at);
    if (again < task_.expires) {
      if (outdated)
        ask_truth(*truth_from_, now, out);
      resend_at_ = again;
      return move(order_event::send_failed, std::move(words), out);
    }
    words += "; no time left to send it again";
  }
  refusal_ = refusal;
  refuse(finish_cause::refused, std::move(words), out);
}

void order_machine::doubt(std::string detail, instant now, order_actions& out) {
  last_possible_send_ = now;
  found_nothing_ = 0;
  move(order_event::doubt, std::move(detail), out);
}

order_actions order_machine::on_query(const read_result<order_report>& answer, instant now) {
  const auto sent_at = std::exchange(query_sent_at_, std::nullopt);
  if (finished_)
    return {};
  order_actions out;
  const bool after_horizon = sent_at && *sent_at >= horizon();
  // What is told of another order tells that there is none of this one.
  const bool another = answer && names_this_order(*answer) && is_another(task_.request, *answer);
  if (answer && !another) {
    take(*answer, out);
    if (after_horizon && names_this_order(*answer) && answer->status == order_status::other &&
        !may_rest(task_.request))
      move(order_event::expire,
           fmt::format("over by now, {} is no known word for it", answer->status_text), out);
    schedule_query(now);
    return end_of_input(now, std::move(out));
  }
  const auto failure = another ? read_failure{failure_kind::not_found} : answer.error();
  if (after_horizon && failure.kind == failure_kind::not_found)
    hear_of_none(out);
  schedule_query(now, failure.retry_at);
  return end_of_input(now, std::move(out));
}

/// The venue finds no such order, asked after the horizon. It forgets one that it had told of
/// (without a fill after three days), but a single answer may be a replica's that lags.
void order_machine::hear_of_none(order_actions& out) {
  const auto& r = task_.request;
  const bool told = was_told_of();
  if (state_ != order_state::unknown && (!told || may_rest(r)))
    return;
  if (told && venue_id_ != 0)
    out.push_back(read_order_fills{r.instrument, venue_id_});
  ++found_nothing_;
  if (!told || found_nothing_ > 1)
    out.push_back(check_absence{{r.instrument, r.leg}, horizon()});
}

order_actions order_machine::on_report(const order_report& report, instant now) {
  if (report.client_id != task_.request.id)
    return {};
  order_actions out;
  take(report, out);
  return end_of_input(now, std::move(out));
}

void order_machine::take(const order_report& report, order_actions& out) {
  if (!names_this_order(report))
    return;
  found_nothing_ = 0;
  if (venue_id_ == 0)
    venue_id_ = report.id;
  // FILLED means that everything was executed, also where the reply lacks the amount.
  const auto told = report.status == order_status::filled
                        ? std::max(report.executed, report.original)
                        : report.executed;
  if (!told.is_zero())
    last_executed_at_ = std::max(last_executed_at_, report.updated_at);
  executed_ = std::max(executed_, told);
  move(event_of(report), report.status_text, out);
}

bool order_machine::names_this_order(const order_report& report) const {
  return report.client_id.empty() || report.client_id == task_.request.id;
}

bool order_machine::is_of_this_order(const fill& f) const {
  if (!f.client_id.empty())
    return f.client_id == task_.request.id;
  return venue_id_ != 0 && f.order == venue_id_;
}

void order_machine::count(const fill& f) {
  if (!is_of_this_order(f) || f.id <= 0 || f.amount.raw() <= 0 || !trades_.insert(f.id).second)
    return;
  found_nothing_ = 0;
  if (venue_id_ == 0)
    venue_id_ = f.order;
  filled_ += f.amount;
  executed_ = std::max(executed_, filled_);
  last_executed_at_ = std::max(last_executed_at_, f.traded_at);
  last_trade_at_ = std::max(last_trade_at_, f.traded_at);
}

order_actions order_machine::on_fill(const fill& f, instant now) {
  order_actions out;
  count(f);
  if (!executed_.is_zero())
    move(filled_ >= task_.request.amount ? order_event::fill_all : order_event::part_fill, "", out);
  return end_of_input(now, std::move(out));
}

order_actions order_machine::on_fills_read(const read_result<std::vector<fill>>& answer,
                                           instant now) {
  order_actions out;
  if (answer)
    for (const auto& f : *answer)
      count(f);
  if (!executed_.is_zero())
    move(filled_ >= task_.request.amount ? order_event::fill_all : order_event::part_fill, "", out);
  return end_of_input(now, std::move(out));
}

order_actions order_machine::on_absence_checked(const absence_evidence& evidence, instant now) {
  order_actions out;
  const bool new_enough = found_nothing_ > 0 && evidence.sent_at > horizon();
  if (new_enough && was_told_of() && found_nothing_ > 1) {
    // What it executed unheard is in the truth that the next order is judged on.
    move(order_event::expire, "over by now, the exchange knows it no more", out);
  } else if (new_enough && state_ == order_state::unknown && evidence.position_unchanged &&
             evidence.no_trades) {
    cause_ = finish_cause::never_arrived;
    move(order_event::prove_absent,
         "never reached the exchange: no order, no trade and no change of the position", out);
  }
  return end_of_input(now, std::move(out));
}

void order_machine::move(order_event e, std::string detail, order_actions& out) {
  const auto next = next_state(state_, e);
  if (next == state_ && executed_ == reported_executed_)
    return;
  if (!detail.empty())
    detail_ = detail;
  state_ = next;
  reported_executed_ = executed_;
  out.push_back(report_change{order_changed{task_.request.id, task_.plan, task_.request.instrument,
                                            state_, venue_id_, executed_, std::move(detail)}});
}

}  // namespace sluice
