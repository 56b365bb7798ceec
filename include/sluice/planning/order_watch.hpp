// Which positions have orders of ours under way, and when the last one ended: what a truth has to
// be newer than to prove anything.
#pragma once

#include <optional>
#include <unordered_map>

#include "sluice/domain/truth.hpp"

namespace sluice {

/// Fed from the journal's records, and from the orders that a start inherits.
class order_watch {
 public:
  void begun(const client_order_id& order, const position_key& position);
  /// Nothing more can happen to it, as we learned at `at`.
  void ended(const client_order_id& order, instant at);

  [[nodiscard]] bool under_way(const position_key& position) const;
  /// None when no order on the position has ended yet.
  [[nodiscard]] std::optional<instant> last_end(const position_key& position) const;

 private:
  std::unordered_map<client_order_id, position_key> open_{};
  std::unordered_map<position_key, instant> ends_{};
};

}  // namespace sluice
