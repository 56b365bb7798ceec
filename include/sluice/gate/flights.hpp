// Our orders that are not yet resolved and reflected in truth, per position, as the gate sees them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sluice/gate/gate_actions.hpp"

namespace sluice {

/// What an order adds to a position, until truth shows it. Nothing for one that only reduces.
struct entry_size {
  quantity amount{};  ///< >= 0.
  price valued_at{};  ///< The mark when it was permitted; zero when not known.
};

class flights {
 public:
  void permitted(const position_key& key, const plan_id& plan, const entry_size& adds, instant now);
  void recovered(const recovered_order& r);
  /// An order of the last run traded at `at`: what reads show before `lag_over_at` may be of
  /// before.
  void traded_before(const position_key& key, const plan_id& plan, instant at, instant lag_over_at);

  /// Takes over what the executor reports. A report on an order that nobody knows is taken as one
  /// of ours that was forgotten, unless it says that nothing came of it. For `read_lag` a read may
  /// still show what was before.
  void moved(const order_moved& m, milliseconds read_lag);

  /// Drops those that `seen` reflects: it was proven after the order was resolved, or its content
  /// is of the order's venue time or later. What is as it was before the order, or is of before its
  /// last trade, must be proven after the lag of reads.
  void reflect(const position_key& key, const truth_view& seen);

  /// The same for all positions; `truth_of` gives the truth of a key.
  template <class TruthOf>
  void reflect_all(const TruthOf& truth_of) {
    for (auto at = by_position_.begin(); at != by_position_.end();) {
      drop_reflected(at->second, truth_of(at->first));
      at = at->second.empty() ? by_position_.erase(at) : std::next(at);
    }
  }

  /// What is added by orders of ours that no truth shows yet, and how often, per position:
  /// fn(position_key, plan_id, entry_size) for each of its entries, those of one position together.
  template <class F>
  void for_each_entry(const F& fn) const {
    for (const auto& [key, here] : by_position_)
      for (const auto& f : here)
        if (f.adds.amount.sign() > 0)
          fn(key, f.order.plan, f.adds);
  }
  /// What an order of this plan adds, when one that adds something is under way.
  [[nodiscard]] std::optional<entry_size> entry_of(const position_key& key,
                                                   const plan_id& plan) const;

  /// Entries of which more may be traded yet: fn(position_key, entry_size).
  template <class F>
  void for_each_unresolved_entry(const F& fn) const {
    for (const auto& [key, here] : by_position_)
      for (const auto& f : here)
        if (f.adds.amount.sign() > 0 && f.order.phase != flight_phase::unreflected)
          fn(key, f.adds);
  }
  [[nodiscard]] bool entry_unresolved() const;

  /// A plan between two orders is judged again now. Gives the plan that withdrew it meanwhile.
  std::optional<plan_id> judged_again(const position_key& key, const plan_id& plan);
  /// A cancel of the last run was allowed for a plan that was between two orders then.
  void withdrawn_before(const plan_id& plan, const plan_id& by) { withdrawn_.emplace(plan, by); }
  /// Withdraws a plan that is between two orders; false when none has this id. One whose order has
  /// yet to leave is withdrawn when nothing comes of that; not without `unless_sent`,
  /// for a successor that finds the place taken and does not come.
  bool withdraw(const plan_id& plan, const plan_id& by, bool unless_sent);
  /// The one that blocks most: unknown before permitted before unreflected. An entry also waits for
  /// an exit that is between two orders.
  [[nodiscard]] std::optional<order_in_flight> worst(const position_key& key, lane of) const;
  /// A read proven after this instant may reflect every resolved order, and one after the lag of
  /// reads does: asked for from then on. Nothing while one is not resolved.
  [[nodiscard]] std::optional<instant> reflected_after(const position_key& key, instant now) const;
  [[nodiscard]] std::size_t positions() const { return by_position_.size(); }

 private:
  struct ending {
    instant at{};
    venue_time venue_at{};                        ///< 0 when the venue gave none.
    std::optional<std::uint64_t> truth_before{};  ///< See order_moved.
    venue_time traded_at{};
    instant lag_over_at{};
    /// Of an order of the last run: nobody knows what truth was at before it.
    bool of_last_run{false};
  };
  struct flight {
    order_in_flight order{};
    ending end{};
    entry_size adds{};
    bool has_left{false};
  };
  [[nodiscard]] static bool is_reflected(const ending& end, const truth_view& seen);
  static void drop_reflected(std::vector<flight>& here, const truth_view& seen);
  [[nodiscard]] static int weight(flight_phase phase);
  [[nodiscard]] bool has_yet_to_leave(const plan_id& plan) const;
  void erase_if_empty(const position_key& key);

  std::unordered_map<position_key, std::vector<flight>> by_position_{};
  std::unordered_map<position_key, std::vector<order_in_flight>> between_{};
  // Plans and who withdrew them:
  std::unordered_map<plan_id, plan_id> withdrawn_{};  ///< Of those in between_ or left.
  std::unordered_map<plan_id, plan_id> withdrawn_unless_sent_{};
};

}  // namespace sluice
