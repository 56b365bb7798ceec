// What the gate judges by, gathered from its memory and from the boards at one moment.
#include <algorithm>

#include "sluice/gate/gate_core.hpp"

namespace sluice {
namespace {

/// Calls fn(position_key, truth_view) for each line of the books that truth calls flat. Later reads
/// that agree change no content and are told to nobody: whoever counts lines has to look.
template <class F>
void for_each_missing(const std::unordered_map<position_key, quantity>& books,
                      const gate_view& boards, const F& fn) {
  for (const auto& [key, amount] : books) {
    if (amount.is_zero())
      continue;
    if (const auto seen = boards.position(key); std::holds_alternative<position_flat>(seen.content))
      fn(key, seen);
  }
}

}  // namespace

bool gate_core::source_allowed(const plan& p) const {
  const auto& listed = lane_of(p) == lane::exit ? exit_sources_ : entry_sources_;
  return listed.empty() || settings_.unlisted_source == unlisted_policy::permit_decides ||
         is_own_source(p.source) || listed.contains(p.source);
}

std::optional<hold> gate_core::held(const position_key& key) const {
  if (const auto here = holds_.find(key); here != holds_.end())
    return here->second.front();
  const auto running = std::ranges::find_if(
      flattens_, [&](const flatten_order& o) { return covers(o, key.instrument); });
  if (running == flattens_.end())
    return std::nullopt;
  hold h;
  h.id = running->id;
  h.position = key;
  h.cause = hold_cause::flatten;
  h.evidence = "ordered by " + running->author + ": " + running->reason;
  h.since = running->ordered_at;
  return h;
}

/// Also says what the books' line counts for while truth does not show the position: nothing once
/// it is surely gone, though the books may follow later.
void gate_core::look_at_absence(const position_key& key, const truth_view& seen) {
  const auto line = books_.find(key);
  const quantity booked = line == books_.end() ? quantity{} : line->second;
  exposure_.booked(key, booked);
  if (std::holds_alternative<position_open>(seen.content)) {
    absences_.insert_or_assign(key, absence{});
    return;
  }
  // What truth shows does not count before it has seen our orders.
  if (!is_known(seen.content) || flights_.worst(key, lane::exit))
    return;
  auto at = absences_.find(key);
  if (at == absences_.end()) {
    if (booked.is_zero())
      return;
    at = absences_.try_emplace(key).first;
  }
  auto& a = at->second;
  if (a.version != seen.version) {
    a = {.version = seen.version, .missing_in = {}, .proven = is_surely_flat(seen, {})};
  } else if (a.missing_in && seen.as_of > *a.missing_in) {
    // Not is_surely_flat: what the stream said before a fill of ours is no word on the fill.
    a.proven = true;
  }
  if (!a.missing_in)
    a.missing_in = seen.as_of;
  if (a.proven)
    exposure_.booked(key, {});
}

std::optional<instant> gate_core::missing_in(const position_key& key) const {
  const auto at = absences_.find(key);
  return at == absences_.end() || at->second.proven ? std::nullopt : at->second.missing_in;
}

facts gate_core::facts_for(const plan& p, const stamp& now) {
  const position_key key{p.instrument, p.leg};
  facts f;
  f.now = now;
  f.mode = mode_;
  f.state = state_;
  f.position = boards_->position(key);
  f.instrument = boards_->instrument(p.instrument);
  if (const auto seen = boards_->mark(p.instrument)) {
    f.mark = seen->mark;
    f.mark_at = seen->at;
  }
  flights_.reflect(key, f.position);
  look_at_absence(key, f.position);
  if (std::holds_alternative<reduce_plan>(p.body) &&
      std::holds_alternative<position_flat>(f.position.content))
    f.missing_in = missing_in(key);
  f.in_flight = flights_.worst(key, lane_of(p));
  f.held = held(key);
  if (const auto line = books_.find(key); line != books_.end())
    f.ledger = line->second;
  if (const auto last = last_fill_.find(key); last != last_fill_.end())
    f.last_fill_at = last->second;
  f.source_allowed = source_allowed(p);
  f.exchange = exchange_;
  if (f.exchange.why.empty())
    f.exchange.why = reads_.last_failure(key, lane_of(p));
  f.limits = settings_.limits;
  if (std::holds_alternative<open_plan>(p.body)) {
    for_each_missing(books_, *boards_, [&](const position_key& other, const truth_view& seen) {
      flights_.reflect(other, seen);
      look_at_absence(other, seen);
    });
    f.exposure = exposure_.before(p, flights_, settings_.limits.risk, now);
  } else {
    f.limits.risk = {};  // Nobody else is held to them.
  }
  f.overrides = overrides_;
  return f;
}

limits_view gate_core::limits_in_use(const stamp& now) {
  for_each_missing(books_, *boards_, [&](const position_key& key, const truth_view& seen) {
    flights_.reflect(key, seen);
    look_at_absence(key, seen);
  });
  return sluice::limits_in_use(exposure_, flights_, settings_.limits.risk, now);
}

}  // namespace sluice
