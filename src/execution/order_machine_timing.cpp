// When an order is asked about, read again, reported or given up: the machine's one timer.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sluice/execution/order_machine.hpp"

namespace sluice {
namespace {

/// Facts section 9: an order may appear this much later than its window allows.
constexpr milliseconds horizon_margin{5'000};
/// A read that was asked for and never answered counts as lost.
constexpr milliseconds read_lost_after{10'000};
constexpr int fills_reads_max = 8;
constexpr milliseconds fills_pause_max{5'000};

bool is_due(const std::optional<instant>& at, instant now) {
  return at && *at <= now;
}

}  // namespace

instant order_machine::horizon() const {
  return last_possible_send_ + settings_.recv_window + horizon_margin;
}

void order_machine::start_asking(instant now) {
  if (asking_since_)
    return;
  asking_since_ = now;
  alert_at_ = now + settings_.unknown_alert_after;
  schedule_query(now);
}

void order_machine::schedule_query(instant now, std::optional<instant> not_before) {
  if (!asking_since_)
    return;
  const auto& delays = settings_.query_delays;
  const auto last = delays.empty() ? milliseconds{5'000} : delays.back();
  auto at = queries_ < delays.size() ? *asking_since_ + delays[queries_] : now + last;
  // The first that can prove anything.
  if (now < horizon() && at > horizon())
    at = horizon();
  query_at_ = std::max({at, now, not_before.value_or(now)});
}

void order_machine::query(instant now, order_actions& out) {
  ++queries_;
  query_sent_at_ = now;
  query_at_ = now + read_lost_after;
  out.push_back(query_order{task_.request.instrument, task_.request.id});
}

void order_machine::read_fills(instant now, order_actions& out) {
  if (fills_reads_ >= fills_reads_max || venue_id_ == 0)
    return finish(out);
  const auto pause = std::max(settings_.fills_wait, milliseconds{100}) * (1 << fills_reads_);
  ++fills_reads_;
  fills_at_ = now + std::min<milliseconds>(pause, fills_pause_max);
  // What follows needs the amount, not its trades: those may be long in coming.
  if (is_final(state_))
    tell_end(out);
  out.push_back(read_order_fills{task_.request.instrument, venue_id_});
}

order_actions order_machine::on_timer(const send_moment& at) {
  armed_.reset();
  if (finished_)
    return {};
  order_actions out;
  fire_due(at, out);
  return end_of_input(at.now, std::move(out));
}

void order_machine::fire_due(const send_moment& at, order_actions& out) {
  if (is_due(outcome_due_, at.now)) {
    outcome_due_.reset();
    doubt("no answer to the order in time", at.now, out);
  }
  if (is_due(resend_at_, at.now)) {
    resend_at_.reset();
    send(at, out);
  }
  if (is_due(query_at_, at.now))
    query(at.now, out);
  if (is_due(alert_at_, at.now)) {
    alert_at_.reset();
    out.push_back(raise_alert{
        "order_unknown",
        fmt::format("order {} of plan {} on {} is {} since {}: {}", task_.request.id.str(),
                    task_.plan.str(), task_.request.instrument.str(), to_string(state_),
                    format_duration(between(*asking_since_, at.now)), detail_)});
  }
  if (is_due(fills_at_, at.now))
    read_fills(at.now, out);
}

order_actions order_machine::end_of_input(instant now, order_actions out) {
  settle(now, out);
  arm(out);
  return out;
}

/// Draws the consequences of the state reached: what need not be asked any more, what must be.
void order_machine::settle(instant now, order_actions& out) {
  if (state_ != order_state::intended)
    resend_at_.reset();  // The venue told of the order after all: it must not go out again.
  if (!is_final(state_)) {
    if (state_ != order_state::intended && !outcome_due_)
      start_asking(now);
    return;
  }
  outcome_due_.reset();
  query_at_.reset();
  alert_at_.reset();
  if (finished_)
    return;
  if (fills_complete())
    finish(out);
  else if (!fills_at_)
    fills_at_ = now + settings_.fills_wait;
}

void order_machine::tell_end(order_actions& out) {
  if (std::exchange(end_told_, true))
    return;
  // Trades of one order may share an instant of the venue, and truth may show the first alone.
  const bool one_trade = trades_.size() == 1 && filled_ == executed_;
  out.push_back(order_finished{
      state_, cause_, executed_, one_trade ? last_executed_at_ : venue_time{}, last_trade_at_,
      refusal_.code, refusal_.cure, refusal_.for_operator, refusal_.retry_at, detail_});
}

void order_machine::finish(order_actions& out) {
  tell_end(out);
  finished_ = true;
  fills_at_.reset();
  out.push_back(order_settled{fills_complete()});
}

void order_machine::arm(order_actions& out) {
  std::optional<instant> next;
  for (const auto& at : {outcome_due_, resend_at_, query_at_, alert_at_, fills_at_})
    if (at && (!next || *at < *next))
      next = at;
  if (next && next != armed_)
    out.push_back(set_timer{*next});
  armed_ = next;
}

}  // namespace sluice
