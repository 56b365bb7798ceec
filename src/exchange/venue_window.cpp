// The arithmetic of one counted limit and of the edges of its windows.
#include "sluice/exchange/venue_window.hpp"

#include <algorithm>

namespace sluice::exchange {
namespace {

/// Measurements of the venue's clock differ by less.
constexpr milliseconds correction_max{1'000};

}  // namespace

void venue_window::roll(venue_time now) {
  const auto window = now.ms / length_.count();
  if (window <= window_) {
    // A little before this window is a correction at its edge. Further back the clock was wrong
    // before, as a machine's may be until the venue's is known: the windows follow it, and what was
    // counted stays, for the venue may count it in this one.
    if (window_ * length_.count() - now.ms > correction_max.count())
      window_ = window;
    return;
  }
  const bool next = window == window_ + 1;
  own_before_ = next ? own_ : 0;
  total_before_ = next ? total() : 0;
  own_ = under_way_ + (next ? late_ : 0);
  window_ = window;
  foreign_ = 0;
  late_ = 0;
  early_ = 0;
}

bool venue_window::fits(std::int64_t cost, window_cap cap, venue_time now) const {
  if (!has_room(cost, cap))
    return false;
  if (into(now) >= edge)
    return true;
  return own_before_ + early_ + cost <= cap.own && total_before_ + early_ + cost <= cap.total;
}

void venue_window::reserve(std::int64_t cost, venue_time now) {
  own_ += cost;
  under_way_ += cost;
  if (into(now) < edge)
    early_ += cost;
}

void venue_window::settle(std::int64_t cost, venue_time made_at, std::optional<std::int64_t> seen,
                          venue_time now) {
  under_way_ -= cost;
  if (into(now) >= length_ - edge)
    late_ += cost;
  const bool well_inside = made_at.ms / length_.count() == window_ && into(made_at) >= edge;
  if (seen && well_inside)
    foreign_ = std::max(foreign_, *seen - own_);
}

/// Counted here either as this window's own or as carried over: in both cases it comes out again.
void venue_window::withdraw(std::int64_t cost) {
  under_way_ -= cost;
  own_ -= cost;
}

instant venue_window::room_at(std::int64_t cost, window_cap cap, moment now) const {
  if (has_room(cost, cap) && into(now.venue) < edge)
    return now.steady + (edge - into(now.venue));
  return now.steady + milliseconds((window_ + 1) * length_.count() - now.venue.ms) + edge;
}

}  // namespace sluice::exchange
