// How the session places an order: sent at most once unless refused for its timestamp, then judged.
#include <fmt/format.h>

#include "session_jobs.hpp"
#include "sluice/exchange/replies.hpp"

namespace sluice::exchange {
namespace {

order_outcome outcome_of(const transport_failure& failed) {
  if (failed.left == departure::never_left)
    return order_refused{0, 0, failed.text, true, std::nullopt};
  return order_uncertain{failed.text};
}

/// A 200 speaks of our order only if it names it.
bool describes(const order_report& report, const order_request& wanted) {
  return report.client_id == wanted.id && report.instrument == wanted.instrument &&
         report.direction == wanted.direction;
}

}  // namespace

void session::place(query parameters, const order_request& wanted, milliseconds timeout,
                    order_done_fn done) {
  auto job = std::make_shared<order_job>();
  job->parameters = std::move(parameters);
  job->wanted = wanted;
  job->done = std::move(done);
  job->deadline = std::chrono::steady_clock::now() + timeout;
  send_order(std::move(job));
}

void session::send_order(std::shared_ptr<order_job> job) {
  const auto& row = row_of(endpoint::place_order);
  const auto kind = job->wanted.reduce_only ? request_budget::order_kind::closes
                                            : request_budget::order_kind::opens;
  budget_answer asked;
  {
    const std::lock_guard lock(mutex_);
    asked = budget_.reserve_order(kind, here());
  }
  if (auto* refused = std::get_if<budget_refusal>(&asked))
    return job->done(order_refused{0, 0, std::move(refused->text), true, refused->retry_at});
  http_request request;
  request.method = row.method;
  request.target = [this, job, &row] {
    return target_of(row, job->parameters, chosen_.recv_window_orders);
  };
  request.key = key_header::present;
  request.rank = request_rank::order;
  request.again = repetition::never;
  request.timeout = remaining(job->deadline);
  pool_.submit(std::move(request),
               [this, job, ticket = std::get<budget_ticket>(asked)](http_outcome outcome) {
                 end_order(job, ticket, std::move(outcome));
               });
}

void session::end_order(std::shared_ptr<order_job> job, const budget_ticket& ticket,
                        http_outcome outcome) {
  settle(ticket, outcome);
  if (const auto* failed = std::get_if<transport_failure>(&outcome))
    return job->done(outcome_of(*failed));
  const auto& reply = std::get<http_reply>(outcome);
  if (reply.status == 200) {
    auto report = parse_order(reply.body);
    if (report && describes(*report, job->wanted))
      return job->done(order_done{std::move(*report)});
    if (report)
      return job->done(order_uncertain{"the reply describes another order"});
  }
  const auto seen = answer_of(reply.status, reply.body);
  judge_order_reply(job, reply, obey(seen, reply));
}

void session::judge_order_reply(const std::shared_ptr<order_job>& job, const http_reply& reply,
                                std::optional<instant> retry_at) {
  const auto seen = answer_of(reply.status, reply.body);
  const auto [fate, wait] = judge_order(seen);
  if (fate == order_fate::uncertain)
    return job->done(order_uncertain{
        fmt::format("HTTP {}, code {}: {}", seen.http_status, seen.code,
                    seen.is_error_document ? seen.text : "no document of the venue")});
  if (!retry_at && wait.count() > 0)
    retry_at = now() + wait;
  const bool for_now = fate != order_fate::refused;
  const order_refused refused{seen.http_status, seen.code, seen.text, for_now, retry_at};
  if (fate != order_fate::refused_for_clock || job->cured || remaining(job->deadline).count() <= 0)
    return job->done(refused);
  job->cured = true;
  cure_clock([this, job, refused](bool cured) { cured ? send_order(job) : job->done(refused); });
}

}  // namespace sluice::exchange
