// Which regular orders our conditional orders became: the venue may give them a client id of its
// own, and only its report of the conditional order says whose they are.
#pragma once

#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/execution/client_id.hpp"

namespace sluice::actors {

/// Pure. Gives reports of such orders the client id of the conditional order they came from, so
/// that everybody after it takes their fills for ours. While one of ours is triggering, reports of
/// orders of its symbol that nobody has claimed wait, at most two seconds, for its name.
class stop_births {
 public:
  static constexpr milliseconds wait_max{2'000};
  static constexpr std::size_t names_max = 1'000;

  explicit stop_births(std::string account) : account_(std::move(account)) {}

  /// Gives what may be told of orders now, in the order in which it came.
  [[nodiscard]] std::vector<order_update> on_conditional(const conditional_report& told,
                                                         instant now) {
    if (!is_ours(account_, told.client_id))
      return {};
    if (told.triggered_order != 0)
      learn({told.instrument, told.triggered_order}, told.client_id);
    if (told.status == conditional_status::triggering) {
      triggering_[told.instrument] = now + wait_max;
      return {};
    }
    // A NEW says nothing of another stop of the symbol that is triggering.
    if (told.status == conditional_status::new_)
      return {};
    triggering_.erase(told.instrument);
    return release([&](const order_update& u) { return u.report.instrument == told.instrument; });
  }

  [[nodiscard]] std::vector<order_update> on_order(order_update told, instant now) {
    auto out = overdue(now);
    const key order{told.report.instrument, told.report.id};
    if (!is_ours(account_, told.report.client_id) && !names_.contains(order) &&
        triggering_.contains(told.report.instrument)) {
      waiting_.push_back(std::move(told));
      return out;
    }
    out.push_back(named(std::move(told)));
    return out;
  }

  /// What has waited long enough.
  [[nodiscard]] std::vector<order_update> overdue(instant now) {
    std::erase_if(triggering_, [&](const auto& t) { return t.second <= now; });
    return release(
        [&](const order_update& u) { return !triggering_.contains(u.report.instrument); });
  }

  [[nodiscard]] std::optional<instant> next_due() const {
    std::optional<instant> next;
    for (const auto& [instrument, until] : triggering_)
      if (!next || until < *next)
        next = until;
    return next;
  }

 private:
  using key = std::pair<symbol, order_id>;

  void learn(const key& order, const client_order_id& id) {
    if (!names_.emplace(order, id).second)
      return;
    by_age_.push_back(order);
    if (by_age_.size() > names_max) {
      names_.erase(by_age_.front());
      by_age_.pop_front();
    }
  }

  [[nodiscard]] order_update named(order_update u) const {
    const auto at = names_.find({u.report.instrument, u.report.id});
    if (at == names_.end())
      return u;
    u.report.client_id = at->second;
    if (u.trade)
      u.trade->client_id = at->second;
    return u;
  }

  template <class May>
  std::vector<order_update> release(const May& may) {
    std::vector<order_update> out;
    std::vector<order_update> kept;
    for (auto& u : waiting_)
      if (may(u))
        out.push_back(named(std::move(u)));
      else
        kept.push_back(std::move(u));
    waiting_ = std::move(kept);
    return out;
  }

  std::string account_;
  std::map<symbol, instant> triggering_{};  ///< Until when its orders wait.
  std::map<key, client_order_id> names_{};
  std::deque<key> by_age_{};
  std::vector<order_update> waiting_{};
};

}  // namespace sluice::actors
