// Follows each position from its opening to flat, and asks for its exit once per change.
#include "sluice/exits/exit_tracker.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// A fill may be seen this much after the last instant at which its plan's order could leave.
constexpr std::chrono::seconds note_grace{60};
/// Ages beyond this are cut: no time limit is longer.
constexpr milliseconds age_max = std::chrono::days{3'650};

milliseconds age_at_restore(const exit_state& s, wall_time now) {
  if (s.opened_at.ms <= 0)
    return milliseconds{0};  // Not known: counts from now.
  return std::clamp(milliseconds{now.ms - s.opened_at.ms}, milliseconds{0}, age_max);
}

auto find_leg(auto& positions, const position_key& key) {
  return std::find_if(positions.begin(), positions.end(),
                      [&](const auto& t) { return t.state.position == key; });
}

}  // namespace

exit_tracker::exit_tracker(exit_settings settings) : settings_(settings) {}

void exit_tracker::note_plan(const plan& p) {
  if (const auto* wish = std::get_if<open_plan>(&p.body))
    notes_.insert_or_assign({p.instrument, p.leg},
                            noted_plan{p.id, *wish, p.deadline + note_grace});
}

void exit_tracker::forget_plan(const plan_id& id) {
  std::erase_if(notes_, [&](const auto& entry) { return entry.second.id == id; });
}

std::optional<exit_tracker::noted_plan> exit_tracker::take_note(const position_key& key, int sign,
                                                                instant now) {
  const auto it = notes_.find(key);
  if (it == notes_.end())
    return std::nullopt;
  auto note = std::move(it->second);
  notes_.erase(it);
  if (now > note.forget_at || sign_of(note.wish.direction) != sign)
    return std::nullopt;
  return note;
}

void exit_tracker::restore(const std::vector<exit_state>& states, const stamp& now) {
  for (const auto& s : states) {
    if (!s.active)
      continue;
    auto& legs = positions_[s.position.instrument];
    if (const auto old = find_leg(legs, s.position); old != legs.end())
      legs.erase(old);
    tracked t;
    t.state = s;
    t.opened = now.steady - age_at_restore(s, now.wall);
    legs.push_back(std::move(t));
  }
}

namespace {

/// What the position gets where neither it nor its plan says anything.
void fill_defaults(exit_state& s, int sign, const exit_settings& settings) {
  if (!s.stop)
    s.stop = default_stop(s.entry, sign, settings.stop_bp);
  if (!s.target)
    s.target = default_target(s.entry, sign, settings.target_bp);
  if (!s.time_limit && settings.time_limit > milliseconds{0})
    s.time_limit = settings.time_limit;
}

}  // namespace

void exit_tracker::open(tracked& t, const position_key& key, const position_open& seen,
                        const stamp& now) {
  const int sign = seen.amount.sign();
  t = tracked{};
  t.opened = now.steady;
  auto& s = t.state;
  s.position = key;
  s.active = true;
  s.entry = seen.entry;
  s.initial = seen.amount;
  s.opened_at = now.wall;
  if (const auto note = take_note(key, sign, now.steady)) {
    s.stop = note->wish.stop;
    s.target = note->wish.target;
    s.time_limit = note->wish.time_limit;
    s.origin = note->id;
  }
  fill_defaults(s, sign, settings_);
}

std::optional<exit_changed> exit_tracker::on_truth(const position_key& key, const truth_view& seen,
                                                   const stamp& now) {
  if (!is_known(seen.content))
    return std::nullopt;
  auto& legs = positions_[key.instrument];
  auto it = find_leg(legs, key);
  const auto* open_now = std::get_if<position_open>(&seen.content);
  if (!open_now) {
    if (it == legs.end())
      return std::nullopt;
    auto gone = std::move(it->state);
    gone.active = false;
    legs.erase(it);
    return exit_changed{std::move(gone)};
  }
  if (it == legs.end())
    it = legs.insert(legs.end(), tracked{});
  const auto before = it->state;
  if (!before.active || before.initial.sign() != open_now->amount.sign())
    open(*it, key, *open_now, now);
  else
    follow(*it, *open_now);
  it->seen = *open_now;
  it->truth_version = seen.version;
  if (it->state == before)
    return std::nullopt;
  return exit_changed{it->state};
}

