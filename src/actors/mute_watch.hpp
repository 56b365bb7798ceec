// Finds out whether the user stream is mute: alive, and silent about what reads show.
#pragma once

#include <map>
#include <optional>

#include "sluice/domain/record.hpp"
#include "sluice/truth/merge.hpp"

namespace sluice::actors {

/// How much later than a read the stream may tell the same change.
inline constexpr milliseconds stream_patience{2'000};

/// Pure. A change that a read shows must be told by the stream too, soon; only what is known to
/// have changed since the stream opened counts. That a position is gone is known by reads which may
/// lag for absence_lag_max: such a close may have come before the stream.
class mute_watch {
 public:
  void stream_opened(instant at) {
    stream_closed();
    opened_at_ = at;
  }
  void stream_closed() {
    opened_at_.reset();
    known_.clear();
    missing_.clear();
  }
  /// Whether there is a stream, and not known to be mute.
  [[nodiscard]] bool hears() const { return opened_at_.has_value(); }

  /// A read showed this position changed. One that shows the amount of before again takes it back:
  /// the venue's reads come from copies, some of which lag behind others. True while the stream
  /// owes a word of this position, and another read may tell that it does not.
  [[nodiscard]] bool changed_by_read(const truth_changed& what, instant at) {
    if (!opened_at_)
      return false;
    const auto after = amount_of(what.after.content);
    if (const auto found = missing_.find(what.position); found != missing_.end()) {
      if (after != found->second.amount_before)
        return true;
      missing_.erase(found);
      return false;
    }
    if (const auto known = known_.find(what.position);
        known != known_.end() && known->second == after)
      return false;
    const auto lag = after.is_zero() ? absence_lag_max : milliseconds{0};
    if (what.proven_until < *opened_at_ + duration{lag}) {
      known_[what.position] = amount_of(what.before);
      return false;
    }
    missing_.emplace(what.position, untold{at, amount_of(what.before)});
    return true;
  }
  void told_by_stream(const position_key& position, quantity amount) {
    known_[position] = amount;
    missing_.erase(position);
  }

  /// The position that the stream should have told of; the watch then waits for a new stream.
  [[nodiscard]] std::optional<position_key> look(instant now) {
    for (const auto& [position, change] : missing_)
      if (now - change.since >= duration{stream_patience}) {
        const auto found = position;
        stream_closed();
        return found;
      }
    return std::nullopt;
  }
  /// When to look next; none when nothing is missing.
  [[nodiscard]] std::optional<instant> next_look() const {
    std::optional<instant> first;
    for (const auto& [position, change] : missing_)
      if (!first || change.since + duration{stream_patience} < *first)
        first = change.since + duration{stream_patience};
    return first;
  }

 private:
  struct untold {
    instant since{};
    quantity amount_before{};
  };

  std::optional<instant> opened_at_{};
  /// What is no news: told, perhaps after a read had shown it, or from before a change that does
  /// not count.
  std::map<position_key, quantity> known_{};
  std::map<position_key, untold> missing_{};
};

}  // namespace sluice::actors
