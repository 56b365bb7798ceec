// Draws faults for requests and connections and turns them into courses.
#include "fault_book.hpp"

#include <algorithm>

#include "batch.hpp"

namespace sluice::simulator {
namespace {

/// Whether further faults are looked at after this one.
bool leaves_room(request_effect e) {
  return e == request_effect::delay || e == request_effect::delay_before ||
         e == request_effect::fill_parts;
}

bool has(const parameters& p, const name_and_value& wanted) {
  return p.find(wanted.first) == std::optional<std::string_view>(wanted.second);
}

/// An order that closes by its own terms, in either position mode.
bool closes(const parameters& p) {
  const bool sells = has(p, {"side", "SELL"});
  const auto leg = p.find("positionSide").value_or("BOTH");
  return has(p, {"closePosition", "true"}) || (leg == "BOTH" && has(p, {"reduceOnly", "true"})) ||
         (leg == "LONG" && sells) || (leg == "SHORT" && has(p, {"side", "BUY"}));
}

/// Cancels, orders that close, and batches of nothing but those.
bool only_reduces(const request& r, const parameters& p) {
  if (r.method == "DELETE" || !p.find("batchOrders"))
    return r.method == "DELETE" || closes(p);
  const auto batch = read_batch(p);
  return !error_of(batch) &&
         std::all_of(std::get<0>(batch).begin(), std::get<0>(batch).end(), closes);
}

/// Whether the request's parameters are of the class the fault names.
bool matches_parameters(const request_fault& f, const request& r) {
  if (f.where.empty() && f.unless.empty() && !f.spares_reducing)
    return true;
  const auto read = parameters::parse(r.query, r.body);
  if (error_of(read))
    return false;
  const auto& p = std::get<0>(read);
  const auto is_there = [&](const auto& wanted) { return has(p, wanted); };
  return std::all_of(f.where.begin(), f.where.end(), is_there) &&
         std::none_of(f.unless.begin(), f.unless.end(), is_there) &&
         !(f.spares_reducing && only_reduces(r, p));
}

void answer_instead(const request_fault& f, course& c) {
  c.takes_effect = f.executes;
  c.replaced = true;
  c.ban = f.ban;
  c.instead.status = f.http_status;
  c.instead.content_type = f.content_type;
  c.instead.body = f.body;
  if (f.retry_after_s)
    c.instead.headers.emplace_back("Retry-After", std::to_string(*f.retry_after_s));
}

void spoil(const request_fault& f, course& c) {
  c.damage = f.effect == request_effect::damage ? f.damage : body_damage::cut;
  c.damaged_field = f.field;
  if (f.effect != request_effect::malform || f.body.empty())
    return;
  c.damage.reset();
  c.replaced = true;
  c.instead.content_type = f.content_type;
  c.instead.body = f.body;
}

void leave(course& c, departure how, bool takes_effect = true) {
  c.leaves = how;
  c.takes_effect = takes_effect;
}

}  // namespace

void fault_book::add(request_fault f, milliseconds since) {
  settle(f.window, since);
  requests_.push_back({std::move(f), ++added_});
}

void fault_book::add(connection_fault f, milliseconds since) {
  settle(f.window, since);
  connections_.push_back(std::move(f));
}

void fault_book::clear() {
  requests_.clear();
  connections_.clear();
}

bool fault_book::hits(request_fault& f, const request& r, milliseconds since) {
  if (!is_open(f.window, since) || (!f.method.empty() && f.method != r.method) ||
      !r.path.starts_with(f.path) || !matches_parameters(f, r))
    return false;
  if (f.skip > 0) {
    --f.skip;
    return false;
  }
  return strikes(f, random_);
}

/// A ramp grows evenly from the window's beginning to its end.
milliseconds fault_book::delay_of(const request_fault& f, milliseconds since) {
  auto delay = f.delay;
  if (f.delay_to && f.window.until)
    delay += milliseconds{(*f.delay_to - f.delay).count() * (since - f.window.from).count() /
                          (*f.window.until - f.window.from).count()};
  return delay + milliseconds{random_.between(0, f.delay_jitter.count())};
}

void fault_book::apply(const numbered_fault& f, course& c, milliseconds since) {
  c.framing = f.framing;
  c.bytes = f.bytes;
  c.ending = f.ending;
  switch (f.effect) {
    case request_effect::delay:
      c.after += delay_of(f, since);
      return;
    case request_effect::delay_before:
      c.before += delay_of(f, since);
      return;
    case request_effect::status:
      return answer_instead(f, c);
    case request_effect::malform:
    case request_effect::damage:
      return spoil(f, c);
    case request_effect::drop_reply:
      return leave(c, departure::never);
    case request_effect::hang:
      return leave(c, departure::never, false);
    case request_effect::reset_before:
      return leave(c, departure::reset, false);
    case request_effect::reset_after:
      return leave(c, departure::reset);
    case request_effect::truncate:
      return leave(c, departure::truncated);
    case request_effect::misframe:
      return leave(c, departure::misframed);
    case request_effect::cut_reply:
      return leave(c, departure::cut);
    case request_effect::hold_for_event:
      c.event_wait = f.delay;
      return;
    case request_effect::hide_order:
      c.hidden_for = f.delay;
      return;
    case request_effect::freeze:
      c.frozen = f.number;
      return;
    case request_effect::fill_parts:
      c.fills = fill_terms{f.parts, f.percent};
      return;
  }
}

void fault_book::bend(const request& r, course& c, milliseconds since) {
  for (auto& f : requests_) {
    if (!hits(f, r, since))
      continue;
    apply(f, c, since);
    if (!leaves_room(f.effect))
      break;
  }
  forget_past(requests_, since);
}

connection_course fault_book::draw_connection(milliseconds since) {
  connection_course c;
  for (auto& f : connections_) {
    if (f.effect == connection_effect::cut_request || !is_open(f.window, since) ||
        !strikes(f, random_))
      continue;
    if (f.effect == connection_effect::refuse)
      c.refused = true;
    else if (f.effect == connection_effect::slow_handshake)
      c.delay += f.delay;
    else
      c.identity = f.identity;
  }
  forget_past(connections_, since);
  return c;
}

std::optional<request_cut> fault_book::draw_request_cut(milliseconds since,
                                                        std::string_view first_bytes) {
  std::optional<request_cut> cut;
  for (auto& f : connections_)
    if (!cut && f.effect == connection_effect::cut_request && is_open(f.window, since) &&
        first_bytes.find(f.holds) != first_bytes.npos && strikes(f, random_))
      cut = request_cut{f.bytes, f.ending};
  forget_past(connections_, since);
  return cut;
}

}  // namespace sluice::simulator
