// Finds out whether the user stream is mute: alive, and silent about what reads show.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/truth/merge.hpp"

namespace sluice::actors {

/// Pure. A change that a read shows must be told by the stream too, soon; only changes since the
/// stream opened count, known by a good account-wide read in between.
class mute_watch {
 public:
  /// How much later than a read the stream may tell the same change.
  explicit mute_watch(milliseconds patience) : patience_(patience) {}

  void stream_opened(instant at) {
    opened_at_ = at;
    proven_ = false;
    missing_.clear();
  }
  void stream_closed() {
    opened_at_.reset();
    missing_.clear();
  }
  /// Whether there is a stream, and not known to be mute.
  [[nodiscard]] bool hears() const { return opened_at_.has_value(); }
  /// An account-wide read, after its changes were shown.
  void account_read(instant sent_at) { proven_ = proven_ || (opened_at_ && sent_at > *opened_at_); }
  /// A read showed this position changed. That it is gone may be known as late as absence is
  /// doubted, and have come before the stream did.
  void changed_by_read(const position_key& position, const truth& after, instant at) {
    if (!opened_at_ || !proven_)
      return;
    if (!amount_of(after).is_zero() || between(*opened_at_, at) >= absence_lag_max + patience_)
      missing_.try_emplace(position, at);
  }
  /// The stream told of this position.
  void told_by_stream(const position_key& position) { missing_.erase(position); }

  /// The position that the stream should have told of; the watch then waits for a new stream.
  [[nodiscard]] std::optional<position_key> look(instant now) {
    for (const auto& [position, since] : missing_)
      if (now - since >= duration{patience_}) {
        const auto found = position;
        stream_closed();
        return found;
      }
    return std::nullopt;
  }
  /// When to look next; none when nothing is missing.
  [[nodiscard]] std::optional<instant> next_look() const {
    std::optional<instant> first;
    for (const auto& [position, since] : missing_)
      if (!first || since + duration{patience_} < *first)
        first = since + duration{patience_};
    return first;
  }

 private:
  milliseconds patience_;
  std::optional<instant> opened_at_{};
  bool proven_{false};
  std::map<position_key, instant> missing_{};
};

}  // namespace sluice::actors
