// The session's reads, its clock and its budget.
#include "session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "session_jobs.hpp"
#include "sluice/exchange/replies.hpp"

namespace sluice::exchange {
namespace {

http_pool_settings pool_settings(const settings& chosen, std::shared_ptr<byte_allowance> room) {
  return {*parse_address(chosen.rest_url, "https"),
          chosen.connections_max,
          chosen.requests_waiting_max,
          chosen.connect_timeout,
          chosen.idle_connection_max,
          std::move(room)};
}

request_rank rank_of(read_class traffic) {
  constexpr auto first = static_cast<int>(request_rank::exit_demand);
  static_assert(request_rank_count == first + read_class_count);
  return static_cast<request_rank>(first + static_cast<int>(traffic));
}

read_failure failure_of(const transport_failure& failed) {
  read_failure why;
  why.text = failed.text;
  switch (failed.kind) {
    case transport_fault::timed_out:
      why.kind = failure_kind::timed_out;
      break;
    case transport_fault::malformed:
      why.kind = failure_kind::malformed;
      break;
    case transport_fault::overloaded:
    case transport_fault::withheld:
      why.kind = failure_kind::rate_limited;
      break;
    case transport_fault::unreachable:
    case transport_fault::closed:
      why.kind = failure_kind::unreachable;
      break;
  }
  return why;
}

}  // namespace

session::session(io_loop& loop, tls_context& tls, const settings& chosen, credentials keys,
                 signer signs, extras additions)
    : chosen_(chosen),
      keys_(std::move(keys)),
      signer_(std::move(signs)),
      additions_(std::move(additions)),
      budget_(chosen.weight_limit_1m, chosen.shares),
      clock_(additions_.steady_now(), additions_.wall_now()),
      random_(additions_.seed.value_or(std::random_device{}())),
      clock_timer_(loop),
      room_(std::make_shared<byte_allowance>(
          static_cast<std::size_t>(chosen.bytes_in_flight_max),
          static_cast<std::size_t>(chosen.bytes_in_flight_max / 4))),
      pool_(loop, tls, pool_settings(chosen, room_), keys_.api_key, additions_.steady_now) {
  const auto kept = additions_.load_stops ? additions_.load_stops() : kept_stops{};
  if (const auto until = end_of(kept.ban))
    budget_.ban_until(*until);
  if (const auto until = end_of(kept.pause))
    budget_.pause_until(*until, request_budget::pause_scope::everything);
  if (const auto until = end_of(kept.pause_of_others))
    budget_.pause_until(*until, request_budget::pause_scope::all_but_exits);
}

moment session::here() const {
  const auto steady = now();
  return {steady, clock_.now(steady)};
}

secret session::target_of(const endpoint_row& row, const query& parameters,
                          milliseconds recv_window) {
  query full = parameters;
  if (row.needs == access::with_signature) {
    full.add("recvWindow", recv_window.count());
    full.add("timestamp", here().venue.ms);
    const secret signature(signer_.sign(full.str()));
    // The signature is already encoded and must be last, over exactly the bytes before it.
    return joined_secret({row.path, "?", full.str(), "&signature=", signature.reveal()});
  }
  return joined_secret({row.path, full.str().empty() ? "" : "?", full.str()});
}

void session::read(read_call call, read_done done) {
  auto job = std::make_shared<read_job>();
  job->deadline = now() + call.options.timeout;
  job->call = std::move(call);
  job->done = std::move(done);
  send_read(std::move(job));
}

void session::send_read(std::shared_ptr<read_job> job) {
  const auto& row = row_of(job->call.what);
  budget_answer asked;
  {
    const std::lock_guard lock(mutex_);
    const int weight = job->call.of == breadth::all ? row.weight_all : row.weight;
    asked = budget_.reserve_read(job->call.options.traffic, weight, here());
  }
  if (auto* refused = std::get_if<budget_refusal>(&asked))
    return job->done(
        read_failure{refused->kind, 0, 0, std::move(refused->text), refused->retry_at});
  http_request request;
  request.method = row.method;
  const auto ticket = std::get<budget_ticket>(asked);
  request.target = target_when_sent(row, job->call.parameters, chosen_.recv_window_reads, ticket);
  request.key = row.needs == access::open ? key_header::absent : key_header::present;
  request.rank = rank_of(job->call.options.traffic);
  request.again = repetition::once;
  request.connection = job->call.options.connection;
  request.reply_bytes_max = reply_bytes_max(row);
  request.timeout = remaining(job->deadline);
  pool_.submit(std::move(request), [this, job, ticket](http_outcome outcome) {
    end_read(job, ticket, std::move(outcome));
  });
}

void session::end_read(std::shared_ptr<read_job> job, const budget_ticket& ticket,
                       http_outcome outcome) {
  settle(ticket, outcome);
  if (const auto* failed = std::get_if<transport_failure>(&outcome)) {
    auto why = failure_of(*failed);
    if (const auto held = withheld(ticket); held && failed->kind == transport_fault::withheld) {
      why.kind = held->kind;
      why.retry_at = held->retry_at;
    }
    return job->done(std::move(why));
  }
  auto& reply = std::get<http_reply>(outcome);
  if (reply.status == 200) {
    firewall_.let_through(reply.sent_at);
    return job->done(std::move(reply));
  }
  const auto seen = answer_of(reply.status, reply.body);
  const auto retry_at = obey(seen, reply, ticket.whose);
  read_failure why{judge_read(seen), reply.status, seen.code, words_of(seen), retry_at};
  // Only a signed request carries our time; whatever refuses another for it, measuring is no cure.
  const bool curable = row_of(job->call.what).needs == access::with_signature && !job->cured;
  if (why.kind != failure_kind::clock_off || !curable || remaining(job->deadline).count() <= 0)
    return job->done(std::move(why));
  job->cured = true;
  cure_clock([this, job, why](bool cured) { cured ? send_read(job) : job->done(why); });
}

std::optional<budget_refusal> session::withheld(const budget_ticket& ticket) const {
  const std::lock_guard lock(mutex_);
  return budget_.withheld(ticket, here());
}

std::function<result<secret>()> session::target_when_sent(const endpoint_row& row,
                                                          const query& parameters,
                                                          milliseconds recv_window,
                                                          const budget_ticket& ticket) {
  return [this, &row, parameters, recv_window, ticket]() -> result<secret> {
    if (auto held = withheld(ticket))
      return fail(errc::not_permitted, std::move(held->text));
    return target_of(row, parameters, recv_window);
  };
}

void session::settle(const budget_ticket& ticket, const http_outcome& outcome) {
  const auto number = [](const std::string& text) {
    std::int64_t value = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool whole = failed == std::errc{} && end == text.data() + text.size() && value >= 0;
    return whole ? std::optional(value) : std::nullopt;
  };
  const std::lock_guard lock(mutex_);
  if (std::visit([](const auto& end) { return end.repeated; }, outcome))
    budget_.repeated(ticket, here());
  if (const auto* failed = std::get_if<transport_failure>(&outcome)) {
    if (failed->left == departure::never_left)
      budget_.withdraw(ticket, here());
    else
      budget_.settle(ticket, {}, here());
    return;
  }
  const auto& reply = std::get<http_reply>(outcome);
  budget_.settle(
      ticket,
      {number(reply.used_weight_1m), number(reply.order_count_10s), number(reply.order_count_1m)},
      here());
}

void session::measure_clock(read_options options,
                            std::function<void(read_result<clock_offset>)> done) {
  read({endpoint::time, {}, options}, [this, done = std::move(done)](auto reply) {
    if (!reply)
      return done(reply.error());
    const auto reported = parse_server_time(reply->body);
    if (!reported)
      return done(read_failure{failure_kind::malformed, 200, 0, reported.error().text, {}});
    const auto wall = additions_.wall_now();
    clock_offset offset;
    bool stood_still = false;
    {
      const std::lock_guard lock(mutex_);
      stood_still = clock_.observe(reply->sent_at, reply->received_at, *reported) ==
                    clock_sample::after_standstill;
      const auto at = here();
      if (stood_still)
        stood_still_ = at.steady;
      offset = {milliseconds(at.venue.ms - wall.ms), clock_.error_at(at.steady), at.steady,
                stood_still_};
    }
    if (stood_still)
      log(log_level::warning, "machine_stood_still",
          "the venue's clock went on and ours did not: nothing opens for twelve seconds");
    done(offset);
  });
}

void session::cure_clock(std::function<void(bool)> cured) {
  clock_waiters_.push_back(std::move(cured));
  if (clock_waiters_.size() > 1)
    return;
  log(log_level::warning, "clock_off", "the venue refused a timestamp; measuring its clock again");
  measure_clock({read_class::exit_demand, milliseconds(2'000)}, [this](auto measured) {
    const auto waiting = std::exchange(clock_waiters_, {});
    for (const auto& tell : waiting)
      tell(measured.has_value());
  });
}

void session::keep_clock() {
  if (std::exchange(clock_kept_, true))
    return;
  schedule_clock();
}

void session::schedule_clock() {
  measure_clock({read_class::verification, milliseconds(5'000)}, [this](auto measured) {
    if (!measured)
      log(log_level::warning, "clock_not_measured", measured.error().text);
  });
  clock_timer_.start(chosen_.clock_resync_every, [this] { schedule_clock(); });
}

void session::adopt_limits(const std::vector<venue_limit>& limits, limit_source source) {
  const std::lock_guard lock(mutex_);
  budget_.adopt(limits, source);
}

void session::close() {
  clock_timer_.cancel();
  pool_.close();
}

budget_view session::budget() const {
  const std::lock_guard lock(mutex_);
  return budget_.view(here());
}

std::optional<clock_offset> session::clock() const {
  const auto wall = additions_.wall_now();
  const std::lock_guard lock(mutex_);
  if (!clock_.measured())
    return std::nullopt;
  const auto at = here();
  return clock_offset{milliseconds(at.venue.ms - wall.ms), clock_.error_at(at.steady),
                      clock_.measured_at(), stood_still_};
}

instant session::moved_here(venue_time event, instant received) const {
  if (event.ms <= 0)
    return received;
  const std::lock_guard lock(mutex_);
  return std::min(received, clock_.steady_at(event) - clock_.error_at(received));
}

instant session::made_at(venue_time event, instant received) const {
  return clock() ? moved_here(event, received) : received;
}

void session::log(log_level level, std::string_view event, std::string_view text) const {
  if (additions_.observer)
    additions_.observer(level, event, text);
}

}  // namespace sluice::exchange
