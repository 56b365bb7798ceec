// Which reads the gate has asked for, so that it asks once and not again before it makes sense.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "sluice/gate/gate_actions.hpp"

namespace sluice {

class urgent_reads {
 public:
  urgent_reads(milliseconds retry, milliseconds lost_after);
  /// From the next read on.
  void pauses(milliseconds retry, milliseconds lost_after) {
    retry_ = retry;
    lost_after_ = lost_after;
  }

  /// True when the read should be asked for now; it then counts as asked. Not while one for the
  /// position is outstanding, and not before the pause after the last one is over, unless what is
  /// wanted is newer than that one; an exit waits for neither when the last was an entry's.
  [[nodiscard]] bool ask(const read_wanted& wanted, instant now);

  /// An account-wide read answers for every position.
  void finished(const read_done& done, instant now);
  /// Nobody waits for the position any more: drops what is not under way.
  void forget(const position_key& key, instant now);

  /// Positions to be looked at again: pause over, or the read was lost.
  [[nodiscard]] std::vector<position_key> due(instant now) const;
  /// When to look again; maybe too early, never too late.
  [[nodiscard]] std::optional<instant> next_due() const { return wake_; }
  /// After those due have been asked for again or forgotten.
  void rearm();
  /// Why the last read of the position failed; empty when it did not. What is not for exits is no
  /// reason for them: what a read before it failed by stays, as long as an exit asks.
  [[nodiscard]] const std::string& last_failure(const position_key& key, lane of) const;
  [[nodiscard]] std::size_t outstanding() const;

 private:
  static constexpr std::size_t failure_text_max = 200;

  struct entry {
    lane traffic{lane::entry};
    bool outstanding{false};
    instant asked_at{};
    instant again_at{};  ///< Lost after this while outstanding; else not to be asked before.
    std::string failure{};
    std::string exits_failure{};  ///< The same, without what is not for exits.
  };
  [[nodiscard]] static bool must_wait(const entry& e, const read_wanted& wanted, instant now);
  void wake_at(entry& e, instant at);
  void finish(entry& e, const read_done& done, instant now);

  duration retry_{};
  duration lost_after_{};
  std::unordered_map<position_key, entry> entries_{};
  std::optional<instant> wake_{};
};

}  // namespace sluice
