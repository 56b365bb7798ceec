// Plans that wait for a read: bounded per lane, exits first, each found by position and by time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sluice/gate/gate_actions.hpp"

namespace sluice {

struct parked_plan {
  plan_ptr what{};
  std::uint64_t ticket{0};  ///< Order of arrival; 0 until it is parked for the first time.
  instant until{};          ///< When it is judged for the last time.
  int times_judged{0};
  bool again{false};  ///< The executor had it before.
};

class parking_lot {
 public:
  parking_lot(std::size_t exit_max, std::size_t entry_max);

  /// False, and nothing changed, when the plan's lane is full. A plan that was taken out and is put
  /// back keeps its ticket and so its place.
  [[nodiscard]] bool park(parked_plan p);

  /// Takes out all that wait for a position, or all: exits first, each lane in order of arrival.
  [[nodiscard]] std::vector<parked_plan> take(const position_key& key);
  [[nodiscard]] std::vector<parked_plan> take_all();
  /// Takes out those whose time has come, exits first.
  [[nodiscard]] std::vector<parked_plan> take_due(instant now);
  [[nodiscard]] std::optional<parked_plan> take(const plan_id& id);

  [[nodiscard]] bool waits(const position_key& key) const { return by_position_.contains(key); }
  [[nodiscard]] std::optional<instant> next_due() const;
  [[nodiscard]] std::size_t size(lane l) const;
  [[nodiscard]] bool empty() const { return plans_.empty(); }

 private:
  /// Exits sort before entries, then by arrival.
  using place = std::pair<lane, std::uint64_t>;

  [[nodiscard]] parked_plan take_out(place at);
  [[nodiscard]] std::vector<parked_plan> take_out(const std::vector<place>& places);

  std::size_t exit_max_{0};
  std::size_t entry_max_{0};
  std::size_t exits_{0};
  std::uint64_t last_ticket_{0};
  std::map<place, parked_plan> plans_{};
  std::set<std::pair<instant, place>> by_time_{};
  std::unordered_map<position_key, std::set<place>> by_position_{};
};

}  // namespace sluice
