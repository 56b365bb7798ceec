// When the service manager is told what: ready, status, signs of life, the end.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "sluice/domain/time.hpp"

namespace sluice::actors {

/// What a look shows.
struct service_view {
  instant now{};
  bool truth_complete{false};   ///< Universe and account were read, and no position is unknown.
  std::uint64_t gate_turns{0};  ///< Grows whenever the gate has handled a message.
  std::string words{};          ///< For people: mode, trading state, oldest age, why not ready.
};

/// Hands one datagram over; false when the service manager did not take it.
using service_sender = std::function<bool(const std::string& datagram)>;

/// "EXTEND_TIMEOUT_USEC=..." for so much more time to start.
[[nodiscard]] std::string more_time_word(milliseconds asked);

/// For one thread; knows no socket. A word counts as told when the sender took it: one that was
/// lost is tried again at the next look.
class service_talk {
 public:
  /// A start that waits for the venue is given so much more time, again and again.
  static constexpr milliseconds extension{30'000};
  static constexpr milliseconds extension_pause{5'000};
  static constexpr milliseconds words_pause{10'000};
  /// So that two that are lost leave the process alive.
  static constexpr int signs_each_period = 4;

  /// `watchdog`: within which time a sign of life is due; none: nobody waits for one.
  explicit service_talk(std::optional<milliseconds> watchdog) : watchdog_(watchdog) {}

  /// READY=1 with the first complete truth that a living gate can judge by; before it, more time
  /// to start. WATCHDOG=1 at a quarter of its time, STATUS= when it changed and at most each 10 s.
  /// A gate that stands still gets neither time nor signs of life.
  void look(const service_view& seen, const service_sender& send);
  /// The configuration is being read again; nothing before READY=1.
  void reloading(instant now, const service_sender& send);
  void reloaded(const service_sender& send);
  /// The process ends: nothing else is told after this.
  void stopping(const std::string& why, const service_sender& send);

 private:
  [[nodiscard]] bool is_over(const std::optional<instant>& last, milliseconds pause,
                             instant now) const;
  /// True when READY=1 was told just now.
  bool say_sign(const service_view& seen, const service_sender& send);
  void say_last(const service_sender& send);

  std::optional<milliseconds> watchdog_;
  bool ready_{false};
  bool reload_end_due_{false};  ///< Without it the service manager waits for ever.
  bool stopping_{false};
  std::string last_word_{};      ///< Until it is told.
  std::uint64_t turns_told_{0};  ///< The gate's, when it was last taken for a sign of life.
  std::optional<instant> alive_told_{};
  std::optional<instant> extended_{};
  std::optional<instant> words_told_{};
  std::string words_{};
};

}  // namespace sluice::actors
