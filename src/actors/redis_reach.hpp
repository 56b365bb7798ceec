// What is known of the two connections to Redis, and what readiness says of them.
#pragma once

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "sluice/actors/redis_messages.hpp"
#include "sluice/actors/vitals.hpp"

namespace sluice::actors {

inline constexpr std::array redis_connections{redis_connection::reading, redis_connection::writing};

[[nodiscard]] inline std::string_view word_of(redis_connection c) {
  return c == redis_connection::reading ? "reading" : "writing";
}

class redis_reach {
 public:
  /// True when it came about or was lost.
  bool take(const redis_reached& r) {
    auto& known = known_[static_cast<std::size_t>(r.which)];
    const bool changed = known.up != r.up;
    known.up = r.up;
    known.why = r.why;
    if (r.which == redis_connection::reading && r.up)
      denied_ = r.denied;
    return changed;
  }

  [[nodiscard]] bool up(redis_connection c) const { return of(c).up; }

  [[nodiscard]] std::vector<finding> findings(std::string_view address) const {
    std::vector<finding> found;
    for (const auto c : redis_connections)
      if (!of(c).up && found.empty())
        found.push_back(
            {"redis_unreachable", fmt::format("{} of {}: {}; plans of the stream wait there",
                                              word_of(c), address, of(c).why)});
    if (!denied_.empty())
      found.push_back(
          {"redis_rights",
           fmt::format("our user of {} may not use {}: what needs them is not done; without "
                       "XPENDING and XRANGE an entry that is too large to be read holds up "
                       "what was handed to us with it; grant them, see docs/plans.md",
                       address, fmt::join(denied_, ", ")),
           finding_kind::warning});
    return found;
  }

 private:
  struct reach_of {
    bool up{false};
    std::string why{"not asked yet"};
  };
  [[nodiscard]] const reach_of& of(redis_connection c) const {
    return known_[static_cast<std::size_t>(c)];
  }

  std::array<reach_of, 2> known_{};
  std::vector<std::string> denied_{};
};

}  // namespace sluice::actors
