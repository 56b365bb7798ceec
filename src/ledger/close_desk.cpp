// Armings given, ended and used, and the decision whether an armed close may be proposed.
#include "sluice/ledger/close_desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice {
namespace {

std::string fault_of(const arming_order& o, milliseconds longest) {
  if (longest <= milliseconds{0})
    return "reconcile.close_max is 0s: this policy is switched off";
  if (o.instrument.empty())
    return "symbol: is missing";
  if (o.author.empty())
    return "author: is missing";
  if (o.reason.empty())
    return "reason: is missing; a close without one cannot be explained afterwards";
  if (o.lasts <= milliseconds{0} || o.lasts > longest)
    return fmt::format("for: must be more than 0s and at most {} (reconcile.close_max)",
                       format_duration(longest));
  return {};
}

close_disarmed ended(const close_arming& what, arming_end why, std::string author = "reconciler",
                     std::string reason = "") {
  return {what, why, std::move(author), std::move(reason)};
}

}  // namespace

close_desk::close_desk(milliseconds longest, std::int64_t last_id)
    : longest_(longest), last_id_(last_id) {}

std::vector<record_body> close_desk::restore(const std::vector<close_arming>& stored,
                                             const stamp& now) {
  // Never longer than is given today: the wall clock or the setting may be others by now.
  for (const auto& a : stored)
    armed_[a.instrument] = {a, now.steady + milliseconds{a.until.ms - now.wall.ms}};
  auto out = longest(longest_, now);
  std::ranges::move(expire(now.steady), std::back_inserter(out));
  return out;
}

std::vector<record_body> close_desk::longest(milliseconds longest, const stamp& now) {
  longest_ = longest;
  std::vector<record_body> out;
  for (auto& [instrument, given] : armed_) {
    if (given.until <= now.steady + longest)
      continue;
    given.until = now.steady + longest;
    if (longest <= milliseconds{0})
      continue;  // Its end is told at once, by expire().
    out.emplace_back(ended(given.what, arming_end::replaced, "reconciler",
                           fmt::format("reconcile.close_max is {}", format_duration(longest))));
    given.what.id = ++last_id_;
    given.what.until = {now.wall.ms + longest.count()};
    out.emplace_back(close_armed{given.what});
  }
  return out;
}

arming_outcome close_desk::arm(const arming_order& order, const stamp& now) {
  arming_outcome out;
  const auto before = armed_.find(order.instrument);
  out.refusal = fault_of(order, longest_);
  if (!out.refusal.empty()) {
    if (before != armed_.end())
      out.now = before->second.what;
    return out;
  }
  if (before != armed_.end())
    out.records.emplace_back(
        ended(before->second.what, arming_end::replaced, order.author, order.reason));
  const close_arming given{++last_id_,   order.instrument,
                           order.author, order.reason,
                           now.wall,     wall_time{now.wall.ms + order.lasts.count()}};
  armed_[order.instrument] = {given, now.steady + order.lasts};
  out.records.emplace_back(close_armed{given});
  out.now = given;
  return out;
}

arming_outcome close_desk::disarm(const symbol& instrument, const std::string& author,
                                  const std::string& reason) {
  arming_outcome out;
  const auto at = armed_.find(instrument);
  if (at == armed_.end()) {
    out.refusal = "no close is armed for " + instrument.str();
    return out;
  }
  out.now = at->second.what;
  if (author.empty() || reason.empty()) {
    out.refusal = author.empty() ? "author: is missing" : "reason: is missing";
    return out;
  }
  out.records.emplace_back(ended(at->second.what, arming_end::disarmed, author, reason));
  armed_.erase(at);
  return out;
}

std::vector<record_body> close_desk::expire(instant now) {
  std::vector<record_body> out;
  for (auto at = armed_.begin(); at != armed_.end();) {
    if (at->second.until > now) {
      ++at;
      continue;
    }
    out.emplace_back(ended(at->second.what, arming_end::expired));
    at = armed_.erase(at);
  }
  return out;
}

void close_desk::set_apart(const hold& cause) {
  if (const auto at = armed_.find(cause.position.instrument); at != armed_.end())
    at->second.for_hold = cause.id;
}

close_desk::entry* close_desk::set_apart_for(const hold& cause) {
  const auto at = armed_.find(cause.position.instrument);
  return at != armed_.end() && at->second.for_hold == cause.id ? &at->second : nullptr;
}

std::optional<record_body> close_desk::use(const hold& cause) {
  if (!set_apart_for(cause))
    return std::nullopt;
  const auto gone = armed_.extract(cause.position.instrument);
  return ended(gone.mapped().what, arming_end::used, "reconciler",
               fmt::format("hold {}, {}", cause.id, to_string(cause.cause)));
}

void close_desk::give_back(const hold& cause) {
  if (auto* given = set_apart_for(cause))
    given->for_hold = 0;
}

bool close_desk::may_serve(const symbol& instrument, instant now) const {
  return armed(instrument, now) && armed_.at(instrument).for_hold == 0;
}

std::optional<close_arming> close_desk::armed(const symbol& instrument, instant now) const {
  const auto at = armed_.find(instrument);
  if (at == armed_.end() || at->second.until <= now)
    return std::nullopt;
  return at->second.what;
}

std::optional<instant> close_desk::next_end() const {
  std::optional<instant> next;
  for (const auto& [instrument, e] : armed_)
    if (!next || e.until < *next)
      next = e.until;
  return next;
}

std::string_view to_string(close_obstacle o) {
  switch (o) {
    case close_obstacle::not_armed:
      return "not_armed";
    case close_obstacle::no_hold:
      return "no_hold";
    case close_obstacle::drift_unclear:
      return "drift_unclear";
    case close_obstacle::truth_unknown:
      return "truth_unknown";
    case close_obstacle::other_side:
      return "other_side";
    case close_obstacle::holds_no_more:
      return "holds_no_more";
  }
  return "?";
}

close_decision decide_close(const close_question& q) {
  if (!q.armed)
    return close_obstacle::not_armed;
  if (!q.standing || q.standing->cause == hold_cause::side_flip)
    return close_obstacle::no_hold;
  if (!is_known(q.seen.content))
    return close_obstacle::truth_unknown;
  const auto held = amount_of(q.seen.content);
  if (held.sign() * q.ledger_amount.sign() < 0)
    return close_obstacle::other_side;
  if (q.kind != drift_kind::unexplained && q.kind != drift_kind::foreign)
    return close_obstacle::drift_unclear;
  if (held.abs() <= q.ledger_amount.abs())
    return close_obstacle::holds_no_more;
  return q.ledger_amount.abs();
}

plan_id close_plan_id(const hold& cause) {
  return plan_id{fmt::format("{}{}", close_plan_prefix, cause.id)};
}

plan plan_for_close(const hold& cause, quantity target, const stamp& now) {
  return {.id = close_plan_id(cause),
          .source = source_id{std::string{reconciler_source}},
          .instrument = cause.position.instrument,
          .leg = cause.position.leg,
          .body = reduce_plan{.target = target, .reason = "reconcile_close"},
          .created_at = {},
          .received = now,
          .deadline = now.steady + close_plan_ttl,
          .deadline_wall = {now.wall.ms + close_plan_ttl.count()}};
}

bool is_reconcile_close(const plan_id& id) {
  return id.str().starts_with(close_plan_prefix);
}

fill_scope scope_of(const plan_id& id) {
  return is_reconcile_close(id) ? fill_scope::sums_only : fill_scope::position;
}

}  // namespace sluice
