// Keeps what the gate has asked to be read: once at a time, with a pause after a failure.
#include "sluice/gate/urgent_reads.hpp"

#include <algorithm>

namespace sluice {

urgent_reads::urgent_reads(milliseconds retry, milliseconds lost_after)
    : retry_(retry), lost_after_(lost_after) {}

bool urgent_reads::must_wait(const entry& e, const read_wanted& wanted, instant now) {
  const bool goes_first = wanted.traffic == lane::exit && e.traffic == lane::entry;
  if (now >= e.again_at || goes_first)
    return false;
  const auto& failure = wanted.traffic == lane::exit ? e.exits_failure : e.failure;
  return e.outstanding || !(failure.empty() && wanted.newer_than > e.asked_at);
}

bool urgent_reads::ask(const read_wanted& wanted, instant now) {
  const auto [at, added] = entries_.try_emplace(wanted.position);
  entry& e = at->second;
  if (!added && must_wait(e, wanted, now))
    return false;
  e.traffic = wanted.traffic;
  e.outstanding = true;
  e.asked_at = now;
  wake_at(e, now + lost_after_);
  return true;
}

void urgent_reads::wake_at(entry& e, instant at) {
  e.again_at = at;
  wake_ = wake_ ? std::min(*wake_, at) : at;
}

void urgent_reads::finish(entry& e, const read_done& done, instant now) {
  if (done.failure.empty())
    wake_at(e, std::max(e.asked_at + retry_, now));
  else if (e.outstanding)
    wake_at(e, now + retry_);
  e.outstanding = false;
  e.failure = done.failure.substr(0, failure_text_max);
  if (!done.not_for_exits)
    e.exits_failure = e.failure;
  else if (e.traffic == lane::entry)
    e.exits_failure.clear();  // No exit waits: what an earlier one met is over.
}

void urgent_reads::finished(const read_done& done, instant now) {
  if (!done.position) {
    for (auto& [key, e] : entries_)
      finish(e, done, now);
    return;
  }
  const auto at = entries_.find(*done.position);
  if (at != entries_.end())
    finish(at->second, done, now);
}

void urgent_reads::forget(const position_key& key, instant now) {
  const auto at = entries_.find(key);
  if (at != entries_.end() && (!at->second.outstanding || now >= at->second.again_at))
    entries_.erase(at);
}

std::vector<position_key> urgent_reads::due(instant now) const {
  std::vector<position_key> keys;
  if (!wake_ || *wake_ > now)
    return keys;
  for (const auto& [key, e] : entries_)
    if (e.again_at <= now)
      keys.push_back(key);
  return keys;
}

void urgent_reads::rearm() {
  wake_.reset();
  for (const auto& [key, e] : entries_)
    wake_ = wake_ ? std::min(*wake_, e.again_at) : e.again_at;
}

const std::string& urgent_reads::last_failure(const position_key& key, lane of) const {
  static const std::string none{};
  const auto at = entries_.find(key);
  if (at == entries_.end())
    return none;
  return of == lane::exit ? at->second.exits_failure : at->second.failure;
}

std::size_t urgent_reads::outstanding() const {
  return static_cast<std::size_t>(std::count_if(
      entries_.begin(), entries_.end(), [](const auto& e) { return e.second.outstanding; }));
}

}  // namespace sluice
