// Where plans wait for a read, indexed by place, position and time.
#include "sluice/gate/parking_lot.hpp"

namespace sluice {
namespace {

position_key key_of(const plan& p) {
  return {p.instrument, p.leg};
}

}  // namespace

parking_lot::parking_lot(std::size_t exit_max, std::size_t entry_max)
    : exit_max_(exit_max), entry_max_(entry_max) {}

std::size_t parking_lot::size(lane l) const {
  return l == lane::exit ? exits_ : plans_.size() - exits_;
}

/// An exit that had a permit is never turned away: it may be in the middle of its orders, and there
/// are no more of these than permits were given. Nor is one of our own sources: these have no more
/// than a few at once for a position, and a producer with thousands must not stop a flatten.
bool parking_lot::park(parked_plan p) {
  const lane traffic = lane_of(*p.what);
  const bool has_place =
      p.ticket != 0 || (traffic == lane::exit && (p.again || is_own_source(p.what->source)));
  if (!has_place && size(traffic) >= (traffic == lane::exit ? exit_max_ : entry_max_))
    return false;
  if (p.ticket == 0)
    p.ticket = ++last_ticket_;
  const place at{traffic, p.ticket};
  by_time_.emplace(p.until, at);
  by_position_[key_of(*p.what)].insert(at);
  plans_.emplace(at, std::move(p));
  exits_ += traffic == lane::exit ? 1 : 0;
  return true;
}

parked_plan parking_lot::take_out(place at) {
  auto found = plans_.extract(at);
  parked_plan p = std::move(found.mapped());
  by_time_.erase({p.until, at});
  const auto waiting = by_position_.find(key_of(*p.what));
  waiting->second.erase(at);
  if (waiting->second.empty())
    by_position_.erase(waiting);
  exits_ -= at.first == lane::exit ? 1 : 0;
  return p;
}

std::vector<parked_plan> parking_lot::take_out(const std::vector<place>& places) {
  std::vector<parked_plan> taken;
  taken.reserve(places.size());
  for (const auto& at : places)
    taken.push_back(take_out(at));
  return taken;
}

std::vector<parked_plan> parking_lot::take(const position_key& key) {
  const auto waiting = by_position_.find(key);
  if (waiting == by_position_.end())
    return {};
  return take_out(std::vector<place>(waiting->second.begin(), waiting->second.end()));
}

std::vector<parked_plan> parking_lot::take_all() {
  std::vector<parked_plan> all;
  all.reserve(plans_.size());
  for (auto& [at, p] : plans_)
    all.push_back(std::move(p));
  plans_.clear();
  by_time_.clear();
  by_position_.clear();
  exits_ = 0;
  return all;
}

std::vector<parked_plan> parking_lot::take_due(instant now) {
  std::set<place> due;
  for (const auto& [until, at] : by_time_) {
    if (until > now)
      break;
    due.insert(at);
  }
  return take_out(std::vector<place>(due.begin(), due.end()));
}

std::optional<parked_plan> parking_lot::take(const plan_id& id) {
  for (const auto& [at, p] : plans_)
    if (p.what->id == id)
      return take_out(at);
  return std::nullopt;
}

std::optional<instant> parking_lot::next_due() const {
  if (by_time_.empty())
    return std::nullopt;
  return by_time_.begin()->first;
}

}  // namespace sluice
