// What the gate judges by, gathered from its memory and from the boards at one moment.
#include <algorithm>

#include "sluice/gate/gate_core.hpp"

namespace sluice {

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
  f.in_flight = flights_.worst(key, lane_of(p));
  f.held = held(key);
  if (const auto line = books_.find(key); line != books_.end())
    f.ledger = line->second;
  if (const auto last = last_fill_.find(key); last != last_fill_.end())
    f.last_fill_at = last->second;
  f.source_allowed = source_allowed(p);
  f.exchange = exchange_;
  if (f.exchange.why.empty())
    f.exchange.why = reads_.last_failure(key);
  f.limits = settings_.limits;
  if (std::holds_alternative<open_plan>(p.body))
    f.exposure = exposure_.before(p, flights_, settings_.limits.risk, now);
  else
    f.limits.risk = {};  // Nobody else is held to them.
  f.overrides = overrides_;
  return f;
}

limits_view gate_core::limits_in_use(const stamp& now) {
  return sluice::limits_in_use(exposure_, flights_, settings_.limits.risk, now);
}

}  // namespace sluice
