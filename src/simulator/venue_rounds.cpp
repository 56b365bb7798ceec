// What the venue does by itself: matching after a tick, countdowns, and sending what was said.
#include <algorithm>
#include <map>

#include "documents.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

/// Mixes events of different types of one account; those of one type keep their order.
std::vector<user_event> shuffled(std::vector<user_event> events, random_source& random) {
  std::map<std::pair<std::size_t, std::string>, std::vector<user_event>> queues;
  for (auto& e : events) {
    const std::pair key{e.account, e.type};
    queues[key].push_back(std::move(e));
  }
  std::vector<user_event> mixed;
  std::map<std::pair<std::size_t, std::string>, std::size_t> taken;
  while (mixed.size() < events.size()) {
    auto it = queues.begin();
    std::advance(it, static_cast<std::ptrdiff_t>(random.below(queues.size())));
    mixed.push_back(std::move(it->second[taken[it->first]++]));
    if (taken[it->first] == it->second.size())
      queues.erase(it);
  }
  return mixed;
}

}  // namespace

void venue_state::publish(moment now) {
  for (const auto& [owner, name] : desk.take_traded())
    algos.end_with_position(owner, name, now.venue);
  algos.finish(now.venue);
  auto events = desk.take_events();
  if (chosen.trading.events == event_order::shuffled)
    events = shuffled(std::move(events), event_shuffle);
  for (auto& e : events)
    if (const auto key = keys.find(e.account, now.steady))
      streams.publish_user(*key, e.type, std::move(e.text));
}

void venue_state::after_tick(moment now) {
  for (auto& a : accounts)
    a.refresh_all(marks);
  desk.match(now.venue);
  publish(now);
  algos.run(now.venue);
  publish(now);
  check_margins(now);
  if (now.venue.ms >= next_funding_ms)
    pay_funding(now);
}

void venue_state::run_countdowns(moment now) {
  for (const auto& [owner, name] : timers.take_due(now.steady)) {
    desk.cancel_all(owner, name, now.venue);
    if (chosen.trading.countdown == countdown_reach::regular_and_algo)
      algos.cancel_all(owner, name, now.venue);
    publish(now);
  }
}

}  // namespace sluice::simulator
