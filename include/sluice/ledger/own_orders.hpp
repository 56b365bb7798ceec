// A bounded book of our orders by the venue's numbers: trades read back name nothing else.
#pragma once

#include <cstddef>
#include <deque>
#include <map>
#include <optional>
#include <utility>

#include "sluice/domain/ids.hpp"

namespace sluice {

/// One of our orders, as far as it is known.
struct own_order_name {
  client_order_id client_id{};
  plan_id plan{};
};

/// Keeps the last 20,000.
class own_orders {
 public:
  static constexpr std::size_t kept_max = 20'000;

  /// Numbers of zero are passed over; what is known already is completed, not lost.
  void learn(const symbol& instrument, order_id order, const own_order_name& name) {
    if (order == 0)
      return;
    const auto [at, is_new] = orders_.try_emplace({instrument, order}, name);
    if (!is_new) {
      if (at->second.client_id.empty())
        at->second.client_id = name.client_id;
      if (at->second.plan.empty())
        at->second.plan = name.plan;
      return;
    }
    by_age_.push_back(at->first);
    if (by_age_.size() > kept_max) {
      orders_.erase(by_age_.front());
      by_age_.pop_front();
    }
  }

  [[nodiscard]] std::optional<own_order_name> find(const symbol& instrument, order_id order) const {
    const auto at = orders_.find({instrument, order});
    if (at == orders_.end())
      return std::nullopt;
    return at->second;
  }

 private:
  using key = std::pair<symbol, order_id>;
  std::map<key, own_order_name> orders_{};
  std::deque<key> by_age_{};
};

}  // namespace sluice
