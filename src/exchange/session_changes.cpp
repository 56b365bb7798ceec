// How the session changes something at the venue: sent at most once unless refused for its
// timestamp, then judged.
#include <fmt/format.h>

#include <algorithm>

#include "session_jobs.hpp"

namespace sluice::exchange {
namespace {

/// Cancellations and the countdown only make an account safer, so they go with the exits.
constexpr read_class change_traffic = read_class::exit_demand;

/// So long an order may wait for this thread and for a connection. Half of a permit's life.
constexpr milliseconds order_leaves_within{1'000};

/// An exit's order never stands behind those that open something.
request_rank rank_of(const change_call& call) {
  if (row_of(call.what).as != counts::order)
    return request_rank::exit_demand;
  switch (call.kind) {
    case request_budget::order_kind::closes:
      return request_rank::closing_order;
    case request_budget::order_kind::guards:
      return request_rank::protective_stop;
    case request_budget::order_kind::opens:
      break;
  }
  return request_rank::order;
}

/// From the last look of whoever sends an order to its arrival here; less than the pause before it
/// is sent again.
constexpr milliseconds decided_within{100};

/// As old as truth and marks may be by default that an entry is judged on, and a permit's life:
/// what was known before the machine stood still is used up by then, however young it looked.
constexpr milliseconds no_opening_after_standstill{12'000};
constexpr auto stood_still = "the machine stood still: what it was judged on may be too old";

order_refused never_left(std::string why, std::optional<instant> retry_at = {}) {
  return {0, 0, std::move(why), true, retry_at, refusal_cure::wait, false};
}

}  // namespace

void session::change(change_call call, change_done done) {
  auto job = std::make_shared<change_job>();
  const auto asked = call.asked.value_or(now());
  job->deadline = asked + call.timeout;
  if (row_of(call.what).as == counts::order)
    job->last_leave = asked + std::min(order_leaves_within, call.timeout);
  job->call = std::move(call);
  job->done = std::move(done);
  // A thread that was busy or stopped: what the order was decided on may have changed meanwhile.
  if (job->last_leave && now() > *job->last_leave)
    return job->done(never_left("it waited too long to be sent"));
  send_change(std::move(job));
}

budget_answer session::reserve(const change_call& call) {
  const auto& row = row_of(call.what);
  const std::lock_guard lock(mutex_);
  if (row.as == counts::order)
    return budget_.reserve_order(call.kind, here());
  return budget_.reserve_read(change_traffic, row.weight, here());
}

bool session::is_from_before_standstill(const change_call& call) const {
  const std::lock_guard lock(mutex_);
  return stood_still_ && call.asked && *call.asked <= *stood_still_ + decided_within &&
         call.kind != request_budget::order_kind::guards;
}

std::optional<instant> session::held_after_standstill(const change_call& call) const {
  if (row_of(call.what).as != counts::order || call.kind != request_budget::order_kind::opens)
    return std::nullopt;
  const std::lock_guard lock(mutex_);
  if (!stood_still_ || now() >= *stood_still_ + no_opening_after_standstill)
    return std::nullopt;
  return *stood_still_ + no_opening_after_standstill;
}

/// What was asked for at its moment leaves then or not at all: whoever sent it looks again first.
std::function<result<secret>()> session::target_in_time(std::function<result<secret>()> made,
                                                        const change_job& job) {
  return
      [this, made = std::move(made), last = *job.last_leave, call = job.call]() -> result<secret> {
        if (now() > last)
          return fail(errc::not_permitted, "no connection was free in time");
        if (is_from_before_standstill(call) || held_after_standstill(call))
          return fail(errc::not_permitted, stood_still);
        return made();
      };
}

void session::send_change(std::shared_ptr<change_job> job) {
  if (const auto until = held_after_standstill(job->call))
    return job->done(never_left(stood_still, until));
  auto asked = reserve(job->call);
  if (auto* refused = std::get_if<budget_refusal>(&asked))
    return job->done(never_left(std::move(refused->text), refused->retry_at));
  const auto& row = row_of(job->call.what);
  const auto ticket = std::get<budget_ticket>(asked);
  http_request request;
  request.method = row.method;
  request.target = target_when_sent(row, job->call.parameters, chosen_.recv_window_orders, ticket);
  if (job->last_leave)
    request.target = target_in_time(std::move(request.target), *job);
  request.key = key_header::present;
  request.rank = rank_of(job->call);
  request.again = repetition::never;
  request.reply_bytes_max = reply_bytes_max(row);
  request.timeout = remaining(job->deadline);
  pool_.submit(std::move(request), [this, job, ticket](http_outcome outcome) {
    end_change(job, ticket, std::move(outcome));
  });
}

void session::end_change(std::shared_ptr<change_job> job, const budget_ticket& ticket,
                         http_outcome outcome) {
  settle(ticket, outcome);
  if (auto* reply = std::get_if<http_reply>(&outcome)) {
    if (reply->status != 200)
      return judge_change(job, ticket, *reply);
    firewall_.let_through(reply->sent_at);
    return job->done(std::move(*reply));
  }
  const auto& failed = std::get<transport_failure>(outcome);
  if (failed.left == departure::may_have_left)
    return job->done(order_uncertain{failed.text});
  auto retry_at = held_after_standstill(job->call);
  if (const auto held = withheld(ticket))
    retry_at = std::max(retry_at.value_or(held->retry_at), held->retry_at);
  job->done(never_left(failed.text, retry_at));
}

void session::judge_change(const std::shared_ptr<change_job>& job, const budget_ticket& ticket,
                           const http_reply& reply) {
  const auto seen = answer_of(reply.status, reply.body);
  auto retry_at = obey(seen, reply, ticket.whose);
  const auto judged = judge_order(seen);
  // Nothing we send can be "already so": such an answer does not fit its question.
  const auto& fate = judged.fate;
  if (fate == order_fate::uncertain_of_time)
    cure_clock([](bool) {});
  if (fate == order_fate::uncertain || fate == order_fate::uncertain_of_time ||
      fate == order_fate::already_so)
    return job->done(order_uncertain{
        fmt::format("HTTP {}, code {}: {}", seen.http_status, seen.code, words_of(seen))});
  if (!retry_at && judged.wait.count() > 0)
    retry_at = now() + judged.wait;
  const bool for_now = judged.fate != order_fate::refused;
  const order_refused refused{seen.http_status, seen.code,   words_of(seen),     for_now,
                              retry_at,         judged.cure, judged.for_operator};
  if (judged.fate != order_fate::refused_for_clock || job->cured ||
      remaining(job->deadline).count() <= 0)
    return job->done(refused);
  job->cured = true;
  // Meanwhile an order may have lost its permission: whoever sent it looks before it goes again.
  if (row_of(job->call.what).as == counts::order)
    return cure_clock([job, refused](bool) { job->done(refused); });
  cure_clock([this, job, refused](bool cured) { cured ? send_change(job) : job->done(refused); });
}

}  // namespace sluice::exchange