/// The same position, perhaps larger: its entry moves, the stop that protects it stays.
void exit_tracker::follow(tracked& t, const position_open& seen) {
  auto& s = t.state;
  if (!t.seen.amount.is_zero() && seen.amount.abs() > t.seen.amount.abs())
    notes_.erase(s.position);  // That plan added to what stood; it does not rule it.
  if (seen.entry.is_zero() || seen.entry == s.entry)
    return;
  const bool was_unknown = s.entry.is_zero();
  s.entry = seen.entry;
  if (was_unknown)
    fill_defaults(s, s.initial.sign(), settings_);
}

std::optional<exit_proposal> exit_tracker::ask(tracked& t, std::optional<price> mark, instant now) {
  if (t.seen.amount.is_zero())
    return std::nullopt;
  const exit_view view{t.seen.amount, mark, between(t.opened, now)};
  auto decision = evaluate(t.state, view, settings_);
  if (!decision)
    return std::nullopt;
  if (t.last && now < t.last->again_at && decision->target >= t.last->decision.target)
    return std::nullopt;
  const std::uint32_t attempt = t.last ? t.last->attempt + 1 : 0;
  t.last = asked{*decision, now + settings_.plan_ttl + settings_.retry_after, attempt};
  return exit_proposal{t.state.position, t.seen, t.truth_version, std::move(*decision), attempt};
}

std::vector<exit_proposal> exit_tracker::on_marks(std::span<const mark_row> rows, instant now) {
  std::vector<exit_proposal> out;
  for (const auto& row : rows) {
    const auto legs = positions_.find(row.instrument);
    if (legs == positions_.end() || row.mark.raw() <= 0)
      continue;
    for (auto& t : legs->second)
      if (auto proposal = ask(t, row.mark, now))
        out.push_back(std::move(*proposal));
  }
  return out;
}

std::vector<exit_proposal> exit_tracker::on_tick(instant now) {
  std::vector<exit_proposal> out;
  for (auto& [instrument, legs] : positions_)
    for (auto& t : legs)
      if (auto proposal = ask(t, std::nullopt, now))
        out.push_back(std::move(*proposal));
  // Positions are hashed; what follows from them must not depend on that.
  std::sort(out.begin(), out.end(),
            [](const auto& a, const auto& b) { return a.position < b.position; });
  return out;
}

void exit_tracker::plan_ended(const position_key& key, instant now) {
  const auto legs = positions_.find(key.instrument);
  if (legs == positions_.end())
    return;
  if (const auto t = find_leg(legs->second, key); t != legs->second.end() && t->last)
    t->last->again_at = std::min(t->last->again_at, now + settings_.retry_after);
}

std::optional<exit_state> exit_tracker::state(const position_key& key) const {
  const auto legs = positions_.find(key.instrument);
  if (legs == positions_.end())
    return std::nullopt;
  const auto t = find_leg(legs->second, key);
  if (t == legs->second.end())
    return std::nullopt;
  return t->state;
}

std::size_t exit_tracker::active() const {
  std::size_t count = 0;
  for (const auto& [instrument, legs] : positions_)
    count += legs.size();
  return count;
}

std::vector<position_key> exit_tracker::unprotected() const {
  std::vector<position_key> out;
  for (const auto& [instrument, legs] : positions_)
    for (const auto& t : legs)
      if (!t.seen.amount.is_zero() &&
          (!settings_.enabled || (!t.state.stop && !t.state.time_limit)))
        out.push_back(t.state.position);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace sluice
