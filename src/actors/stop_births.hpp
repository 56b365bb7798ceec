// Which regular orders our conditional orders became: the venue may give them a client id of its
// own, and only its report of the conditional order says whose they are.
#pragma once

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/protective_stop.hpp"
#include "sluice/execution/client_id.hpp"

namespace sluice::actors {

/// Pure. Gives reports of such orders the client id of the conditional order they came from, so
/// that everybody after it takes their fills for ours. The venue promises no order across its
/// events: reports that nobody has claimed wait, at most two seconds, for a name while one of ours
/// is triggering, and where they go the way of one of ours that rests, which may just be doing so.
class stop_births {
 public:
  static constexpr milliseconds wait_max{2'000};
  static constexpr std::size_t names_max = 1'000;

  explicit stop_births(std::string account) : account_(std::move(account)) {}

  /// One of an earlier run, or that the venue has confirmed.
  void rests(const client_order_id& id, const position_key& position, side direction) {
    resting_[position.instrument].insert_or_assign(id, std::pair{position.leg, direction});
  }

  /// What we know of one of ours, whatever the stream told of it or kept: whatever has been sent
  /// may rest. Gives what may be told of orders now.
  [[nodiscard]] std::vector<order_update> on_stop(const protective_stop& s) {
    if (s.state == stop_state::intended)
      return {};
    const auto& on = s.position.instrument;
    if (s.triggered_order != 0)
      learn({on, s.triggered_order}, s.id);
    if (s.state <= stop_state::cancelling) {
      rests(s.id, s.position, s.direction);
      return {};
    }
    if (s.state == stop_state::triggered && s.triggered_order == 0)
      return {};  // Its order is still to be named.
    return ended(on, s.id, s.triggered_order);
  }

  /// Gives what may be told of orders now, in the order in which it came.
  [[nodiscard]] std::vector<order_update> on_conditional(const conditional_report& told,
                                                         instant now) {
    if (!is_ours(account_, told.client_id))
      return {};
    if (told.triggered_order != 0)
      learn({told.instrument, told.triggered_order}, told.client_id);
    if (told.status == conditional_status::triggering) {
      triggering_[told.instrument] = {now + wait_max, told.client_id};
      return {};
    }
    // A NEW says nothing of another stop of the symbol that is triggering.
    if (told.status == conditional_status::new_) {
      rests(told.client_id, {told.instrument, told.leg}, told.direction);
      return {};
    }
    return ended(told.instrument, told.client_id, told.triggered_order);
  }

  [[nodiscard]] std::vector<order_update> on_order(order_update told, instant now) {
    auto out = overdue(now);
    if (was_forced(told)) {
      for (auto& earlier : release([&](const order_update& u) {
             return u.report.instrument == told.report.instrument && u.report.id == told.report.id;
           }))
        out.push_back(std::move(earlier));
    } else if (is_nameless(told.report)) {
      if (goes_the_way_of_a_stop(told.report))
        triggering_.try_emplace(told.report.instrument, now + wait_max, client_order_id{});
      if (triggering_.contains(told.report.instrument)) {
        waiting_.push_back(std::move(told));
        return out;
      }
    }
    out.push_back(named(std::move(told)));
    return out;
  }

  /// What has waited long enough.
  [[nodiscard]] std::vector<order_update> overdue(instant now) {
    std::erase_if(triggering_, [&](const auto& t) { return t.second.until <= now; });
    return release(
        [&](const order_update& u) { return !triggering_.contains(u.report.instrument); });
  }

  [[nodiscard]] std::optional<instant> next_due() const {
    std::optional<instant> next;
    for (const auto& [instrument, pending] : triggering_)
      if (!next || pending.until < *next)
        next = pending.until;
    return next;
  }

 private:
  using key = std::pair<symbol, order_id>;
  struct wait {
    instant until{};
    client_order_id stop{};  ///< That is triggering; empty when it is only supposed.
  };

  /// Nothing waits for a stop that has ended; but another one of its symbol may be triggering.
  std::vector<order_update> ended(const symbol& on, const client_order_id& id, order_id became) {
    if (const auto at = resting_.find(on); at != resting_.end()) {
      at->second.erase(id);
      if (at->second.empty())
        resting_.erase(at);
    }
    if (const auto at = triggering_.find(on); at != triggering_.end()) {
      const auto& stop = at->second.stop;
      const bool supposed = stop.empty();
      if (stop == id || (supposed && (became != 0 || !resting_.contains(on))))
        triggering_.erase(at);
    }
    return release([&](const order_update& u) {
      return u.report.instrument == on && !triggering_.contains(on);
    });
  }

  /// The venue names what it gives itself, and no stop of ours becomes such an order.
  [[nodiscard]] static bool was_forced(const order_update& u) {
    return u.trade && u.trade->given_by != order_giver::client;
  }

  [[nodiscard]] bool is_nameless(const order_report& r) const {
    return !is_ours(account_, r.client_id) && !names_.contains({r.instrument, r.id});
  }

  [[nodiscard]] bool goes_the_way_of_a_stop(const order_report& r) const {
    const auto at = resting_.find(r.instrument);
    return at != resting_.end() && std::ranges::any_of(at->second, [&](const auto& s) {
             return s.second == std::pair{r.leg, r.direction};
           });
  }

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
  std::map<symbol, wait> triggering_{};  ///< What orders of a symbol wait for.
  std::map<symbol, std::map<client_order_id, std::pair<position_side, side>>> resting_{};
  std::map<key, client_order_id> names_{};
  std::deque<key> by_age_{};
  std::vector<order_update> waiting_{};
};

}  // namespace sluice::actors
