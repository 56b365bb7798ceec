// What the venue says of protective stops: answers, events, lists, and what none of them says.
#include <algorithm>
#include <set>

#include "sluice/execution/client_id.hpp"
#include "sluice/execution/stop_keeper.hpp"
#include "venue_words.hpp"

namespace sluice {
namespace {

/// Ended stops by which an old list is recognised as old.
constexpr std::size_t ended_max = 200;
/// How long a list may take that is asked for again after a failure.
constexpr milliseconds audit_retry{2'000};
/// What a query or a list may lag behind an acceptance or an end, on top of the window of the
/// order's timestamp.
constexpr milliseconds lag{5'000};

bool may_move_position(stop_state s) {
  return s == stop_state::unknown || s == stop_state::cancelling || s == stop_state::triggered;
}

/// A code for "not there", a status or a document that are not those we know; nothing that a busy
/// or unreachable venue says.
bool says_nothing(const read_result<conditional_report>& answer) {
  if (answer)
    return answer->status == conditional_status::other;
  const auto& no = answer.error();
  if (no.kind == failure_kind::malformed)
    return no.http_status == 200;
  return no.kind == failure_kind::venue_error && no.code != 0 && no.http_status >= 400 &&
         no.http_status < 500;
}

}  // namespace

stop_actions stop_keeper::restore(const std::vector<protective_stop>& stops,
                                  std::int64_t last_number, instant now) {
  stop_actions out;
  last_number_ = last_number;
  for (const auto& s : stops) {
    auto& t = stops_[s.id];
    t.stop = s;
    t.since = now;
    t.inherited = true;
    t.seen_at_venue = s.venue_id != 0;
    if (s.state == stop_state::triggered)
      t.ask_at = now;  // Its end may have been told while nobody listened.
    else
      t.stop.state = stop_state::unknown;
    t.pending_told = true;
    out.emplace_back(stop_pending{s.position, s.id, true, 0});
  }
  return out;
}

stop_keeper::tracked* stop_keeper::find(const client_order_id& id) {
  const auto at = stops_.find(id);
  return at == stops_.end() ? nullptr : &at->second;
}

/// Whatever the state says of what may happen to the position, the reconciler is told once.
void stop_keeper::move(tracked& t, stop_state to, std::string detail, instant now,
                       stop_actions& out) {
  auto& s = t.stop;
  s.state = to;
  t.since = now;
  t.ask_at.reset();
  t.asked = 0;
  t.asked_in_vain.reset();
  out.emplace_back(stop_changed{s, std::move(detail)});
  const auto tell = [&](bool pending) {
    t.pending_told = pending;
    out.emplace_back(stop_pending{s.position, s.id, pending, pending ? 0 : s.triggered_order});
  };
  const bool became_order = is_final(to) && s.triggered_order != 0;
  if ((may_move_position(to) || became_order) && !t.pending_told)
    tell(true);
  if (!may_move_position(to) && t.pending_told)
    tell(false);
}

void stop_keeper::doubt(tracked& t, std::string why, instant now, stop_actions& out) {
  move(t, stop_state::unknown, std::move(why), now, out);
  t.ask_at = now;
}

stop_actions stop_keeper::on_durable(const client_order_id& id, const stop_surroundings& around,
                                     instant now) {
  stop_actions out;
  auto* t = find(id);
  if (!t || t->stop.state != stop_state::intended)
    return out;
  const auto& content = around.seen.content;
  const bool same_side = sign_of(t->stop.direction) * amount_of(content).sign() < 0;
  if (is_known(content) && !same_side) {
    move(*t, stop_state::rejected, "the position was gone before it was sent", now, out);
  } else {
    move(*t, stop_state::sent, {}, now, out);
    conditional_request r{t->stop.id, t->stop.position.instrument, t->stop.position.leg,
                          t->stop.direction};
    r.trigger = t->stop.trigger;
    r.close_position = true;
    r.reduce_only = false;  // closePosition implies it, and the venue takes only one of the two.
    out.emplace_back(place_stop{std::move(r)});
  }
  settle(now, out);
  return out;
}

stop_actions stop_keeper::on_placed(const client_order_id& id, const conditional_outcome& outcome,
                                    instant now) {
  stop_actions out;
  auto* t = find(id);
  if (!t || t->stop.state != stop_state::sent)
    return out;  // An event or a list was faster.
  if (const auto* done = std::get_if<conditional_done>(&outcome))
    hear(*t, done->report, now, out);
  else if (const auto* no = std::get_if<order_refused>(&outcome))
    refused(*t, *no, now, out);
  else
    doubt(*t, std::get<order_uncertain>(outcome).text, now, out);
  if (t->stop.state == stop_state::sent)
    doubt(*t, "the venue gave it a status that nobody knows", now, out);
  settle(now, out);
  return out;
}

stop_actions stop_keeper::on_cancelled(const client_order_id& id,
                                       const change_outcome<conditional_cancelled>& outcome,
                                       instant now) {
  stop_actions out;
  auto* t = find(id);
  if (!t || t->stop.state != stop_state::cancelling)
    return out;
  if (std::holds_alternative<conditional_cancelled>(outcome)) {
    move(*t, stop_state::cancelled, {}, now, out);
    settle(now, out);
    return out;
  }
  // Whatever is said of it now may be from before the cancel arrives.
  t->list_at = now + duration{list_lag()};
  auto& next_cancel = slots_[t->stop.position].cancel_at;
  next_cancel = now + options_.settings.retry_after;
  if (const auto* no = std::get_if<order_refused>(&outcome)) {
    next_cancel = std::max(*next_cancel, no->retry_at.value_or(now));
    const bool has_left = no->http_status != 0 || no->code != 0;
    // Not open any more, about to trigger, or refused for a reason that says nothing of it.
    if (has_left)
      doubt(*t, venue_words(no->code, no->text), now, out);
    else
      move(*t, stop_state::resting, "its cancel was not sent: " + no->text, now, out);
  } else {
    doubt(*t, std::get<order_uncertain>(outcome).text, now, out);
  }
  settle(now, out);
  return out;
}

void stop_keeper::hear(tracked& t, const conditional_report& told, instant now, stop_actions& out) {
  auto& stop = t.stop;
  auto& s = slots_[stop.position];
  // The late end of a stop of the other side, or of an earlier position, is no reason to wait.
  const bool of_before = stop.number < s.first_number || sign_of(stop.direction) * s.sign > 0;
  const auto ended_by_venue = [&] {
    if (of_before)
      return;
    s.why = "the venue ended it: " + told.status_text + " " + told.why;
    pause(s, {}, now);
  };
  const bool is_first_word = !std::exchange(t.seen_at_venue, true);
  t.inherited = false;
  stop.venue_id = told.id;
  const bool named = stop.triggered_order == 0 && told.triggered_order != 0;
  if (told.triggered_order != 0)
    stop.triggered_order = told.triggered_order;
  switch (told.status) {
    case conditional_status::new_:
      t.told_ended = false;
      if (stop.state == stop_state::sent || stop.state == stop_state::unknown)
        move(t, stop_state::resting, {}, now, out);
      return;
    case conditional_status::triggering:
    case conditional_status::triggered:
      s.newer_than = now;
      if (stop.state != stop_state::triggered || named)
        move(t, stop_state::triggered, told.status_text, now, out);
      t.ask_at = now + options_.orders.query_delays.back();
      return;
    case conditional_status::finished:
      s.newer_than = now;
      return move(t, stop_state::finished, told.why, now, out);
    case conditional_status::cancelled:
      if ((!told.why.empty() || is_first_word) && stop.state != stop_state::cancelling)
        ended_by_venue();
      return move(t, stop_state::cancelled, told.status_text, now, out);
    case conditional_status::rejected:
      if (!of_before)
        s.newer_than = now;
      [[fallthrough]];
    case conditional_status::expired:
      ended_by_venue();
      return move(
          t,
          told.status == conditional_status::expired ? stop_state::expired : stop_state::rejected,
          told.why, now, out);
    case conditional_status::other:
      return;
  }
}

/// A query that finds nothing is no proof until the venue can have nothing of it under way.
void stop_keeper::absent(tracked& t, instant sent_at, instant now, stop_actions& out) {
  const bool triggered = t.stop.state == stop_state::triggered;
  if ((!triggered && t.stop.state != stop_state::unknown) ||
      sent_at < t.since + duration{list_lag()})
    return;
  constexpr auto forgotten = "the venue does not know it any more";
  t.concluded = !t.told_ended;
  if (triggered) {
    slots_[t.stop.position].newer_than = now;
    move(t, stop_state::finished, forgotten, now, out);
  } else if (t.seen_at_venue) {
    move(t, stop_state::cancelled, forgotten, now, out);
  } else {
    move(t, stop_state::rejected, "it never arrived", now, out);
  }
}

stop_actions stop_keeper::on_asked(const client_order_id& id,
                                   const read_result<conditional_report>& answer, instant sent_at,
                                   instant now) {
  stop_actions out;
  auto* t = find(id);
  if (!t)
    return out;
  t->asking = false;
  if (says_nothing(answer))
    t->asked_in_vain = sent_at;
  if (answer)
    hear(*t, *answer, now, out);
  else if (answer.error().kind == failure_kind::not_found)
    absent(*t, sent_at, now, out);
  if (t->stop.state == stop_state::unknown || t->stop.state == stop_state::triggered) {
    const auto& delays = options_.orders.query_delays;
    t->ask_at = now + delays[std::min(t->asked, delays.size() - 1)];
    ++t->asked;
    // The first question whose answer can prove that it is not there waits for nothing else.
    if (const auto provable = t->since + duration{list_lag()}; sent_at < provable)
      t->ask_at = std::min(*t->ask_at, std::max(now, provable));
  }
  settle(now, out);
  return out;
}

stop_actions stop_keeper::on_event(const conditional_report& told, instant now) {
  stop_actions out;
  if (!is_ours(options_.account, told.client_id))
    return out;
  auto* t = find(told.client_id);
  if (!t && told.status != conditional_status::new_ &&
      told.status != conditional_status::triggering && told.status != conditional_status::triggered)
    return out;
  if (!t && !ended(told.client_id))
    adopt(told, {now, {}}, out);
  t = find(told.client_id);
  if (!t)
    return out;
  const bool was_resting = t->stop.state == stop_state::resting;
  hear(*t, told, now, out);
  if (told.status == conditional_status::other)
    t->ask_at = now;
  // Not by us: whoever did it may have done more.
  if (was_resting && is_final(t->stop.state))
    out.emplace_back(audit_stops{t->stop.position.instrument});
  settle(now, out);
  return out;
}

/// One of ours that the journal does not know: kept like the others.
void stop_keeper::adopt(const conditional_report& row, const stamp& now, stop_actions& out) {
  protective_stop s;
  s.number = ++last_number_;
  s.id = row.client_id;
  s.position = {row.instrument, row.leg};
  s.direction = row.direction;
  s.trigger = row.trigger;
  s.state = stop_state::unknown;
  s.intended_at = wall_time{row.updated_at.ms};
  auto& t = stops_[s.id];
  t.stop = std::move(s);
  t.since = now.steady;
  hear(t, row, now.steady, out);
}

const stop_keeper::ended_stop* stop_keeper::ended(const client_order_id& id) const {
  const auto last =
      std::find_if(ended_.rbegin(), ended_.rend(), [&](const ended_stop& e) { return e.id == id; });
  return last == ended_.rend() ? nullptr : &*last;
}

/// A row of a list shows a stop that has ended. What the venue told of an end outlives a list that
/// may lag behind it; what was only concluded does not: the list shows that it was wrong.
bool stop_keeper::is_outdated(const ended_stop& e, instant sent_at) const {
  return sent_at <= e.at + duration{e.concluded ? milliseconds{0} : list_lag()};
}

milliseconds stop_keeper::list_lag() const {
  return options_.orders.recv_window + lag;
}

stop_actions stop_keeper::on_audit(const symbol& scope,
                                   const read_result<std::vector<conditional_report>>& list,
                                   instant sent_at, const stamp& now) {
  stop_actions out;
  const bool whole = scope.empty();
  if (whole)
    auditing_ = false;
  if (!list) {
    auto again = now.steady + audit_retry;
    if (list.error().retry_at)
      again = std::max(again, *list.error().retry_at);
    if (whole)
      audit_at_ = again;
    return out;
  }
  if (whole) {
    audited_ = true;
    const bool of_before = stream_opened_ && sent_at < *stream_opened_;
    audit_at_ = of_before ? now.steady : now.steady + options_.settings.audit_period;
  }
  std::set<client_order_id> listed;
  for (auto row : *list) {
    if (!is_ours(options_.account, row.client_id))
      continue;
    if (row.status == conditional_status::other)
      row.status = conditional_status::new_;  // It is open, whatever the word for it.
    listed.insert(row.client_id);
    if (auto* t = find(row.client_id)) {
      // Its question knows more: of what was doubted since, or told to have ended a moment ago.
      const bool lags =
          t->told_ended && !(t->asked_in_vain && sent_at >= t->since + duration{list_lag()});
      const bool asked = t->stop.state == stop_state::unknown &&
                         (lags || (t->seen_at_venue && sent_at < t->since));
      if (t->stop.state != stop_state::cancelling && !asked)
        hear(*t, row, now.steady, out);
    } else if (const auto* e = ended(row.client_id); !e || !is_outdated(*e, sent_at)) {
      const bool was_told = e && !e->concluded;
      adopt(row, now, out);
      // Both cannot be true, and a list may lag by more than is awaited: a question decides.
      if (auto* again = find(row.client_id); was_told && again->stop.state == stop_state::resting) {
        again->told_ended = true;
        doubt(*again, "its end was told before", now.steady, out);
      }
    } else if (sent_at > e->at) {  // A later list says whether it rests after all.
      audit_at_ = std::min(audit_at_, now.steady + duration{list_lag()});
    }
  }
  for (auto& [id, t] : stops_) {
    if (listed.contains(id) || (!whole && t.stop.position.instrument != scope))
      continue;
    if (t.stop.state == stop_state::resting && t.since < sent_at)
      doubt(t, "it is not on the venue's list", now.steady, out);
    else if (t.stop.state == stop_state::cancelling && t.since < sent_at)
      t.ask_at = now.steady;   // Its cancel may not have left.
    else if (t.asked_in_vain)  // Two answers that do not have it: what is open is on the list.
      absent(t, std::min(*t.asked_in_vain, sent_at), now.steady, out);
    else if (std::exchange(t.inherited, false))
      t.ask_at = now.steady;
  }
  settle(now.steady, out);
  return out;
}

/// Fires the questions that are due, and lets go of what has ended.
void stop_keeper::settle(instant now, stop_actions& out) {
  for (auto& [id, t] : stops_) {
    if (t.ask_at && *t.ask_at <= now && !t.asking) {
      t.ask_at.reset();
      t.asking = true;
      out.emplace_back(ask_stop{id});
    }
    if (t.list_at && *t.list_at <= now && !is_final(t.stop.state)) {
      t.list_at.reset();
      out.emplace_back(audit_stops{t.stop.position.instrument});
    }
  }
  std::erase_if(stops_, [&](const auto& entry) {
    if (!is_final(entry.second.stop.state))
      return false;
    const auto& t = entry.second;
    ended_.push_back({entry.first, t.stop.position, now, t.concluded, t.seen_at_venue});
    return true;
  });
  while (ended_.size() > ended_max)
    ended_.pop_front();
}

}  // namespace sluice
