// Our orders that are not yet resolved and reflected in truth, per position, as the gate sees them.
#pragma once

#include <cstddef>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sluice/gate/gate_actions.hpp"

namespace sluice {

class flights {
 public:
  void permitted(const position_key& key, const plan_id& plan, instant now);
  void recovered(const recovered_order& r);

  /// Takes over what the executor reports. A report on an order that nobody knows is taken as one
  /// of ours that was forgotten, unless it says that nothing came of it.
  void moved(const order_moved& m);

  /// Drops those that `seen` reflects: it was proven after the order was resolved, or its content
  /// is of the order's venue time or later.
  void reflect(const position_key& key, const truth_view& seen);

  /// A plan between two orders is judged again now.
  void judged_again(const position_key& key, const plan_id& plan);
  /// The one that blocks most: unknown before permitted before unreflected. An entry also waits for
  /// an exit that is between two orders.
  [[nodiscard]] std::optional<order_in_flight> worst(const position_key& key, lane of) const;
  /// A read proven after this instant reflects every resolved order; nothing while one is not.
  [[nodiscard]] std::optional<instant> reflected_after(const position_key& key) const;
  [[nodiscard]] std::size_t positions() const { return by_position_.size(); }

 private:
  struct flight {
    order_in_flight order{};
    instant resolved_at{};
    venue_time venue_at{};
  };
  [[nodiscard]] static int weight(flight_phase phase);
  void erase_if_empty(const position_key& key);

  std::unordered_map<position_key, std::vector<flight>> by_position_{};
  std::unordered_map<position_key, std::vector<order_in_flight>> between_{};
};

}  // namespace sluice
