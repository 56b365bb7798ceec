// The verdicts of the last minute, by lane: how many of each kind, how long they took, and exits
// that ended blocked.
#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "sluice/domain/record.hpp"

namespace sluice::actors {

using std::chrono::microseconds;

/// Of one lane. The quantiles are of the verdicts whose beginning is known, none without any.
struct verdict_summary {
  std::size_t allowed{0};
  std::size_t denied{0};
  std::size_t expired{0};
  std::optional<microseconds> p50{};
  std::optional<microseconds> p99{};
};

/// An exit that ended without an order while its position stands.
struct exit_blocked_note {
  wall_time at{};
  std::string what{};
};

/// Pure. Keeps at most the newest `kept_max` verdicts of each lane: under more load than that in a
/// minute the figures are of a shorter time.
class recent_verdicts {
 public:
  static constexpr std::size_t kept_max = 4'096;
  static constexpr std::chrono::seconds span{60};

  void judged(lane traffic, verdict_kind kind, std::optional<duration> took, instant at) {
    auto& kept = of(traffic);
    kept.push_back({at, kind, took});
    if (kept.size() > kept_max)
      kept.pop_front();
  }
  void blocked(const stamp& at, std::string what) {
    blocked_.push_back(at.steady);
    if (blocked_.size() > kept_max)
      blocked_.pop_front();
    last_blocked_ = {at.wall, std::move(what)};
  }

  [[nodiscard]] verdict_summary summary(lane traffic, instant now) const {
    verdict_summary s;
    std::vector<duration> times;
    for (const auto& v : of(traffic)) {
      if (now - v.at > span)
        continue;
      ++(v.kind == verdict_kind::allow  ? s.allowed
         : v.kind == verdict_kind::deny ? s.denied
                                        : s.expired);
      if (v.took)
        times.push_back(*v.took);
    }
    if (times.empty())
      return s;
    std::ranges::sort(times);
    const auto at = [&](std::size_t hundredths) {
      return std::chrono::duration_cast<microseconds>(times[(times.size() - 1) * hundredths / 100]);
    };
    s.p50 = at(50);
    s.p99 = at(99);
    return s;
  }
  [[nodiscard]] std::size_t blocked(instant now) const {
    return static_cast<std::size_t>(
        std::ranges::count_if(blocked_, [&](instant at) { return now - at <= span; }));
  }
  /// The last one since the process started.
  [[nodiscard]] const std::optional<exit_blocked_note>& last_blocked() const {
    return last_blocked_;
  }

 private:
  struct entry {
    instant at{};
    verdict_kind kind{verdict_kind::deny};
    std::optional<duration> took{};
  };
  [[nodiscard]] std::deque<entry>& of(lane l) { return kept_[l == lane::exit ? 0 : 1]; }
  [[nodiscard]] const std::deque<entry>& of(lane l) const { return kept_[l == lane::exit ? 0 : 1]; }

  std::array<std::deque<entry>, 2> kept_{};
  std::deque<instant> blocked_{};
  std::optional<exit_blocked_note> last_blocked_{};
};

}  // namespace sluice::actors
