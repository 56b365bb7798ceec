// The venue's clock, carried by our steady one, so that a jump of the wall clock changes nothing.
#pragma once

#include <cstdint>

#include "sluice/domain/time.hpp"

namespace sluice::exchange {

/// What became of a sample of the venue's time.
enum class clock_sample : std::uint8_t {
  refused,           ///< No sample, or one that agrees and is the worse bound.
  kept,              ///< What the clock goes by now.
  after_standstill,  ///< Kept, and the venue is further on than our steady clock could explain, by
                     ///< more than a second: the machine stood still together with it.
};

/// Pure: all instants come in. Before the first sample it follows the wall time it was seeded with.
class server_clock {
 public:
  server_clock(instant steady, wall_time wall);

  /// One reading of the venue's time, made between `sent` and `received`: it belongs to the
  /// midpoint, wrong by at most half the distance. Kept unless the present one is still the better
  /// bound and agrees with it.
  clock_sample observe(instant sent, instant received, venue_time reported);

  [[nodiscard]] bool measured() const { return measured_; }
  /// The instant of the sample that was kept last; of the seed before the first.
  [[nodiscard]] instant measured_at() const { return anchor_; }
  [[nodiscard]] venue_time now(instant steady) const;
  /// The steady instant at which the venue's clock showed this; may lie in the future, at most a
  /// year away in either direction.
  [[nodiscard]] instant steady_at(venue_time t) const;
  /// How far `now` may be from the venue's clock; grows with the time since the last sample.
  [[nodiscard]] milliseconds error_at(instant steady) const;

 private:
  instant anchor_{};
  std::int64_t venue_us_{0};  ///< The venue's time at `anchor_`, in microseconds.
  std::chrono::microseconds error_{0};
  bool measured_{false};
};

}  // namespace sluice::exchange
