// Which symbols the venue's own countdown is armed for: a sign of life while orders of ours are
// open, so that the venue cancels them when no more signs come.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/execution/settings.hpp"

namespace sluice {

/// Arm the countdown of this symbol, or disarm it with zero; on_answer takes the answer.
struct set_countdown {
  symbol instrument{};
  milliseconds after{};
  friend bool operator==(const set_countdown&, const set_countdown&) = default;
};

/// Whether signs of life may be given.
enum class dead_man_health : std::uint8_t {
  healthy,
  unhealthy,  ///< No signs: then the venue cancels.
  ending      ///< The process ends in order: no signs, and what is not needed is disarmed at once.
};

/// Pure. The venue's countdown cancels all regular orders of a symbol, whosever they are, and no
/// conditional ones. So a symbol without an order of ours is disarmed whatever the health is. There
/// are `symbols_max` places; whoever holds one makes a call at most every `refresh`, disarming
/// included, so that no more weight is spent than dead_man_weight_1m says; an end costs one more
/// call of each.
class dead_man {
 public:
  /// Orders that end sooner are not worth a call, where none is armed yet.
  static constexpr milliseconds open_min{500};

  explicit dead_man(dead_man_settings settings) : settings_(settings) {}

  void order_opened(const client_order_id& id, const symbol& instrument, instant now);
  void order_ended(const client_order_id& id);

  /// Call it about twice a second.
  [[nodiscard]] std::vector<set_countdown> on_tick(instant now, dead_man_health health);
  /// `outcome` of the call that was made for this symbol last.
  void on_answer(const set_countdown& asked, const change_outcome<countdown_armed>& outcome);

  /// Symbols whose countdown runs at the venue, or may run.
  [[nodiscard]] std::vector<symbol> armed() const;
  /// True while a call has no answer yet.
  [[nodiscard]] bool is_asking() const;
  /// Symbols with open orders of ours that found no place at the last tick.
  [[nodiscard]] std::uint64_t left_out() const { return left_out_; }
  /// Countdowns that ran out because no sign was given.
  [[nodiscard]] std::uint64_t lapsed() const { return lapsed_; }

 private:
  struct open_order {
    symbol instrument{};
    instant since{};
  };
  struct place {
    instant sent_at{};
    bool asking{false};
    bool armed{false};
    bool let_go{false};     ///< The last call was to disarm it.
    instant runs_out_at{};  ///< Meaningful while armed.
  };

  dead_man_settings settings_;
  std::unordered_map<client_order_id, open_order> orders_{};
  std::map<symbol, place> places_{};
  std::uint64_t left_out_{0};
  std::uint64_t lapsed_{0};
};

}  // namespace sluice
