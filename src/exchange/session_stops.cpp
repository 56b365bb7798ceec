// How the session obeys a venue that says "stop": until when, for what, and remembered.
#include <fmt/format.h>

#include <algorithm>

#include "session.hpp"

namespace sluice::exchange {
namespace {

/// The shortest ban that the venue documents.
constexpr milliseconds ban_min = std::chrono::minutes(2);
/// Documented bans last at most three days; a time further away is a mistake, not a ban.
constexpr milliseconds ban_max = std::chrono::hours(7 * 24);
constexpr std::uint32_t jitter_ms_max = 1'000;
/// Whatever the venue says, an answer that says stop is obeyed for at least this long.
constexpr milliseconds stop_min = std::chrono::seconds(1);

/// Added to waits that end by the venue's clock; before that clock was ever measured the formal
/// error is far larger than it can really be.
constexpr milliseconds clock_margin_max = std::chrono::seconds(1);

std::string_view event_of(stop_kind kind) {
  switch (kind) {
    case stop_kind::banned:
      return "banned";
    case stop_kind::orders_paused:
      return "orders_paused";
    case stop_kind::turned_away:
      return "turned_away";
    case stop_kind::paused:
    case stop_kind::none:
      break;
  }
  return "paused";
}

milliseconds until_boundary(venue_time now, milliseconds window) {
  return window - milliseconds(now.ms % window.count());
}

/// Where the venue's present window ends. While its clock was never measured ours may be anywhere
/// in the window, so the reply's own date says; it is cut to seconds, which the waits' margin
/// covers. Without a date the end comes within a whole window.
instant end_of_window(const server_clock& clock, const http_reply& reply, instant at,
                      milliseconds window) {
  if (clock.measured())
    return at + until_boundary(clock.now(at), window);
  if (const auto date = http_date(reply.date))
    return reply.received_at + until_boundary(*date, window);
  return at + window;
}

}  // namespace

std::optional<budget_refusal> session::stopped(budget_lane whose) const {
  const std::lock_guard lock(mutex_);
  return budget_.stopped(whose, here());
}

std::optional<instant> session::obey_declined(const http_reply& reply) {
  return obey(answer_of(reply.status, reply.body), reply, budget_lane::others);
}

std::optional<instant> session::obey(const answer& seen, const http_reply& reply,
                                     budget_lane whose) {
  const auto kind = judge_stop(seen);
  if (kind != stop_kind::turned_away && seen.is_error_document)
    firewall_.let_through(reply.sent_at);
  if (kind == stop_kind::none)
    return std::nullopt;
  instant until{};
  {
    const std::lock_guard lock(mutex_);
    until = stop(kind, seen, reply, whose);
  }
  const auto wait = between(now(), until);
  log(log_level::warning, event_of(kind),
      fmt::format("HTTP {}, code {}: nothing is sent for {}", seen.http_status, seen.code,
                  format_duration(wait)));
  if (kind != stop_kind::orders_paused && additions_.save_stops)
    save_stops();
  return until;
}

/// The longest of all that are known, not the last one: replies come in any order.
void session::save_stops() const {
  const auto held = budget();
  const auto at = now();
  const auto kept = [&](std::optional<instant> until) -> std::optional<kept_stop> {
    if (!until || *until <= at)
      return std::nullopt;
    const auto left = between(at, *until);
    return kept_stop{{additions_.wall_now().ms + left.count()}, left};
  };
  additions_.save_stops(
      {kept(held.banned_until), kept(held.paused_until), kept(held.others_paused_until)});
}

std::optional<instant> session::end_of(const std::optional<kept_stop>& stop) const {
  if (!stop)
    return std::nullopt;
  const milliseconds left{stop->until.ms - additions_.wall_now().ms};
  if (left.count() <= 0)
    return std::nullopt;
  // A file that is damaged must not keep us away for ever.
  return now() + std::min({left, stop->length, ban_max});
}

instant session::stop(stop_kind kind, const answer& seen, const http_reply& reply,
                      budget_lane whose) {
  if (kind == stop_kind::turned_away)
    return stay_away(reply, whose);
  if (kind == stop_kind::banned) {
    const auto until = end_of_ban(seen, reply);
    budget_.ban_until(until);
    return until;
  }
  const auto until = end_of_pause(kind, seen, reply);
  budget_.pause_until(until, kind == stop_kind::paused ? request_budget::pause_scope::everything
                                                       : request_budget::pause_scope::orders_only);
  return until;
}

/// A named time holds for exits too; without one they ask again soon.
instant session::stay_away(const http_reply& reply, budget_lane whose) {
  const auto at = now();
  const auto named = std::max(retry_after(reply.retry_after).value_or(milliseconds(0)), stop_min);
  if (const auto stay = firewall_.turned_away(reply.sent_at, at, random())) {
    budget_.pause_until(at + std::max(stay->exits, named), request_budget::pause_scope::everything);
    budget_.pause_until(at + std::max(stay->others, named),
                        request_budget::pause_scope::all_but_exits);
  }
  const auto held = budget_.stopped(whose, here());
  return held ? held->retry_at : at + stop_min;
}

instant session::end_of_ban(const answer& seen, const http_reply& reply) const {
  const auto at = now();
  std::optional<instant> until;
  if (const auto wait = retry_after(reply.retry_after))
    until = at + *wait;
  if (const auto named = banned_until(seen.text)) {
    until = std::max(until.value_or(at), end_named(*named, reply));
    // Reckoned by our own clock alone, a ban may seem to be over already.
    if (!clock_.measured() && !http_date(reply.date))
      until = std::max(*until, instant(at + ban_min));
  }
  return std::clamp(until.value_or(at + ban_min), instant(at + stop_min), instant(at + ban_max));
}

/// A process that meets a ban at its start has not measured the venue's clock, and its own may be
/// wrong by hours: then the reply's own date says what is left.
instant session::end_named(venue_time until, const http_reply& reply) const {
  const auto at = now();
  if (const auto date = http_date(reply.date); date && !clock_.measured())
    return reply.received_at +
           std::clamp(milliseconds{until.ms - date->ms}, milliseconds{0}, ban_max);
  return clock_.steady_at(until) + std::min(clock_.error_at(at), clock_margin_max);
}

instant session::end_of_pause(stop_kind kind, const answer& seen, const http_reply& reply) {
  const auto at = now();
  if (const auto wait = retry_after(reply.retry_after))
    return at + std::max(*wait, stop_min);
  // How the window is spelled is not documented ("10 SECOND", "TEN_SECONDS"). A minute taken for
  // ten seconds is refused once more; ten seconds taken for a minute would cost exits.
  const bool minute =
      kind != stop_kind::orders_paused || seen.text.find("MINUTE") != std::string::npos;
  const milliseconds window = minute ? milliseconds(60'000) : milliseconds(10'000);
  const milliseconds jitter(random() % jitter_ms_max);
  const auto margin = std::min(clock_.error_at(at), clock_margin_max);
  return std::max(end_of_window(clock_, reply, at, window) + margin + jitter,
                  instant(at + stop_min));
}

}  // namespace sluice::exchange
