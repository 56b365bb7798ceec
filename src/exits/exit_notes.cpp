// What the exit tracker keeps of plans whose position nobody has seen yet.
#include <algorithm>
#include <utility>

#include "sluice/exits/exit_tracker.hpp"

namespace sluice {
namespace {

/// What a plan opened shows this much after the first truth of after its end.
constexpr std::chrono::seconds note_grace{60};
/// So long a plan's end may go without any such truth.
constexpr std::chrono::hours note_grace_unseen{24};

}  // namespace

void exit_tracker::note_plan(const plan& p) {
  const auto* wish = std::get_if<open_plan>(&p.body);
  if (!wish)
    return;
  const position_key key{p.instrument, p.leg};
  const auto* before = find(key);
  noted_plan note{.id = p.id, .source = p.source, .wish = *wish};
  note.onto_missing = before && before->missing_in;
  notes_.insert_or_assign(key, std::move(note));
}

/// Nothing is permitted onto a position that the books have: it was closed, and this is a new one.
bool exit_tracker::is_another(const tracked& t, int sign) const {
  const auto note = notes_.find(t.state.position);
  return t.missing_in && note != notes_.end() && note->second.onto_missing &&
         sign_of(note->second.wish.direction) == sign;
}

void exit_tracker::note_earlier(const earlier_plan& p, instant now) {
  note_plan(p.what);
  const auto it = notes_.find({p.what.instrument, p.what.leg});
  if (it == notes_.end() || it->second.id != p.what.id)
    return;
  if (p.finished)
    it->second.end(now);
}

void exit_tracker::noted_plan::end(instant now) {
  ended = now;
  forget_at = now + note_grace_unseen;
}

void exit_tracker::note_ended(const plan_id& id, quantity executed, instant now) {
  if (executed.is_zero())
    std::erase_if(notes_, [&](const auto& entry) { return entry.second.id == id; });
  for (auto& [key, note] : notes_)
    if (note.id == id)
      note.end(now);
}

/// Truth of after the plan's end shows what it opened, if it opened anything.
void exit_tracker::look_at_note(const position_key& key, const truth_view& seen, instant now) {
  const auto it = notes_.find(key);
  if (it == notes_.end())
    return;
  auto& note = it->second;
  if (note.ended && !note.proven && is_known(seen.content) && seen.as_of > *note.ended) {
    note.proven = true;
    note.forget_at = std::min(note.forget_at, now + note_grace);
  }
}

void exit_tracker::look_at_notes(const truth_lookup& truth_of, instant now) {
  for (const auto& [key, note] : notes_)
    if (note.ended && !note.proven)
      look_at_note(key, truth_of(key), now);
}

std::optional<exit_tracker::noted_plan> exit_tracker::take_note(const position_key& key, int sign,
                                                                instant now) {
  const auto it = notes_.find(key);
  if (it == notes_.end())
    return std::nullopt;
  auto note = std::move(it->second);
  notes_.erase(it);
  if ((note.ended && now > note.forget_at) || sign_of(note.wish.direction) != sign)
    return std::nullopt;
  return note;
}

void exit_tracker::note_early_fee(const plan_id& plan, notional paid, instant now) {
  std::erase_if(early_fees_, [&](const auto& entry) { return entry.second.forget_at < now; });
  auto& early = early_fees_[plan];
  early.paid += paid;
  early.forget_at = now + note_grace;
}

notional exit_tracker::take_early_fee(const plan_id& plan) {
  const auto it = early_fees_.find(plan);
  if (it == early_fees_.end())
    return {};
  const auto paid = it->second.paid;
  early_fees_.erase(it);
  return paid;
}

}  // namespace sluice
