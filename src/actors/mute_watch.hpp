// Finds out whether the user stream is mute: alive, and silent about what reads show.
#pragma once

#include <map>
#include <optional>

#include "sluice/domain/exchange_port.hpp"
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
  /// With the same moment on our wall clock, and what makes the venue's of that. While this is not
  /// known, the venue's times place nothing: ours may be hours ahead.
  void stream_opened(instant at, const std::optional<clock_offset>& clock, wall_time wall) {
    stream_closed();
    opened_at_ = at;
    opened_venue_ = {clock ? wall.ms + clock->offset.count() : 0};
  }
  void stream_closed() {
    opened_at_.reset();
    told_.clear();
    closes_.clear();
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
    if (is_no_news(what))
      return false;
    if (!may_be_older(what)) {
      missing_.emplace(what.position, untold{at, amount_of(what.before)});
      return true;
    }
    if (after.is_zero()) {
      told_.erase(what.position);
      closes_[what.position] = {at, amount_of(what.before)};
    }
    return false;
  }
  void told_by_stream(const position_key& position, quantity amount) {
    told_[position] = amount;
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

  /// Told, perhaps after a read had shown it; or a close that does not count, taken back.
  [[nodiscard]] bool is_no_news(const truth_changed& what) const {
    const auto after = amount_of(what.after.content);
    if (const auto told = told_.find(what.position); told != told_.end() && told->second == after)
      return true;
    const auto close = closes_.find(what.position);
    return close != closes_.end() && close->second.amount_before == after &&
           what.proven_until < close->second.since + duration{absence_lag_max};
  }
  /// Whether it may have come before the stream.
  [[nodiscard]] bool may_be_older(const truth_changed& what) const {
    const bool gone = std::holds_alternative<position_flat>(what.after.content);
    const auto changed_at = what.after.changed_at;
    return what.proven_until < *opened_at_ + duration{gone ? absence_lag_max : milliseconds{0}} ||
           (changed_at.ms > 0 && changed_at < opened_venue_);
  }

  std::optional<instant> opened_at_{};
  venue_time opened_venue_{};
  std::map<position_key, quantity> told_{};
  std::map<position_key, untold> closes_{};  ///< Such as do not count.
  std::map<position_key, untold> missing_{};
};

}  // namespace sluice::actors
