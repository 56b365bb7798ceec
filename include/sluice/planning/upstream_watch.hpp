// What of ours is under way on a position, so that no part of it is reckoned from a truth that has
// not seen it.
#pragma once

#include <unordered_map>

#include "sluice/domain/plan.hpp"
#include "sluice/planning/order_watch.hpp"

namespace sluice {

/// Fed from the journal's records, and from the orders and plans that a start inherits: orders of
/// every kind, and plans that open or reduce.
class upstream_watch {
 public:
  void begun(const client_order_id& order, const position_key& position) {
    orders_.begun(order, position);
  }
  /// Nothing more can happen to it, as we learned at `at`.
  void ended(const client_order_id& order, instant at) { orders_.ended(order, at); }
  void accepted(const plan& p);
  /// It was not allowed, or nothing more is done for it.
  void ended(const plan_id& p) { plans_.erase(p); }

  /// An order, or a plan whose order may come.
  [[nodiscard]] bool under_way(const position_key& position) const;
  /// True when the truth was asked for after the last of our orders had ended.
  [[nodiscard]] bool has_seen(const truth_view& seen, const position_key& position) const;

 private:
  order_watch orders_{};
  std::unordered_map<plan_id, symbol> plans_{};
};

}  // namespace sluice
