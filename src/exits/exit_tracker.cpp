// Follows each position from its opening to flat, and asks for its exit once per change.
#include "sluice/exits/exit_tracker.hpp"

#include <algorithm>

#include "sluice/exits/exit_moves.hpp"

namespace sluice {
namespace {

/// Ages beyond this are cut: no time limit is longer.
constexpr milliseconds age_max = std::chrono::days{3'650};

/// By less an entry may be off without anything having been traded: the venue's ways to tell it
/// round differently. In basis points of the entry.
constexpr std::int64_t entry_rounding_bp = 2;
/// The same for entries of a few units of the last digit, in such units.
constexpr std::int64_t entry_rounding_raw = 2;

bool has_moved(price from, price to) {
  const auto moved = static_cast<wide_int>((to - from).abs().raw());
  return moved > entry_rounding_raw &&
         moved * 10'000 > static_cast<wide_int>(from.raw()) * entry_rounding_bp;
}

milliseconds age_at_restore(wall_time at, wall_time now) {
  return std::clamp(milliseconds{now.ms - at.ms}, milliseconds{0}, age_max);
}

/// Twice as long after each end in a row that was barred.
milliseconds pause_after(int bars, const exit_settings& s) {
  auto pause = s.retry_after;
  for (; bars > 0 && pause < s.retry_after_max; --bars)
    pause *= 2;
  return std::min(pause, std::max(s.retry_after, s.retry_after_max));
}

auto find_leg(auto& positions, const position_key& key) {
  return std::find_if(positions.begin(), positions.end(),
                      [&](const auto& t) { return t.state.position == key; });
}

}  // namespace

exit_tracker::exit_tracker(exit_settings settings, liquidation_lookup liquidation)
    : settings_(std::move(settings)),
      liquidation_(std::move(liquidation)),
      regimes_(settings_.regime) {}

const exit_policy& exit_tracker::policy_for(const tracked& t) const {
  return *policy_of(settings_, t.state.position.instrument, t.state.source).rules;
}

exit_tracker::tracked* exit_tracker::find(const position_key& key) {
  const auto legs = positions_.find(key.instrument);
  if (legs == positions_.end())
    return nullptr;
  const auto t = find_leg(legs->second, key);
  return t == legs->second.end() ? nullptr : &*t;
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
    // Not known when it opened: counts from now.
    t.opened = now.steady - age_at_restore(s.opened_at.ms > 0 ? s.opened_at : now.wall, now.wall);
    if (s.opposed_at.ms > 0)
      t.opposed = now.steady - age_at_restore(s.opposed_at, now.wall);
    legs.push_back(std::move(t));
    regimes_.restore(s.position.instrument, s.regime, now);
  }
}

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
  s.regime = regimes_.of(key.instrument);
  if (const auto note = take_note(key, sign, now.steady)) {
    s.stop = note->wish.stop;
    s.target = note->wish.target;
    s.time_limit = note->wish.time_limit;
    s.origin = note->id;
    s.source = note->source;
    s.cost = take_early_fee(note->id);
  }
  complete(s, policy_for(t));
  measure_risk(s);
}

std::vector<exit_changed> exit_tracker::settings_changed(exit_settings now) {
  settings_ = std::move(now);
  regimes_.windows(settings_.regime);
  std::vector<exit_changed> out;
  for (auto& [instrument, legs] : positions_)
    for (auto& t : legs) {
      const auto before = t.state;
      // One that was restored is completed when its truth is known again.
      if (!t.state.active || t.seen.amount.is_zero())
        continue;
      complete(t.state, policy_for(t));
      measure_risk(t.state);
      if (!(t.state == before))
        out.push_back({t.state});
    }
  return out;
}

