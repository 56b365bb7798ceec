// How long the journal collects records before it commits them: on a disk whose commits take long,
// longer, so that what belongs together costs one of them and nobody queues behind many.
#pragma once

#include <algorithm>

#include "sluice/domain/time.hpp"

namespace sluice::actors {

class commit_pace {
 public:
  /// `commit_wait` is what a record that somebody waits for lets others join on a quick disk.
  explicit commit_pace(milliseconds commit_wait) : commit_wait_(commit_wait) {}

  void committed(duration took, instant now) {
    both_took_ = std::min(took_, took);
    took_ = took;
    at_ = now;
  }

  /// How long a batch that has begun stays open for what follows from it; on a quick disk until no
  /// record is at hand any more. An eighth of a commit is little beside what another one costs.
  [[nodiscard]] milliseconds stays_open(instant now) const {
    return is_slow(now) ? std::min(eighth(), open_max) : milliseconds{0};
  }
  /// So long a batch takes in what had come in before it: a backlog is one batch.
  [[nodiscard]] milliseconds takes_in(instant now) const {
    return is_slow(now) ? std::max(commit_wait_, std::min(eighth(), take_max)) : commit_wait_;
  }
  /// What happened once long ago says nothing of the next commit.
  [[nodiscard]] bool is_slow(instant now) const {
    return took_ >= slow_from && now - at_ < slow_for;
  }
  /// What each of the last two commits took at least: one that was slow by itself is no slow disk.
  [[nodiscard]] milliseconds both_took() const {
    return std::chrono::duration_cast<milliseconds>(both_took_);
  }

 private:
  static constexpr milliseconds slow_from{100};
  static constexpr milliseconds slow_for{10'000};
  static constexpr milliseconds open_max{250};
  static constexpr milliseconds take_max{1'000};

  [[nodiscard]] milliseconds eighth() const {
    return std::chrono::duration_cast<milliseconds>(took_) / 8;
  }

  milliseconds commit_wait_;
  duration took_{0};
  duration both_took_{0};
  instant at_{};
};

}  // namespace sluice::actors
