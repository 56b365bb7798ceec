// The queue of what is due, the clocks, and the way of stream messages.
#include "world.hpp"

#include <fmt/format.h>

#include <stdexcept>

namespace sluice::simulation {
namespace {

constexpr instant world_begin{std::chrono::hours{1}};
thread_local world* living = nullptr;

}  // namespace

world::world(std::uint64_t seed, const simulator::settings& venue_settings, std::int64_t wall_ms)
    : random(seed), now_(world_begin), wall_origin_ms_(wall_ms) {
  if (living)
    throw std::logic_error("one world at a time");
  venue = simulator::venue::make(venue_settings, moment()).value();
  living = this;
}

world::~world() {
  living = nullptr;
}

world& world::current() {
  return *living;
}

milliseconds world::age() const {
  return between(world_begin, now_);
}

std::int64_t world::true_wall_ms() const {
  return wall_origin_ms_ + age().count();
}

simulator::moment world::moment() const {
  return {now_, venue_time{true_wall_ms()}};
}

void world::at(instant when, std::function<void()> what) {
  due_.emplace(std::max(when, now_), std::move(what));
}

instant world::next_due() const {
  const auto venues = std::max(venue->next_due(), now_);
  return due_.empty() ? venues : std::min(venues, due_.begin()->first);
}

void world::move_to(instant when) {
  now_ = std::max(now_, when);
  if (venue->next_due() <= now_) {
    venue->advance(moment());
    pump();
  }
  // What these ask for at this very instant is done in the next round, after the process's turn.
  auto count = std::distance(due_.begin(), due_.upper_bound(now_));
  for (; count > 0; --count) {
    auto what = std::move(due_.begin()->second);
    due_.erase(due_.begin());
    what();
  }
}

void world::pump() {
  for (auto& delivery : venue->take_deliveries()) {
    const auto to = listeners_.find(delivery.to);
    if (to == listeners_.end())
      continue;
    // One connection keeps the order of what it carries.
    const auto arrives =
        std::max<instant>(to->second.last, now_ + random.time(milliseconds{2}, milliseconds{120}));
    to->second.last = arrives;
    at(arrives, [this, delivery] {
      const auto still = listeners_.find(delivery.to);
      if (still == listeners_.end())
        return;
      const auto sink = still->second.sink;
      sink(delivery.text, delivery.close);
    });
  }
}

void world::listen(simulator::stream_id id,
                   std::function<void(std::shared_ptr<const std::string>, bool)> sink) {
  listeners_[id] = {std::move(sink), now_};
}

void world::stop_listening(simulator::stream_id id) {
  listeners_.erase(id);
  venue->close_stream(id);
}

void world::trace(const std::string& line) const {
  if (reader)
    reader(fmt::format("{:>10.3f} {}", static_cast<double>(age().count()) / 1'000.0, line));
}

}  // namespace sluice::simulation
