// The merge rules: venue time first, then order of sending, and nothing proven by a contradiction.
#include "sluice/truth/merge.hpp"

#include <algorithm>

namespace sluice {
namespace {

truth content_of(quantity amount, price entry) {
  if (amount.is_zero())
    return position_flat{};
  return position_open{amount, entry};
}

bool has_venue_time(venue_time t) {
  return t.ms > 0;
}

void detach(slot_state& state, instant sent_at) {
  state.detached_until = std::max(state.detached_until.value_or(sent_at), sent_at);
}

void set_content(slot_state& state, const truth& content, venue_time at, truth_source source) {
  state.content = content;
  state.changed_at = at;
  state.newest_seen = std::max(state.newest_seen, at);
  state.source = source;
  if (std::holds_alternative<position_flat>(content))
    state.told_open_at.reset();
  ++state.version;
}

/// The same content confirmed, perhaps with a newer venue time. A content without one takes it only
/// from what is as new as its proof: an older time would open the door to older events.
merged confirm(slot_state state, venue_time at, instant as_of) {
  if (at >= state.newest_seen && (has_venue_time(state.changed_at) || as_of >= state.as_of))
    state.changed_at = at;
  state.newest_seen = std::max(state.newest_seen, at);
  state.as_of = std::max(state.as_of, as_of);
  return {state, merge_effect::proved};
}

/// Absence has no venue time: a read that saw nothing may be newer than any time known of the slot,
/// so that only our own clock can say what came after it.
bool is_timeless(const slot_state& known) {
  return std::holds_alternative<position_flat>(known.content) || !has_venue_time(known.changed_at);
}

/// Whether an event has told of the position so lately that a read without it may still be old.
bool outlasts(const slot_state& known, const truth& read_content, const read_meta& read) {
  return std::holds_alternative<position_flat>(read_content) && known.told_open_at &&
         read.sent_at - *known.told_open_at < absence_lag_max;
}

/// Whether a row that the venue's times do not place may still be of before the last event. Where
/// another read had shown what that told, only an older one: each copy lags in its own way, and a
/// read that shows a part of a millisecond must give way to one that shows all of it.
bool may_lag(const slot_state& known, venue_time row_time, const read_meta& read) {
  return known.event_received_at && read.sent_at - *known.event_received_at < read.read_lag_grace &&
         (known.source == truth_source::stream || row_time < known.newest_seen);
}

/// What is to be done with a row that differs from what is known.
enum class row_standing { take, older_than_event, superseded, contradicts };

row_standing standing_of(const slot_state& known, const truth& content, venue_time row_time,
                         const read_meta& read) {
  if (known.event_received_at && read.sent_at < *known.event_received_at)
    return row_standing::older_than_event;
  if (!is_timeless(known) && row_time > known.newest_seen)
    return row_standing::take;
  if (read.sent_at < known.as_of)
    return row_standing::superseded;
  if (has_venue_time(row_time) && row_time > known.newest_seen)
    return row_standing::take;
  // Not where a read found nothing: the newest time may be of an event that changed nothing of the
  // row (funding), and no later read would ever be taken.
  if (has_venue_time(row_time) && has_venue_time(known.changed_at) && row_time < known.newest_seen)
    return row_standing::contradicts;
  // The venue's times decide nothing.
  return outlasts(known, content, read) || may_lag(known, row_time, read)
             ? row_standing::contradicts
             : row_standing::take;
}

/// What a read has outrun tells of the position all the same: of the amount that the read showed,
/// or of one that it did not show yet.
slot_state told_of(slot_state state, const position_change& change, const event_meta& event) {
  const bool flat_by_absence =
      std::holds_alternative<position_flat>(state.content) && !has_venue_time(state.changed_at);
  if (change.amount.is_zero() && std::holds_alternative<position_flat>(state.content))
    state.told_open_at.reset();
  if (!change.amount.is_zero() && (change.amount == amount_of(state.content) || flat_by_absence))
    state.told_open_at = event.received_at;
  return state;
}

bool is_older(const slot_state& known, const event_meta& event) {
  if (event.transaction_time != known.newest_seen)
    return event.transaction_time < known.newest_seen;
  // Several trades may share a millisecond. Events come in order, so a later one is newer; but a
  // read that was sent after the event occurred has it already.
  const bool last_word_was_an_event = known.source == truth_source::stream &&
                                      has_venue_time(known.changed_at) &&
                                      known.as_of <= known.event_received_at;
  return is_known(known.content) && !last_word_was_an_event && event.occurred_at < known.as_of;
}

}  // namespace

slot_state settle(slot_state state, std::optional<instant> account_as_of) {
  if (!account_as_of)
    return state;
  if (!is_known(state.content))
    detach(state, *account_as_of);
  else if (!state.detached_until || *account_as_of > *state.detached_until)
    state.as_of = std::max(state.as_of, *account_as_of);
  return state;
}

merged merge_row(const slot_state& settled, const std::optional<position_row>& row,
                 const read_meta& read) {
  const auto content = row ? content_of(row->amount, row->entry) : truth{position_flat{}};
  const auto row_time = row ? row->updated_at : venue_time{};
  auto next = settled;
  if (!is_known(settled.content)) {
    set_content(next, content, row_time, read.source);
    next.as_of = read.sent_at;
    return {next, merge_effect::changed};
  }
  if (content == settled.content)
    return confirm(next, row_time, read.sent_at);

  switch (standing_of(settled, content, row_time, read)) {
    case row_standing::take:
      set_content(next, content, row_time, read.source);
      next.as_of = std::max(settled.as_of, read.sent_at);
      return {next, merge_effect::changed};
    case row_standing::superseded:
      return {next, merge_effect::superseded};
    case row_standing::older_than_event:
      detach(next, read.sent_at);
      return {next, merge_effect::superseded};
    case row_standing::contradicts:
      break;
  }
  if (amount_of(content) == amount_of(settled.content))
    return confirm(next, venue_time{}, read.sent_at);
  detach(next, read.sent_at);
  return {next, merge_effect::contradicted};
}

merged merge_event(const slot_state& settled, const position_change& change,
                   const event_meta& event) {
  const auto content = content_of(change.amount, change.entry);
  if (is_older(settled, event)) {
    auto same = settled;  // A read was faster: the stream has told of it, too.
    if (content == settled.content && event.transaction_time == settled.changed_at)
      same.event_received_at = event.received_at;
    return {told_of(same, change, event), merge_effect::superseded};
  }

  const bool known = is_known(settled.content);
  const bool behind_a_read = known && is_timeless(settled) && event.occurred_at < settled.as_of;
  if (behind_a_read && settled.as_of - event.occurred_at > event.read_lag_grace)
    return {told_of(settled, change, event), merge_effect::superseded};

  auto next = settled;
  const bool differs = content != settled.content;
  if (differs)
    set_content(next, content, event.transaction_time, truth_source::stream);
  else
    next = confirm(next, event.transaction_time, event.occurred_at).next;
  next.event_received_at = event.received_at;
  next = told_of(next, change, event);
  if (!known) {
    next.as_of = event.occurred_at;
  } else if (differs && behind_a_read) {
    next.as_of = event.occurred_at;
    detach(next, settled.as_of);
    return {next, merge_effect::contradicted};
  } else {
    next.as_of = std::max(settled.as_of, event.occurred_at);
  }
  return {next, differs ? merge_effect::changed : merge_effect::proved};
}

}  // namespace sluice
