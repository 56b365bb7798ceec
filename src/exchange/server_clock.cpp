// The midpoint of a question about the time is what its answer belongs to.
#include "sluice/exchange/server_clock.hpp"

#include <algorithm>

namespace sluice::exchange {
namespace {

using std::chrono::duration_cast;
using std::chrono::microseconds;

/// Two quartz clocks differ by less than this per second; used to widen an old bound.
constexpr std::int64_t drift_ppm = 200;
/// Of a clock that was only ever seeded with our wall time.
constexpr microseconds unmeasured_error = std::chrono::minutes(1);
/// The venue reports whole milliseconds.
constexpr microseconds resolution{1'000};
/// The year 5138: past it a message is wrong, and microseconds would not fit.
constexpr std::int64_t last_believable_ms = 100'000'000'000'000;
/// Less than this the venue may jump itself, and what is known is hardly older for it.
constexpr milliseconds standstill_min{1'000};
/// Bounds what is moved onto the steady clock, whose nanoseconds end sooner.
constexpr microseconds farthest = std::chrono::hours(24 * 366);

}  // namespace

server_clock::server_clock(instant steady, wall_time wall)
    : anchor_(steady), venue_us_(wall.ms * 1'000), error_(unmeasured_error) {}

clock_sample server_clock::observe(instant sent, instant received, venue_time reported) {
  const auto half = duration_cast<microseconds>(received - sent) / 2;
  if (half < microseconds::zero() || reported.ms <= 0 || reported.ms > last_believable_ms)
    return clock_sample::refused;
  const auto middle = sent + half;
  const auto bound = half + resolution;
  const auto present = duration_cast<microseconds>(error_at(middle));
  const auto ahead = (reported.ms - now(middle).ms) * 1'000;
  const auto explained = present + bound;
  const bool agrees = std::abs(ahead) <= explained.count();
  if (measured_ && agrees && bound > present)
    return clock_sample::refused;
  const bool stood_still = measured_ && microseconds(ahead) > explained + standstill_min;
  anchor_ = middle;
  venue_us_ = reported.ms * 1'000;
  error_ = bound;
  measured_ = true;
  return stood_still ? clock_sample::after_standstill : clock_sample::kept;
}

venue_time server_clock::now(instant steady) const {
  const auto since = duration_cast<microseconds>(steady - anchor_).count();
  return {(venue_us_ + since) / 1'000};
}

instant server_clock::steady_at(venue_time t) const {
  const auto ms = std::clamp(t.ms, std::int64_t{0}, last_believable_ms);
  const microseconds apart(ms * 1'000 - venue_us_);
  return anchor_ + std::clamp(apart, -farthest, farthest);
}

milliseconds server_clock::error_at(instant steady) const {
  const auto since = duration_cast<microseconds>(steady - anchor_);
  const auto age = std::max(since, -since);
  const microseconds grown(error_.count() + age.count() * drift_ppm / 1'000'000);
  return std::chrono::ceil<milliseconds>(grown);
}

}  // namespace sluice::exchange
