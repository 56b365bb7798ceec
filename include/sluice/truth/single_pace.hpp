// How often reads of single symbols go past account-wide ones that are in doubt.
#pragma once

#include <algorithm>
#include <cstddef>
#include <map>

#include "sluice/domain/time.hpp"

namespace sluice {

/// In an outage every read fails, and each costs as much weight as one of the whole account. What
/// answers costs nothing here: only reads that say nothing are counted, so that account-wide reads,
/// cancels and queries of orders still find weight when the venue is back. Eight at once, then
/// three a second: 900 of weight a minute, beside some 500 for the account's own, of 2,400, where
/// none answers. Entries get what exits leave of it. Where many wait, an exit that had its turn
/// leaves a place to each exit whose last one is longer ago, and an entry to each entry and exit.
/// Pure; `Target` is ordered. Remembers who goes on asking, and turns until they are answered or
/// the doubt is over.
template <class Target>
class single_pace {
 public:
  static constexpr int burst = 8;
  static constexpr milliseconds interval{1'000 / 3};
  /// Who asks no more is forgotten after twice the time from one wish to the next, within these;
  /// after one wish that time is not known.
  static constexpr milliseconds remembered_min{2'500};
  static constexpr milliseconds remembered_once{6'000};
  static constexpr milliseconds remembered_max{20'000};

  /// Whether it may go now; asking keeps it in line.
  [[nodiscard]] bool asks(const Target& t, bool for_exit, instant now) {
    std::erase_if(asked_, [&](const auto& one) { return one.second.until < now; });
    const auto [mine, is_new] = asked_.try_emplace(t);
    const duration lasts =
        is_new ? remembered_once
               : std::clamp<duration>(2 * (now - mine->second.at), remembered_min, remembered_max);
    mine->second = {now, now + lasts, for_exit};
    const auto left = std::min<std::ptrdiff_t>(ahead_of(t, for_exit), burst - 1);
    const auto until = for_exit ? exits_until_ : all_until_;
    return until - now <= duration{interval} * (burst - 1 - left);
  }
  [[nodiscard]] bool has_turn(const Target& t) const { return turns_.contains(t); }
  void takes(const Target& t, bool for_exit, instant now) {
    turns_[t] = {now, for_exit, 0};
    spend(t, now);
  }
  /// The same read once more, which is not asked for.
  void takes_again(const Target& t, instant now) {
    if (turns_.contains(t))
      spend(t, now);
  }
  /// It asks no more, and gives back what its last turn took.
  void answered(const Target& t) {
    asked_.erase(t);
    give_back(t);
  }
  /// What its last turn took.
  void give_back(const Target& t) {
    const auto mine = turns_.find(t);
    if (mine == turns_.end())
      return;
    // A turn has one repetition; others were of routine reads that plans joined.
    const auto back = duration{interval} * std::min(mine->second.reads, 2);
    all_until_ -= back;
    if (mine->second.for_exit)
      exits_until_ -= back;
    turns_.erase(mine);
  }
  /// Nothing is in doubt any more; what was taken is worked off by time.
  void doubt_is_over() {
    turns_.clear();
    asked_.clear();
  }

 private:
  struct asking {
    instant at{};
    instant until{};  ///< Forgotten then.
    bool for_exit{false};
  };
  struct taken {
    instant at{};
    bool for_exit{false};
    int reads{0};
  };

  /// How many others that ask have waited longer for their turn; exits wait for exits alone.
  [[nodiscard]] std::ptrdiff_t ahead_of(const Target& t, bool for_exit) const {
    const auto mine = turns_.find(t);
    if (mine == turns_.end())
      return 0;
    return std::ranges::count_if(asked_, [&](const auto& other) {
      if (for_exit && !other.second.for_exit)
        return false;
      const auto theirs = turns_.find(other.first);
      return theirs == turns_.end() || theirs->second.at < mine->second.at;
    });
  }
  void spend(const Target& t, instant now) {
    auto& mine = turns_[t];
    mine.reads += 1;
    // Repetitions are not asked for, and may not put off the next turn for ever.
    const auto farthest = now + duration{interval} * (2 * burst);
    const auto later = [&](instant until) {
      return std::min(std::max(until, now) + duration{interval}, farthest);
    };
    all_until_ = later(all_until_);
    if (mine.for_exit)
      exits_until_ = later(exits_until_);
  }

  std::map<Target, asking> asked_{};
  std::map<Target, taken> turns_{};
  instant exits_until_{};  ///< What exits took is worked off by then,
  instant all_until_{};    ///< and what exits and entries took.
};

}  // namespace sluice
