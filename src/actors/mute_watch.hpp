// Finds out whether the user stream is mute: alive, and silent about what reads show.
#pragma once

#include <algorithm>
#include <map>
#include <optional>

#include "sluice/domain/record.hpp"
#include "sluice/truth/merge.hpp"

namespace sluice::actors {

/// Pure. A change that a read shows must be told by the stream too, soon; only what is known to
/// have changed since the stream opened counts. That a position is gone is known by reads which may
/// lag for absence_lag_max: such a close may have come before the stream.
class mute_watch {
 public:
  /// The patience: how much later than a read the stream may tell the same change. The lag: how old
  /// any other change may be that a read shows first (`snapshot.read_lag_grace`).
  mute_watch(milliseconds patience, milliseconds lag) : patience_(patience), lag_(lag) {}

  void stream_opened(instant at) {
    stream_closed();
    opened_at_ = at;
  }
  void stream_closed() {
    opened_at_.reset();
    told_at_.clear();
    missing_.clear();
  }
  /// Whether there is a stream, and not known to be mute.
  [[nodiscard]] bool hears() const { return opened_at_.has_value(); }

  /// A read showed this position changed, perhaps beyond what the stream has told of it. One that
  /// shows the amount of before again takes it back: the venue's reads come from copies, some of
  /// which lag behind others. True when the stream should tell of it, and another read may.
  [[nodiscard]] bool changed_by_read(const truth_changed& what, instant at) {
    const auto after = amount_of(what.after.content);
    const auto lag = after.is_zero() ? std::max(lag_, absence_lag_max) : lag_;
    if (!opened_at_ || what.proven_until < *opened_at_ + duration{lag})
      return false;
    // Events that a read has outrun are no change, and told all the same.
    const auto told = told_at_.find(what.position);
    if (told != told_at_.end() && told->second >= what.proven_until)
      return false;
    const auto [found, is_new] =
        missing_.try_emplace(what.position, untold{at, amount_of(what.before)});
    if (is_new || after != found->second.amount_before)
      return true;
    missing_.erase(found);
    return false;
  }
  void told_by_stream(const position_key& position, instant at) {
    told_at_[position] = at;
    missing_.erase(position);
  }

  /// The position that the stream should have told of; the watch then waits for a new stream.
  [[nodiscard]] std::optional<position_key> look(instant now) {
    for (const auto& [position, change] : missing_)
      if (now - change.since >= duration{patience_}) {
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
      if (!first || change.since + duration{patience_} < *first)
        first = change.since + duration{patience_};
    return first;
  }

 private:
  struct untold {
    instant since{};
    quantity amount_before{};
  };

  milliseconds patience_;
  milliseconds lag_;
  std::optional<instant> opened_at_{};
  std::map<position_key, instant> told_at_{};
  std::map<position_key, untold> missing_{};
};

}  // namespace sluice::actors
