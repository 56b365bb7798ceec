// Follows our orders from permit to the truth that shows them.
#include "sluice/gate/flights.hpp"

#include <algorithm>

namespace sluice {

void flights::permitted(const position_key& key, const plan_id& plan, const entry_size& adds,
                        instant now) {
  by_position_[key].push_back(
      {.order = {plan, flight_phase::permitted, now}, .end = {}, .adds = adds});
}

void flights::recovered(const recovered_order& r) {
  by_position_[r.position].push_back(
      {.order = r.order,
       .end = {.at = r.order.since, .lag_over_at = r.order.since, .of_last_run = true},
       .adds = {r.adds, {}}});
}

void flights::traded_before(const position_key& key, const plan_id& plan, instant at,
                            instant lag_over_at) {
  by_position_[key].push_back({.order = {plan, flight_phase::unreflected, at},
                               .end = {.at = at, .lag_over_at = lag_over_at, .of_last_run = true},
                               .adds = {}});
}

void flights::moved(const order_moved& m, milliseconds read_lag) {
  if (m.goes_on)
    between_[m.position].push_back({m.plan, flight_phase::permitted, m.at});
  if (!m.comes_again)
    withdrawn_unless_sent_.erase(m.plan);  // It has left, or its plan is over.
  const bool nothing_came = m.step == flight_step::resolved && !m.outdates_truth;
  if (nothing_came && !by_position_.contains(m.position))
    return;
  auto& here = by_position_[m.position];
  auto at = std::find_if(here.begin(), here.end(),
                         [&](const flight& f) { return f.order.plan == m.plan; });
  if (nothing_came) {
    if (at != here.end())
      here.erase(at);
    erase_if_empty(m.position);
    return;
  }
  if (at == here.end())
    at = here.insert(here.end(), {.order = {m.plan, {}, m.at}, .end = {}, .adds = {}});
  if (m.step == flight_step::resolved) {
    at->order.phase = flight_phase::unreflected;
    at->end = {m.at, m.venue_at, m.truth_before, m.traded_at, m.at + read_lag, at->end.of_last_run};
    return;
  }
  at->has_left = true;
  at->order.phase =
      m.step == flight_step::unknown ? flight_phase::unknown : flight_phase::permitted;
}

void flights::reflect(const position_key& key, const truth_view& seen) {
  const auto at = by_position_.find(key);
  if (at == by_position_.end())
    return;
  drop_reflected(at->second, seen);
  erase_if_empty(key);
}

std::optional<entry_size> flights::entry_of(const position_key& key, const plan_id& plan) const {
  const auto at = by_position_.find(key);
  if (at == by_position_.end())
    return std::nullopt;
  const auto found = std::ranges::find_if(at->second, [&](const flight& f) {
    return f.order.plan == plan && f.adds.amount.sign() > 0;
  });
  return found == at->second.end() ? std::nullopt : std::optional(found->adds);
}

bool flights::entry_unresolved() const {
  bool found = false;
  for_each_unresolved_entry([&](const position_key&, const entry_size&) { found = true; });
  return found;
}

void flights::drop_reflected(std::vector<flight>& here, const truth_view& seen) {
  if (!is_known(seen.content))
    return;
  std::erase_if(here, [&](const flight& f) {
    return f.order.phase == flight_phase::unreflected && is_reflected(f.end, seen);
  });
}

bool flights::is_reflected(const ending& end, const truth_view& seen) {
  if (end.venue_at.ms != 0 && seen.changed_at >= end.venue_at)
    return true;
  // The venue's reads lag: one that still shows what was before the order, or a part of it, says
  // nothing yet.
  const bool as_before = end.of_last_run || seen.version == end.truth_before;
  const bool in_part = seen.changed_at.ms != 0 && seen.changed_at < end.traded_at;
  return seen.as_of > (as_before || in_part ? end.lag_over_at : end.at);
}

int flights::weight(flight_phase phase) {
  switch (phase) {
    case flight_phase::unknown:
      return 2;
    case flight_phase::permitted:
      return 1;
    case flight_phase::unreflected:
      return 0;
  }
  return 2;
}

std::optional<plan_id> flights::judged_again(const position_key& key, const plan_id& plan) {
  if (const auto at = between_.find(key); at != between_.end()) {
    std::erase_if(at->second, [&](const order_in_flight& o) { return o.plan == plan; });
    if (at->second.empty())
      between_.erase(at);
  }
  for (auto* all : {&withdrawn_, &withdrawn_unless_sent_})
    if (const auto by = all->extract(plan))
      return by.mapped();
  return std::nullopt;
}

bool flights::withdraw(const plan_id& plan, const plan_id& by, bool unless_sent) {
  const bool there = std::any_of(between_.begin(), between_.end(), [&](const auto& waiting) {
    return std::ranges::count(waiting.second, plan, &order_in_flight::plan) > 0;
  });
  if (there)
    withdrawn_.try_emplace(plan, by);
  else if (unless_sent && has_yet_to_leave(plan))
    withdrawn_unless_sent_.try_emplace(plan, by);
  return there;
}

bool flights::has_yet_to_leave(const plan_id& plan) const {
  return std::any_of(by_position_.begin(), by_position_.end(), [&](const auto& here) {
    return std::ranges::any_of(here.second, [&](const flight& f) {
      return f.order.plan == plan && f.order.phase == flight_phase::permitted && !f.has_left;
    });
  });
}

std::optional<order_in_flight> flights::worst(const position_key& key, lane of) const {
  const auto at = by_position_.find(key);
  if (at == by_position_.end()) {
    const auto next = between_.find(key);
    return of == lane::exit || next == between_.end() ? std::nullopt
                                                      : std::optional(next->second.front());
  }
  const auto worst = std::max_element(
      at->second.begin(), at->second.end(),
      [](const auto& a, const auto& b) { return weight(a.order.phase) < weight(b.order.phase); });
  return worst->order;
}

std::optional<instant> flights::reflected_after(const position_key& key, instant now) const {
  const auto at = by_position_.find(key);
  if (at == by_position_.end())
    return std::nullopt;
  instant newest = instant::min();
  for (const auto& f : at->second) {
    if (f.order.phase != flight_phase::unreflected)
      return std::nullopt;
    newest = std::max(newest, now >= f.end.lag_over_at ? f.end.lag_over_at : f.end.at);
  }
  return newest;
}

void flights::erase_if_empty(const position_key& key) {
  const auto at = by_position_.find(key);
  if (at != by_position_.end() && at->second.empty())
    by_position_.erase(at);
}

}  // namespace sluice
