// First what is ours already, then what others left lying, then what is new; one entry that is too
// large must hold up none of the others.
#include "redis_reader.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace sluice::actors {
namespace {

using std::chrono::steady_clock;

/// Ids that are asked for at once.
constexpr std::size_t ids_per_read = 1'000;

error goes_round() {
  return fail(errc::malformed, "a read of our own entries gave none that is later");
}

}  // namespace

stream_reader::stream_reader(const redis_link_options& options, redis::client& link,
                             const std::stop_token& stop, reader_memory& memory)
    : options_(options),
      settings_(options.settings),
      link_(link),
      group_(link, settings_.stream, settings_.group, settings_.consumer),
      stop_(stop),
      memory_(memory) {
  if (memory_.count == 0)
    memory_.count = settings_.entries_per_read;
}

error stream_reader::run(const std::function<void()>& ready, const std::function<void()>& proven) {
  if (auto made = make_group(); !made)
    return made.error();
  ready();
  const auto known_before = memory_.unreadable.size();
  const auto done = read_on(proven);
  if (done)
    return fail(errc::io_failure, "ending");
  // What an answer had that was too large, or too late for its size, is ours now, and the same
  // answer would be so again.
  memory_.one_by_one = true;
  memory_.count = 1;
  // One that is known now is left out next time: that is progress, and no reason for a long pause.
  if (memory_.unreadable.size() > known_before)
    proven();
  return done.error();
}

result<void> stream_reader::read_on(const std::function<void()>& proven) {
  if (auto own = take_what_is_ours(); !own)
    return own;
  while (!stop_.stop_requested()) {
    auto done = turn();
    // Somebody took the group or the stream away; what comes from now on must not be missed.
    if (!done && done.error().code == errc::not_found)
      done = make_group();
    if (!done)
      return done;
    proven();
  }
  return {};
}

result<void> stream_reader::take_what_is_ours() {
  if (!memory_.one_by_one)
    return take_own();
  auto own = take_own_one_by_one();
  if (own)
    memory_.held_up = false;
  if (own || own.error().code != errc::not_permitted)
    return own;
  // Nobody can say what comes behind the one that is too large: what is new must not wait for it.
  if (memory_.held_up)
    return {};
  memory_.one_by_one = false;
  own = take_own();
  memory_.held_up = !own && own.error().code == errc::out_of_range;
  return own;
}

result<void> stream_reader::make_group() {
  const auto now = redis::server_time_ms(link_);
  if (!now)
    return now.error();
  const auto from = std::max<std::int64_t>(0, *now - options_.max_age.count());
  return group_.make(std::to_string(from) + "-0");
}

result<void> stream_reader::take_own() {
  std::string after = "0";
  while (!stop_.stop_requested()) {
    auto own = group_.read_own(after, memory_.count);
    if (!own)
      return own.error();
    if (own->entries.empty() && own->gone.empty())
      return {};
    // Both are parts of one list; the later id is where the next part begins.
    const auto before = after;
    for (const auto& e : own->entries)
      after = redis::is_later(e.id, after) ? e.id : after;
    for (const auto& id : own->gone)
      after = redis::is_later(id, after) ? id : after;
    if (after == before)
      return goes_round();
    if (auto told = deliver(std::move(*own)); !told)
      return told;
  }
  return {};
}

/// What was found unreadable is told each time, until its acknowledgement has reached the server.
result<void> stream_reader::take_own_one_by_one() {
  std::set<std::string> pending;
  for (std::string after; !stop_.stop_requested();) {
    const auto ids = group_.own_ids(after, ids_per_read);
    if (!ids)
      return ids.error();
    if (ids->empty())
      break;
    for (const auto& id : *ids) {
      if (!redis::is_later(id, after))
        return goes_round();
      after = id;
      pending.insert(id);
      if (stop_.stop_requested())
        return {};
      if (auto taken = take_one(id); !taken)
        return taken;
    }
  }
  std::erase_if(memory_.unreadable, [&](const auto& u) { return !pending.contains(u.first); });
  memory_.one_by_one = !memory_.unreadable.empty();
  return {};
}

result<void> stream_reader::take_one(const std::string& id) {
  if (const auto known = memory_.unreadable.find(id); known != memory_.unreadable.end())
    return deliver({}, {{id, known->second}});
  auto one = group_.read_one(id);
  if (!one) {
    if (one.error().code == errc::out_of_range)
      memory_.unreadable.emplace(id, one.error().text);
    return one.error();
  }
  return deliver(std::move(*one));
}

result<void> stream_reader::turn() {
  if (!memory_.held_up && steady_clock::now() >= next_claim_) {
    next_claim_ = steady_clock::now() + settings_.claim_idle / 2;
    if (auto claimed = take_over(); !claimed)
      return claimed;
  }
  auto fresh = group_.read_new(memory_.count, settings_.block);
  if (!fresh)
    return fresh.error();
  // While nothing can be read again, no entry may share an answer with one that is too large.
  memory_.count = memory_.held_up ? 1 : std::min(2 * memory_.count, settings_.entries_per_read);
  return deliver(std::move(*fresh));
}

result<void> stream_reader::take_over() {
  for (std::string from = "0-0"; !stop_.stop_requested();) {
    auto step = group_.claim(settings_.claim_idle, from, memory_.count);
    if (!step)
      return step.error();
    if (auto told = deliver(std::move(step->what)); !told)
      return told;
    if (step->next == "0-0")
      return {};
    from = step->next;
  }
  return {};
}

result<void> stream_reader::deliver(redis::delivery what,
                                    std::vector<unreadable_entry> unreadable) {
  if (what.entries.empty() && what.gone.empty() && unreadable.empty())
    return {};
  // Waiting for leave takes its time, and ages are counted from here.
  if (!options_.outbox->await_grant(stop_))
    return {};
  const auto now = redis::server_time_ms(link_);
  if (!now) {
    options_.outbox->grant();  // Nothing was delivered for it.
    return now.error();
  }
  options_.tell.delivered({std::make_shared<const stream_batch>(
      stream_batch{std::move(what.entries), std::move(what.gone), std::move(unreadable), *now})});
  return {};
}

}  // namespace sluice::actors
