// Gives signs of life for symbols with open orders, within a bound, and takes them back.
#include "sluice/execution/dead_man.hpp"

#include <algorithm>
#include <set>

namespace sluice {

void dead_man::order_opened(const client_order_id& id, const symbol& instrument, instant now) {
  orders_.try_emplace(id, open_order{instrument, now});
}

void dead_man::order_ended(const client_order_id& id) {
  orders_.erase(id);
}

std::vector<set_countdown> dead_man::on_tick(instant now, dead_man_health health) {
  const bool healthy = health == dead_man_health::healthy;
  std::set<symbol> wanted;
  for (const auto& [id, o] : orders_)
    if (between(o.since, now) >= open_min || places_.contains(o.instrument))
      wanted.insert(o.instrument);
  std::vector<set_countdown> calls;
  const auto call = [&](const symbol& instrument, place& p, milliseconds after) {
    p.sent_at = now;
    p.asking = true;
    p.let_go = after == milliseconds{0};
    calls.push_back({instrument, after});
  };
  for (auto at = places_.begin(); at != places_.end();) {
    auto& [instrument, p] = *at;
    if (p.armed && now >= p.runs_out_at && !p.asking) {
      p.armed = false;
      ++lapsed_;
    }
    const bool due = !p.asking && between(p.sent_at, now) >= settings_.refresh;
    const bool needed = wanted.contains(instrument);
    if (due && !needed && !p.armed) {
      at = places_.erase(at);
      continue;
    }
    const bool at_once = health == dead_man_health::ending && p.armed && !p.asking && !p.let_go;
    if (needed && due && healthy)
      call(instrument, p, settings_.after);
    else if (!needed && (due || at_once))
      call(instrument, p, milliseconds{0});
    ++at;
  }
  left_out_ = 0;
  for (const auto& instrument : wanted) {
    if (places_.contains(instrument))
      continue;
    const auto taken = static_cast<std::int64_t>(places_.size());
    if (healthy && taken < settings_.symbols_max)
      call(instrument, places_[instrument], settings_.after);
    else
      ++left_out_;
  }
  return calls;
}

void dead_man::on_answer(const set_countdown& asked,
                         const change_outcome<countdown_armed>& outcome) {
  const auto at = places_.find(asked.instrument);
  if (at == places_.end())
    return;
  auto& p = at->second;
  p.asking = false;
  if (std::holds_alternative<order_refused>(outcome))
    return;  // As it was before.
  const bool certain = std::holds_alternative<countdown_armed>(outcome);
  if (asked.after > milliseconds{0}) {
    p.armed = true;  // If uncertain, it may be: it is disarmed like one that surely is.
    p.runs_out_at = p.sent_at + asked.after;
  } else if (certain) {
    p.armed = false;
  }
}

std::vector<symbol> dead_man::armed() const {
  std::vector<symbol> found;
  for (const auto& [instrument, p] : places_)
    if (p.armed)
      found.push_back(instrument);
  return found;
}

bool dead_man::is_asking() const {
  return std::ranges::any_of(places_, [](const auto& entry) { return entry.second.asking; });
}

}  // namespace sluice
