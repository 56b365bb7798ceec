// When the service manager is told what: ready, status, signs of life, the end.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sluice/domain/time.hpp"

namespace sluice::actors {

/// What a look shows.
struct service_view {
  instant now{};
  bool truth_complete{false};   ///< Universe and account were read, and no position is unknown.
  std::uint64_t gate_turns{0};  ///< Grows whenever the gate has handled a message.
  std::string words{};          ///< For people: mode, trading state, oldest age, why not ready.
};

/// Pure; for one thread. Every function gives datagrams for the service manager, in order.
class service_talk {
 public:
  /// A start that waits for the venue is given so much more time, again and again.
  static constexpr milliseconds extension{30'000};
  static constexpr milliseconds extension_pause{5'000};
  static constexpr milliseconds words_pause{10'000};

  /// `watchdog`: within which time a sign of life is due; none: nobody waits for one.
  explicit service_talk(std::optional<milliseconds> watchdog) : watchdog_(watchdog) {}

  /// READY=1 with the first complete truth that a living gate can judge by; before it, more time
  /// to start. WATCHDOG=1 at half its time, STATUS= when it changed and at most each 10 s. A gate
  /// that stands still gets neither time nor signs of life.
  [[nodiscard]] std::vector<std::string> look(const service_view& seen);
  /// The configuration is being read again; nothing before READY=1.
  [[nodiscard]] std::vector<std::string> reloading(instant now) const;
  [[nodiscard]] std::vector<std::string> reloaded() const;
  /// The process ends: nothing is told after this.
  [[nodiscard]] std::vector<std::string> stopping(const std::string& why);

 private:
  [[nodiscard]] bool is_over(const std::optional<instant>& last, milliseconds pause,
                             instant now) const;

  std::optional<milliseconds> watchdog_;
  bool ready_{false};
  bool stopping_{false};
  std::uint64_t turns_told_{0};  ///< The gate's, when it was last taken for a sign of life.
  std::optional<instant> alive_told_{};
  std::optional<instant> extended_{};
  std::optional<instant> words_told_{};
  std::string words_{};
};

}  // namespace sluice::actors
