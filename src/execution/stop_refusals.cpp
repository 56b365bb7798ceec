// What a refusal of the venue does to a protective stop: when it is tried again, and as what.
#include <algorithm>
#include <string>
#include <utility>

#include "sluice/execution/stop_keeper.hpp"
#include "venue_words.hpp"

namespace sluice {
namespace {

/// A cancel that the venue does not show yet is given this long before the next attempt, so often.
constexpr milliseconds unseen_retry{200};
constexpr int unseen_max = 10;

constexpr int crossed_code = -2021;
constexpr int crossed_strategy_code = -4142;
constexpr int one_at_a_time_code = -4130;
constexpr int no_place_code = -4045;  ///< So many conditional orders are open as may be.
constexpr int duplicate_id_code = -4116;

}  // namespace

/// Twice as long after each refusal in a row, up to sixteen times.
void stop_keeper::pause(slot& s, std::optional<instant> at_least, instant now) const {
  constexpr int doublings_max = 4;
  s.retry_at = now + options_.settings.retry_after * (1 << std::min(s.refusals, doublings_max));
  ++s.refusals;
  if (at_least)
    s.retry_at = std::max(*s.retry_at, *at_least);
}

/// A stop of the position has just ended, or may be ending: the venue may count it yet.
bool stop_keeper::one_leaves(const position_key& key, instant now) const {
  const auto is_leaving = [&](const auto& entry) {
    const auto& s = entry.second.stop;
    return s.position == key &&
           (s.state == stop_state::cancelling || s.state == stop_state::unknown);
  };
  const auto has_left = [&](const ended_stop& e) {
    return e.was_there && e.position == key && now <= e.at + duration{list_lag()};
  };
  return std::ranges::any_of(stops_, is_leaving) || std::ranges::any_of(ended_, has_left);
}

void stop_keeper::refused(tracked& t, const order_refused& r, instant now, stop_actions& out) {
  const auto words = venue_words(r.code, r.text);
  if (r.code == duplicate_id_code)
    return doubt(t, words, now, out);  // The first one exists: find out about it.
  auto& s = slots_[t.stop.position];
  // A venue that is busy or away says nothing of this stop.
  const bool is_away = r.retryable && r.cure != refusal_cure::free_orders;
  const auto next_try = std::max(now + options_.settings.retry_after, r.retry_at.value_or(now));
  if (t.stop.number < s.first_number) {  // Nothing is wrong with the next one for it.
    if (is_away)
      s.retry_at = next_try;
    return move(t, stop_state::rejected, words, now, out);
  }
  s.why = "the venue refused it: " + words;
  const bool has_another = std::ranges::any_of(stops_, [&](const auto& entry) {
    const auto& other = entry.second.stop;
    return other.position == t.stop.position && other.state == stop_state::resting;
  });
  const bool room_comes = one_leaves(t.stop.position, now);
  const bool lags = (r.code == one_at_a_time_code && (s.rested || room_comes)) ||
                    (r.code == no_place_code && !s.rested && room_comes);
  if (lags && !has_another && s.unseen < unseen_max) {
    ++s.unseen;  // The old one ends, and the venue does not show it yet.
    s.retry_at = std::max(now + unseen_retry, r.retry_at.value_or(now));
    return move(t, stop_state::rejected, words, now, out);
  }
  if (is_away)
    s.retry_at = next_try;
  else
    pause(s, r.retry_at, now);
  if (r.code == crossed_code || r.code == crossed_strategy_code)
    s.crossed = t.stop.trigger;
  // A move needs no place of its own when the old one is taken away first.
  if ((r.code == one_at_a_time_code || r.code == no_place_code) && has_another) {
    if (!std::exchange(s.cancel_first, true))
      s.retry_at.reset();
  }
  put_back_later(s, t.stop, r.retry_at, now);
  move(t, stop_state::rejected, words, now, out);
}

/// The stop that made room for one that was refused stands in at once; the move waits, twice as
/// long each time. When the old one is refused too, what is wanted is tried as if nothing had
/// rested.
void stop_keeper::put_back_later(slot& s, const protective_stop& refused,
                                 std::optional<instant> at_least, instant now) const {
  constexpr int doublings_max = 4;
  if (!s.rested)
    return;
  s.put_back = refused.trigger != *s.rested;
  if (!s.put_back)
    return s.rested.reset();
  s.move_at = now + options_.settings.retry_after * (1 << std::min(s.moves_refused, doublings_max));
  ++s.moves_refused;
  s.retry_at = at_least;
}

}  // namespace sluice
