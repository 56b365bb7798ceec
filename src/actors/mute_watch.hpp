// Finds out whether the user stream is mute: alive, and silent about what reads show.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/truth/read_scheduler.hpp"

namespace sluice::actors {

/// Pure. A change that a read shows must be told by the stream too, soon; only changes since the
/// stream opened count, known by a good account-wide read in between.
class mute_watch {
 public:
  /// `patience`: how much later than a read the stream may tell the same change. `read_lag`: how
  /// old what a read shows may be when it is sent; a read sent within it of the stream's opening
  /// may lack what the stream before was there to tell.
  mute_watch(milliseconds patience, milliseconds read_lag)
      : patience_(patience), read_lag_(read_lag) {}

  void stream_opened(instant at) {
    opened_at_ = at;
    proven_ = false;
    missing_.clear();
  }
  void stream_closed() {
    opened_at_.reset();
    missing_.clear();
  }
  /// An account-wide read, after its changes were shown.
  void account_read(instant sent_at) {
    proven_ = proven_ || (opened_at_ && sent_at > *opened_at_ + duration{read_lag_});
  }
  /// From when on an account-wide read shows what the stream was there to tell; none once one has.
  [[nodiscard]] std::optional<instant> unproven_until() const {
    if (!opened_at_ || proven_)
      return std::nullopt;
    return *opened_at_ + duration{read_lag_} + milliseconds{1};
  }
  /// A read showed this position changed.
  void changed_by_read(const position_key& position, instant at) {
    if (opened_at_ && proven_)
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
  milliseconds read_lag_;
  std::optional<instant> opened_at_{};
  bool proven_{false};
  std::map<position_key, instant> missing_{};
};

/// Wants an account-wide read that proves what the stream is there to tell, unless one waits
/// already. After one that failed or came too early not at once.
inline void want_proof(const mute_watch& watch, read_scheduler& reads, instant now) {
  constexpr milliseconds pause{1'000};
  const auto at = watch.unproven_until();
  if (!at || reads.waits_until(read_target::account()))
    return;
  const auto due = now < *at ? *at : now + duration{pause};
  static_cast<void>(
      reads.want({read_target::account(), read_priority::verification, due, *at}, now));
}

}  // namespace sluice::actors