std::optional<exit_changed> exit_tracker::on_truth(const position_key& key, const truth_view& seen,
                                                   const stamp& now) {
  if (!is_known(seen.content))
    return std::nullopt;
  look_at_note(key, seen, now.steady);
  auto& legs = positions_[key.instrument];
  auto it = find_leg(legs, key);
  const auto* open_now = std::get_if<position_open>(&seen.content);
  if (!open_now) {
    if (it == legs.end())
      return std::nullopt;
    if (!is_surely_flat(seen, it->missing_in)) {
      it->missing_in = it->missing_in.value_or(seen.as_of);
      return std::nullopt;
    }
    auto gone = std::move(it->state);
    gone.active = false;
    legs.erase(it);
    return exit_changed{std::move(gone)};
  }
  if (it == legs.end())
    it = legs.insert(legs.end(), tracked{});
  const int sign = open_now->amount.sign();
  if (!it->seen.amount.is_zero() && seen.version < it->truth_version)
    return std::nullopt;  // What came after it has been looked at.
  const bool another = is_another(*it, sign) || is_replaced(*it, *open_now);
  it->missing_in.reset();
  const auto before = it->state;
  if (!before.active || before.initial.sign() != sign || another)
    open(*it, key, *open_now, now);
  else
    follow(*it, *open_now);
  it->seen = *open_now;
  if (std::exchange(it->truth_version, seen.version) != seen.version && it->last)
    unbar(*it->last);
  if (it->state == before)
    return std::nullopt;
  return exit_changed{it->state};
}

/// A reduce leaves the entry where it is and an add makes the amount larger. Where the entry moved
/// and the amount did not grow, the position was closed and another one opened while nobody looked;
/// or it was reduced and added to, which looks the same. A stop that belongs to a position of
/// before closes the new one at once, so it is given up for the one that new positions get. Of one
/// that was restored only the most that it has been is known.
bool exit_tracker::is_replaced(const tracked& t, const position_open& seen) {
  const auto before = t.seen.amount.is_zero() ? t.state.initial : t.seen.amount;
  return t.state.active && before.sign() == seen.amount.sign() &&
         seen.amount.abs() <= before.abs() && t.state.entry.sign() > 0 && seen.entry.sign() > 0 &&
         has_moved(t.state.entry, seen.entry);
}

std::vector<exit_changed> exit_tracker::look_at_missing(const truth_lookup& truth_of,
                                                        const stamp& now) {
  std::vector<position_key> missing;
  for (const auto& [instrument, legs] : positions_)
    for (const auto& t : legs)
      if (t.missing_in)
        missing.push_back(t.state.position);
  std::ranges::sort(missing);
  std::vector<exit_changed> out;
  for (const auto& key : missing)
    if (auto changed = on_truth(key, truth_of(key), now))
      out.push_back(std::move(*changed));
  return out;
}

/// The same position, perhaps larger: its entry moves, the stop that protects it stays. One that
/// was restored gets what its policy has learnt to say since.
void exit_tracker::follow(tracked& t, const position_open& seen) {
  auto& s = t.state;
  const bool restored = t.seen.amount.is_zero();
  if (seen.amount.abs() > (restored ? s.initial : t.seen.amount).abs())
    notes_.erase(s.position);  // That plan added to what stood; it does not rule it.
  if (seen.amount.abs() > s.initial.abs())
    s.initial = seen.amount;
  if (t.last && t.last->decision.tranche > s.tranches &&
      seen.amount.abs() <= t.last->decision.target)
    s.tranches = t.last->decision.tranche;
  const bool was_unknown = s.entry.is_zero();
  if (!seen.entry.is_zero())
    s.entry = seen.entry;
  if (restored || (was_unknown && !s.entry.is_zero()))
    complete(s, policy_for(t));
  measure_risk(s);
}

exit_view exit_tracker::view_of(const tracked& t, std::optional<price> mark, instant now) const {
  exit_view view;
  view.amount = t.seen.amount;
  view.mark = mark;
  view.age = between(t.opened, now);
  if (mark && liquidation_)
    view.liquidation = liquidation_(t.state.position, t.seen);
  if (t.opposed)
    view.opposed_ago = between(*t.opposed, now);
  view.windows = settings_.regime;
  return view;
}

std::optional<exit_proposal> exit_tracker::ask(tracked& t, std::optional<price> mark, instant now) {
  if (!stands(t))
    return std::nullopt;
  auto decision = evaluate(t.state, view_of(t, mark, now), policy_for(t));
  if (!decision)
    return std::nullopt;
  if (t.last && now < t.last->again_at && decision->target >= t.last->decision.target)
    return std::nullopt;
  const std::uint32_t attempt = t.last ? t.last->attempt + 1 : 0;
  const bool smaller = t.last && decision->target < t.last->decision.target;
  const int bars = t.last && !smaller ? t.last->bars : 0;
  t.last = asked{*decision, now + settings_.plan_ttl + settings_.retry_after, attempt, bars, {}};
  return exit_proposal{t.state.position,     t.seen,  t.truth_version,
                       std::move(*decision), attempt, t.state.opened_at};
}

