// Which plan an order was for, remembered for a while after its end, so that late fills find it.
#pragma once

#include <cstddef>
#include <deque>
#include <optional>
#include <unordered_map>

#include "sluice/domain/ids.hpp"

namespace sluice::actors {

/// Keeps the last 10,000.
class finished_orders {
 public:
  static constexpr std::size_t kept_max = 10'000;

  void add(const client_order_id& order, const plan_id& plan) {
    if (plans_.emplace(order, plan).second)
      by_age_.push_back(order);
    while (by_age_.size() > kept_max) {
      plans_.erase(by_age_.front());
      by_age_.pop_front();
    }
  }

  [[nodiscard]] std::optional<plan_id> find(const client_order_id& order) const {
    const auto at = plans_.find(order);
    if (at == plans_.end())
      return std::nullopt;
    return at->second;
  }

 private:
  std::unordered_map<client_order_id, plan_id> plans_{};
  std::deque<client_order_id> by_age_{};
};

}  // namespace sluice::actors
