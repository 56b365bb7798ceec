// One limit that the venue counts in fixed windows of its own clock, as far as we can know it.
#pragma once

#include <cstdint>
#include <optional>

#include "sluice/domain/time.hpp"

namespace sluice::exchange {

/// One moment on both clocks that matter here: windows follow the venue's, waits our steady one.
struct moment {
  instant steady{};
  venue_time venue{};
};

/// How far a cost may bring what is counted: ours alone, and ours with what others spent.
struct window_cap {
  std::int64_t own{0};
  std::int64_t total{0};
};

/// Pure. The venue counts a request when it arrives, by a clock that differs a little from our idea
/// of it. So what is under way or was answered near the end of a window also counts in the next
/// one, and what is asked for near the start of one must also fit into the one before.
class venue_window {
 public:
  explicit venue_window(milliseconds length) : length_(length) {}

  /// What lies nearer to a boundary than this may be counted on its other side.
  static constexpr milliseconds edge{250};

  void limit_to(std::int64_t limit) { limit_ = limit; }
  [[nodiscard]] std::int64_t limit() const { return limit_; }
  /// That percentage of the limit.
  [[nodiscard]] std::int64_t part(int percent) const { return limit_ * percent / 100; }

  /// Begins a new window when `now` lies in a later one. Never back: a corrected clock must not
  /// open an old window again.
  void roll(venue_time now);
  /// All below: for the window that roll() has begun.
  [[nodiscard]] bool fits(std::int64_t cost, window_cap cap, venue_time now) const;
  void reserve(std::int64_t cost, venue_time now);
  /// `seen` is the venue's counter in the reply; believed only for a request made well inside this
  /// window.
  void settle(std::int64_t cost, venue_time made_at, std::optional<std::int64_t> seen,
              venue_time now);
  void withdraw(std::int64_t cost);

  [[nodiscard]] std::int64_t total() const { return own_ + foreign_; }
  /// Steady instant from which what does not fit now may: past the edge when only the window before
  /// has no room for it, else when this one is certainly over.
  [[nodiscard]] instant room_at(std::int64_t cost, window_cap cap, moment now) const;

 private:
  [[nodiscard]] bool has_room(std::int64_t cost, window_cap cap) const {
    return own_ + cost <= cap.own && total() + cost <= cap.total;
  }
  [[nodiscard]] milliseconds into(venue_time t) const {
    return milliseconds(t.ms % length_.count());
  }

  milliseconds length_{};
  std::int64_t limit_{0};
  std::int64_t window_{-1};
  std::int64_t own_{0};
  std::int64_t foreign_{0};    ///< Counted by the venue in this window and not spent by us.
  std::int64_t under_way_{0};  ///< Part of own_ that is not settled.
  std::int64_t late_{0};       ///< Part of own_ that was settled near the end.
  std::int64_t early_{0};      ///< Part of own_ that was reserved near the start.
  std::int64_t own_before_{0};
  std::int64_t total_before_{0};
};

}  // namespace sluice::exchange
