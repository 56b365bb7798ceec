// Operators who wait for a read of the whole account: they share one, and reads for them keep a
// pace.
#pragma once

#include <caf/all.hpp>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "sluice/actors/messages.hpp"

namespace sluice::actors {

/// Holds promises: to be forgotten when its actor ends.
class resync_desk {
 public:
  using promise = caf::typed_response_promise<resynced>;

  /// Reads that are made for operators leave no nearer to each other: asking again and again spends
  /// little of the request budget.
  static constexpr milliseconds pace{1'000};

  /// When the read may leave that answers this; whoever asks before then waits for the same one.
  instant ask(promise whom, instant now) {
    if (!due_ || *due_ <= now)
      due_ = due_ ? std::max(now, *due_ + duration{pace}) : now;
    waiting_.push_back({now, std::move(whom)});
    return *due_;
  }

  /// An account-wide read that was sent then has ended: whoever had asked before is answered.
  void read_ended(instant sent_at, const resynced& answer) {
    const auto later = std::partition(waiting_.begin(), waiting_.end(),
                                      [&](const auto& w) { return w.asked_at > sent_at; });
    for (auto w = later; w != waiting_.end(); ++w)
      w->whom.deliver(answer);
    waiting_.erase(later, waiting_.end());
  }

  void forget_all() { waiting_.clear(); }

 private:
  struct waiter {
    instant asked_at{};
    promise whom{};
  };

  std::optional<instant> due_{};  ///< Of the newest read for operators.
  std::vector<waiter> waiting_{};
};

}  // namespace sluice::actors
