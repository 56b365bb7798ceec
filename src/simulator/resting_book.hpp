// Resting orders of all accounts by symbol and price, so that a mark finds those it crosses
// without looking at any other.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <set>
#include <vector>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/side.hpp"

namespace sluice::simulator {

/// Names one resting order.
struct resting_order {
  std::size_t owner{0};
  order_id id{0};
};

class resting_book {
 public:
  /// `symbol_index` is the instrument's place in the listing.
  void add(std::size_t symbol_index, side direction, price at, resting_order o);
  /// Harmless when it is not there.
  void remove(std::size_t symbol_index, side direction, price at, order_id id);
  /// Symbols with at least one resting order, in listing order.
  [[nodiscard]] std::vector<std::size_t> symbols() const;
  /// Bids at or above the mark and asks at or below it: best price first, then the oldest.
  [[nodiscard]] std::vector<resting_order> crossed(std::size_t symbol_index, price mark) const;

 private:
  struct place {
    std::int64_t rank{0};  ///< The price, negated for bids: the best one first on both sides.
    order_id id{0};
    auto operator<=>(const place&) const = default;
  };
  struct sides {
    std::map<place, std::size_t> bids{};
    std::map<place, std::size_t> asks{};
  };
  std::map<std::size_t, sides> books_{};
};

}  // namespace sluice::simulator
