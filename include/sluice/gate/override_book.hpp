// The overrides in force: how each begins and ends, and what the gate's settings are with them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sluice/domain/record.hpp"
#include "sluice/gate/overrides.hpp"

namespace sluice {

/// An override that an operator wants.
struct override_order {
  std::string key{};
  std::string value{};
  std::string author{};
  std::string reason{};
  milliseconds lasts{0};
  std::optional<milliseconds> fresh_for{};  ///< Ends it earlier, once its cause is gone that long.
};

/// What an order led to: either faults, each naming the field of the order, or a change.
struct override_outcome {
  std::vector<setting_fault> faults{};
  std::optional<setting_override> now{};  ///< In force, or the one that was reverted.
  std::vector<record_body> records{};     ///< For the journal, in order.
};

/// How fresh everything is that has to be; none where something of it is not known at all.
struct freshness_seen {
  std::optional<milliseconds> oldest_truth{};
  std::optional<milliseconds> oldest_mark{};
  milliseconds promised{0};  ///< Of truth.
};

/// Pure; for one thread. One override per key; none outlives its end, none passes its ceiling.
class override_book {
 public:
  static constexpr milliseconds lasts_max{24 * 3'600'000};
  static constexpr milliseconds fresh_for_min{1'000};

  explicit override_book(gate_settings normal);

  /// Takes up what the journal has; ends what ran out or is not allowed any more.
  std::vector<record_body> resume(const std::vector<setting_override>& stored, std::int64_t last_id,
                                  const override_floors& floors, const stamp& now);
  override_outcome set(const override_order& wanted, const override_floors& floors,
                       const stamp& now);
  override_outcome revert(const std::string& key, const std::string& author,
                          const std::string& reason, const stamp& now);
  /// Ends those whose time is over: by the steady clock, and where that stood still while the
  /// machine slept by the wall clock, too. A wall clock that is set ends none otherwise.
  std::vector<record_body> tick(const stamp& now, bool machine_slept);
  /// Ends those whose cause has been gone for long enough. Ask about once a second while
  /// `watches`; what happens between two looks is not seen.
  std::vector<record_body> look(const freshness_seen& seen, const stamp& now);

  /// Other normal settings from now on; every override stands until its own end. Ends those that
  /// are not allowed over them, since what is shown must be what holds.
  [[nodiscard]] std::vector<record_body> normal(gate_settings now);
  /// The normal settings with all overrides.
  [[nodiscard]] const gate_settings& in_force() const { return in_force_; }
  [[nodiscard]] const gate_settings& normal() const { return normal_; }
  [[nodiscard]] std::vector<std::int64_t> ids() const;  ///< Ascending.
  [[nodiscard]] std::vector<setting_override> standing() const;
  [[nodiscard]] bool watches() const;
  [[nodiscard]] std::optional<instant> next_deadline() const;

 private:
  struct standing_override {
    setting_override what{};
    instant ends{};
    std::optional<instant> fresh_since{};
  };
  using list = std::vector<standing_override>;

  void end(list::iterator at, override_end why, std::string author, std::string reason,
           std::vector<record_body>& out);
  [[nodiscard]] list::iterator find(std::string_view key);
  [[nodiscard]] bool is_fresh(const setting_override& o, const freshness_seen& seen) const;
  void settle();

  gate_settings normal_;
  gate_settings in_force_;
  std::int64_t last_id_{0};
  list standing_{};  ///< Oldest first.
};

}  // namespace sluice
