// How often reads of single symbols go past account-wide ones that are in doubt.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>

#include "sluice/domain/time.hpp"

namespace sluice {

/// In an outage every read fails, and each costs as much weight as one of the whole account. What
/// answers costs nothing here: only reads that say nothing are counted, so that account-wide reads,
/// cancels and queries of orders still find weight when the venue is back. Eight at once, then
/// three a second: 900 of weight a minute, beside 225 to 460 for the account's own, of 2,400.
/// Entries get what exits leave of it. Where many wait, one that had its turn lets all others go
/// first.
/// Pure; `Target` is ordered. Remembers who asked within `remembered`, and whose turn is not over.
template <class Target>
class single_pace {
 public:
  static constexpr int burst = 8;
  static constexpr milliseconds interval{1'000 / 3};
  static constexpr milliseconds remembered{4'000};

  /// Whether it may go now; asking keeps it in line.
  [[nodiscard]] bool asks(const Target& t, bool for_exit, instant now) {
    std::erase_if(asked_, [&](const auto& one) { return one.second + duration{remembered} < now; });
    asked_[t] = now;
    const auto last = turns_.find(t);
    const bool just_had = last != turns_.end() && now < last->second.at + others_first();
    const int left = just_had ? burst / 2 : 0;
    const auto until = for_exit ? exits_until_ : all_until_;
    return until - now <= duration{interval} * (burst - 1 - left);
  }
  void takes(const Target& t, bool for_exit, instant now) {
    auto& mine = turns_[t];
    mine.at = now;
    (for_exit ? mine.of_exits : mine.of_entries) += 1;
    spend(all_until_, now);
    if (for_exit)
      spend(exits_until_, now);
  }
  /// The same read once more, which is not asked for.
  void takes_again(const Target& t, instant now) {
    if (const auto mine = turns_.find(t); mine != turns_.end())
      takes(t, mine->second.of_exits > 0, now);
  }
  /// What it took is given back.
  void answered(const Target& t) {
    const auto mine = turns_.find(t);
    if (mine == turns_.end())
      return;
    all_until_ -= duration{interval} * (mine->second.of_exits + mine->second.of_entries);
    exits_until_ -= duration{interval} * mine->second.of_exits;
    turns_.erase(mine);
  }
  /// Nothing is in doubt any more; what was taken is worked off by time.
  void doubt_is_over() {
    turns_.clear();
    asked_.clear();
  }

 private:
  struct taken {
    instant at{};
    int of_exits{0};
    int of_entries{0};
  };

  /// As long as all who ask need for a turn each.
  [[nodiscard]] duration others_first() const {
    return std::max<duration>(remembered, interval * static_cast<std::int64_t>(asked_.size()));
  }
  static void spend(instant& until, instant now) {
    until = std::max(until, now) + duration{interval};
  }

  std::map<Target, instant> asked_{};
  std::map<Target, taken> turns_{};
  instant exits_until_{};  ///< What exits took is worked off by then,
  instant all_until_{};    ///< and what exits and entries took.
};

}  // namespace sluice
