// The three clocks of the product, as types: our steady one decides, the other two only describe.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "sluice/domain/result.hpp"

namespace sluice {

using std::chrono::milliseconds;

/// A point on our steady clock. Ages, deadlines and expiries are differences of these, never of
/// wall times, so that a jump of the wall clock changes no verdict (I12).
using instant = std::chrono::steady_clock::time_point;
using duration = std::chrono::steady_clock::duration;

/// Milliseconds since 1970 by our wall clock: for people, journals and signatures.
struct wall_time {
  std::int64_t ms{0};
  friend auto operator<=>(wall_time, wall_time) = default;
};

/// Milliseconds since 1970 by the venue's clock, as it stands in its messages. 0 means "not given".
struct venue_time {
  std::int64_t ms{0};
  friend auto operator<=>(venue_time, venue_time) = default;
};

/// An instant with the wall time that belongs to it: what a stage passes on when it stamps
/// something.
struct stamp {
  instant steady{};
  wall_time wall{};
};

/// "2026-11-23T01:51:00.250Z" (RFC 3339, UTC).
[[nodiscard]] std::string format_rfc3339(wall_time t);
/// Accepts "Z" or "+00:00", with 0 to 9 digits of fraction; refuses other offsets.
[[nodiscard]] result<wall_time> parse_rfc3339(std::string_view text);

/// "250ms", "10s", "1m30s", "3h": whole units, largest first; what config files use.
[[nodiscard]] std::string format_duration(milliseconds d);
/// Reads one or more of ms, s, m, h, d, each with a whole number, largest first; "0" has a unit
/// too.
[[nodiscard]] result<milliseconds> parse_duration(std::string_view text);

/// Whole milliseconds from `from` to `to`, negative when `to` is earlier.
[[nodiscard]] constexpr milliseconds between(instant from, instant to) {
  return std::chrono::duration_cast<milliseconds>(to - from);
}

}  // namespace sluice