void exit_tracker::look(tracked& t, price mark, const regime_state* sampled, const stamp& now,
                        exit_step& out) {
  if (!stands(t))
    return;
  auto next = moved_by(t.state, view_of(t, mark, now.steady), policy_for(t));
  if (sampled)
    next.regime = *sampled;
  if (next != t.state) {
    t.state = std::move(next);
    out.changes.push_back({t.state});
  }
  if (auto proposal = ask(t, mark, now.steady))
    out.proposals.push_back(std::move(*proposal));
}

exit_step exit_tracker::on_marks(std::span<const mark_row> rows, const stamp& now) {
  exit_step out;
  for (const auto& row : rows) {
    if (row.mark.raw() <= 0)
      continue;
    const auto* sampled = regimes_.take(row.instrument, row.mark, now);
    const auto legs = positions_.find(row.instrument);
    if (legs == positions_.end())
      continue;
    // A mark that comes late may be from before the position, which never stood at that price.
    for (auto& t : legs->second)
      if (row.as_of == instant{} || row.as_of >= t.opened)
        look(t, row.mark, sampled, now, out);
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

std::optional<exit_changed> exit_tracker::on_fee(const position_key& key, const plan_id& plan,
                                                 notional paid, instant now) {
  if (paid.is_zero())
    return std::nullopt;
  if (auto* t = find(key)) {
    t->state.cost += paid;
    return exit_changed{t->state};
  }
  note_early_fee(plan, paid, now);
  return std::nullopt;
}

std::optional<exit_changed> exit_tracker::on_funding(const symbol& about, notional paid) {
  tracked* meant = nullptr;
  for (auto& [instrument, legs] : positions_)
    for (auto& t : legs)
      if (about.empty() || about == instrument) {
        if (meant)
          return std::nullopt;
        meant = &t;
      }
  if (!meant || paid.is_zero())
    return std::nullopt;
  meant->state.cost += paid;
  return exit_changed{meant->state};
}

std::vector<exit_changed> exit_tracker::on_signal(const symbol& about, side wanted,
                                                  const stamp& now) {
  std::vector<exit_changed> out;
  const auto legs = positions_.find(about);
  if (legs == positions_.end())
    return out;
  for (auto& t : legs->second) {
    const auto window = policy_for(t).flip_window;
    // A source that repeats itself is not written down each time.
    const bool is_news = !t.opposed || between(*t.opposed, now.steady) * 10 >= window;
    if (t.state.initial.sign() == sign_of(wanted) || window.count() == 0 || !is_news)
      continue;
    t.opposed = now.steady;
    t.state.opposed_at = now.wall;
    out.push_back({t.state});
  }
  return out;
}

void exit_tracker::unbar(asked& last) const {
  last.bars = 0;
  if (last.ended)
    last.again_at = std::min(last.again_at, *last.ended + settings_.retry_after);
}

void exit_tracker::bars_changed() {
  for (auto& [instrument, legs] : positions_)
    for (auto& t : legs)
      if (t.last)
        unbar(*t.last);
}

std::optional<exit_changed> exit_tracker::plan_ended(const exit_request& of, exit_end how,
                                                     instant now) {
  auto* t = find(of.position);
  if (!t || t->state.opened_at != of.opened_at)
    return std::nullopt;
  if (t->last && t->last->decision.tranche == of.tranche) {
    auto& last = *t->last;
    if (how == exit_end::barred) {
      last.again_at = now + pause_after(last.bars++, settings_);
      last.ended = now;
    } else {
      last.again_at = std::min(last.again_at, now + settings_.retry_after);
      last.bars = 0;
    }
  }
  if (how != exit_end::satisfied || of.tranche <= t->state.tranches)
    return std::nullopt;
  t->state.tranches = of.tranche;
  return exit_changed{t->state};
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
      if (stands(t) && !is_protected(t.state, policy_for(t)))
        out.push_back(t.state.position);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace sluice
