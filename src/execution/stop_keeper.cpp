// Decides what the protective stop of each position should be, and which step leads there.
#include "sluice/execution/stop_keeper.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sluice/execution/client_id.hpp"
#include "sluice/execution/stop_price.hpp"

namespace sluice {
namespace {

/// Where the old stop has to go first, a smaller move is not worth the gap, in basis points.
constexpr std::int64_t bare_step_bp = 25;

side closing_side(const position_open& held) {
  return held.amount.sign() > 0 ? side::sell : side::buy;
}

}  // namespace

stop_keeper::stop_keeper(stop_keeper_options options) : options_(std::move(options)) {}

void stop_keeper::exit_state_changed(const exit_state& s) {
  if (s.active)
    slots_[s.position].exit = s;
  else if (const auto at = slots_.find(s.position); at != slots_.end())
    at->second.exit.reset();
}

/// With a direction: what is on its way out, or unknown, on the other side does not count. It
/// cannot close this one.
bool stop_keeper::busy(const position_key& key, std::optional<side> direction) const {
  return std::ranges::any_of(stops_, [&](const auto& entry) {
    const auto& s = entry.second.stop;
    const bool harmless = direction && s.direction != *direction &&
                          (s.state == stop_state::cancelling || s.state == stop_state::unknown);
    return s.position == key && s.state != stop_state::resting && !is_final(s.state) && !harmless;
  });
}

bool stop_keeper::is_moving(const position_key& key) const {
  const auto at = slots_.find(key);
  return at != slots_.end() && at->second.rested &&
         std::ranges::none_of(stops_, [&](const auto& entry) {
           const auto& s = entry.second.stop;
           return s.position == key && s.state == stop_state::resting;
         });
}

bool stop_keeper::is_moving() const {
  return std::ranges::any_of(slots_, [&](const auto& entry) { return is_moving(entry.first); });
}

bool stop_keeper::has_stop(const position_key& key) const {
  return std::ranges::any_of(stops_,
                             [&](const auto& entry) { return entry.second.stop.position == key; });
}

stop_actions stop_keeper::decide(const position_key& key, const stop_surroundings& around,
                                 const stamp& now) {
  stop_actions out;
  const auto& seen = around.seen;
  const bool fresh =
      is_known(seen.content) && between(seen.as_of, now.steady) <= options_.truth_age_max;
  const auto* held = std::get_if<position_open>(&seen.content);
  if (!is_active() || !fresh || (!held && !slots_.contains(key) && !has_stop(key)))
    return out;
  auto& s = slots_[key];
  if (seen.as_of <= s.newer_than)
    return out;
  if (held) {
    s.missing_in.reset();
  } else if (!is_surely_flat(seen, s.missing_in)) {
    s.missing_in = s.missing_in.value_or(seen.as_of);
    return out;
  }
  if (const int sign = held ? held->amount.sign() : 0; sign != s.sign) {
    auto exit = std::exchange(s, slot{.flagged = s.flagged}).exit;
    s.exit = std::move(exit);
    s.sign = sign;
    s.first_number = last_number_ + 1;
    s.opened = now.steady;
  }
  const auto covers = [&](const auto& entry) {
    const auto& stop = entry.second.stop;
    return held && stop.position == key && stop.state == stop_state::resting &&
           stop.direction == closing_side(*held);
  };
  watch(s, held, now.steady, std::ranges::any_of(stops_, covers), out, key);
  if (!audited_)
    return out;
  if (!held)
    cancel_all(key, {}, "the position is closed", now.steady, out);
  else if (!busy(key, s.cancel_first ? std::nullopt : std::optional(closing_side(*held))))
    keep(key, s, *held, around, now, out);
  return out;
}

void stop_keeper::keep(const position_key& key, slot& s, const position_open& held,
                       const stop_surroundings& around, const stamp& now, stop_actions& out) {
  const auto direction = closing_side(held);
  const auto resting = [&](const tracked& t) {
    return t.stop.position == key && t.stop.state == stop_state::resting;
  };
  const auto cancel_other_side = [&] {
    for (auto& [id, t] : stops_)
      if (resting(t) && t.stop.direction != direction)
        cancel(t, "the position changed its side", now.steady, out);
  };
  if (!options_.settings.enabled)
    return cancel_other_side();
  const bool exit_known = s.exit && s.exit->initial.sign() == held.amount.sign();
  if (!exit_known && between(*s.opened, now.steady) < options_.exit_state_wait)
    return;
  if (!around.rules || around.rules->closed) {
    s.why = "the venue's rules are not known, or it takes no order of the symbol now";
    return;
  }
  const auto wanted = wanted_stop_price(held, s.exit, options_.settings.distance_bp, *around.rules);
  if (!wanted) {
    s.why = "no price that the venue takes can be made for it";
    return;
  }
  const tracked* best = nullptr;
  const tracked* guard = nullptr;
  bool others = false;
  for (const auto& [id, t] : stops_) {
    if (!resting(t))
      continue;
    others = true;
    if (t.stop.direction != direction)
      continue;
    if (!guard || (t.stop.trigger - *wanted).abs() < (guard->stop.trigger - *wanted).abs())
      guard = &t;
  }
  if (guard && is_near(guard->stop.trigger, *wanted, options_.settings.tolerance_bp))
    best = guard;
  if (guard)
    s.put_back = false;
  if (best) {
    s.rested.reset();
    s.move_at.reset();
    s.moves_refused = 0;
    s.unseen = 0;
    return cancel_all(key, best->stop.id, "another one stands", now.steady, out);
  }
  if (s.cancel_first && guard) {
    const bool pays = !is_near(guard->stop.trigger, *wanted,
                               std::max(options_.settings.tolerance_bp, bare_step_bp));
    if (!pays || !around.orders_leave || (s.move_at && now.steady < *s.move_at) ||
        !may_try(s, direction, *wanted, around, now.steady))
      return cancel_other_side();
    s.rested = guard->stop.trigger;
  }
  if (s.cancel_first && others) {
    cancel_all(key, {}, "the venue takes one at a time", now.steady, out);
    // One of the other side that may not be cancelled yet guards nothing.
    if (guard || busy(key))
      return;
  }
  // Beside one that may not be cancelled yet each move would leave one more.
  if (guard && s.cancel_at && now.steady < *s.cancel_at)
    return;
  const bool crossed = around.mark && is_crossed(direction, *wanted, *around.mark);
  const auto trigger = s.rested && !guard && (s.put_back || crossed) ? *s.rested : *wanted;
  if (may_try(s, direction, trigger, around, now.steady))
    place(key, s, direction, trigger, now, out);
}

bool stop_keeper::may_try(slot& s, side direction, price trigger, const stop_surroundings& around,
                          instant now) const {
  if (s.retry_at && now < *s.retry_at)
    return false;
  if (around.mark && is_crossed(direction, trigger, *around.mark)) {
    s.why = fmt::format("the mark {} has crossed its price {}", around.mark->str(), trigger.str());
    return false;
  }
  // Refused as crossed before: only a mark on the safe side makes another attempt worth it.
  return around.mark || s.crossed != trigger;
}

void stop_keeper::place(const position_key& key, slot& s, side direction, price trigger,
                        const stamp& now, stop_actions& out) {
  s.retry_at.reset();
  if (!s.put_back)
    s.crossed.reset();
  if (s.refusals == 0)  // What was refused before says more.
    s.why = "it is being placed";
  protective_stop stop;
  stop.number = ++last_number_;
  stop.position = key;
  stop.direction = direction;
  stop.trigger = trigger;
  stop.intended_at = now.wall;
  stop.id = make_stop_order_id(options_.account, stop);
  tracked t;
  t.stop = stop;
  t.since = now.steady;
  stops_.emplace(stop.id, std::move(t));
  out.emplace_back(intend_stop{{std::move(stop), {}}});
}

void stop_keeper::cancel(tracked& t, std::string why, instant now, stop_actions& out) {
  const auto& s = slots_[t.stop.position];
  if (s.cancel_at && now < *s.cancel_at)
    return;
  move(t, stop_state::cancelling, std::move(why), now, out);
  out.emplace_back(cancel_stop{t.stop.id});
}

void stop_keeper::cancel_all(const position_key& key, const client_order_id& but,
                             const std::string& why, instant now, stop_actions& out) {
  for (auto& [id, t] : stops_)
    if (t.stop.position == key && t.stop.state == stop_state::resting && id != but)
      cancel(t, why, now, out);
}

void stop_keeper::watch(slot& s, const position_open* held, instant now, bool guarded,
                        stop_actions& out, const position_key& key) {
  if (held && !guarded && options_.settings.enabled) {
    if (!s.bare_since)
      s.bare_since = now;
    return;
  }
  s.bare_since.reset();
  s.refusals = 0;
  s.why.clear();
  if (std::exchange(s.flagged, false))
    out.emplace_back(
        guard_changed{key, true, held ? "a stop rests again" : "the position is closed"});
}

stop_actions stop_keeper::on_tick(instant now) {
  stop_actions out;
  if (!is_active())
    return out;
  if (!auditing_ && now >= audit_at_) {
    auditing_ = true;
    out.emplace_back(audit_stops{});
  }
  for (auto& [key, s] : slots_) {
    if (!s.bare_since || s.flagged || between(*s.bare_since, now) <= options_.settings.grace)
      continue;
    s.flagged = true;
    if (!audited_)
      s.why = "the open conditional orders could not be read yet";
    out.emplace_back(guard_changed{key, false, s.why});
  }
  settle(now, out);
  return out;
}

stop_actions stop_keeper::on_stream_opened(instant now) {
  stream_opened_ = now;
  audit_at_ = std::min(audit_at_, now);
  return on_tick(now);
}

std::vector<position_key> stop_keeper::positions() const {
  std::vector<position_key> keys;
  for (const auto& [key, s] : slots_)
    if (s.sign != 0)
      keys.push_back(key);
  for (const auto& [id, t] : stops_)
    keys.push_back(t.stop.position);
  std::ranges::sort(keys);
  const auto twice = std::ranges::unique(keys);
  keys.erase(twice.begin(), twice.end());
  return keys;
}

std::vector<protective_stop> stop_keeper::stops() const {
  std::vector<protective_stop> all;
  for (const auto& [id, t] : stops_)
    all.push_back(t.stop);
  std::ranges::sort(all, {}, &protective_stop::number);
  return all;
}

std::optional<position_key> stop_keeper::position_of(const client_order_id& id) const {
  const auto at = stops_.find(id);
  return at == stops_.end() ? std::nullopt : std::optional(at->second.stop.position);
}

std::vector<std::pair<position_key, std::string>> stop_keeper::unguarded() const {
  std::vector<std::pair<position_key, std::string>> found;
  for (const auto& [key, s] : slots_)
    if (s.flagged)
      found.emplace_back(key, s.why);
  return found;
}

}  // namespace sluice
