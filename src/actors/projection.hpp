// The operator's picture of orders, holds, ledger and exits, folded from the journal's records
// alone.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>

#include "sluice/domain/record.hpp"

namespace sluice::actors {

/// One of our orders as it stands.
struct order_line {
  client_order_id id{};
  plan_id plan{};
  order_request request{};
  order_state state{order_state::intended};
  quantity executed{};
  std::string detail{};
  wall_time changed_at{};
};

/// Counted since the process started.
struct plan_counts {
  std::uint64_t accepted{0};
  std::uint64_t allowed{0};
  std::uint64_t denied{0};
  std::uint64_t expired{0};
  std::map<std::string, std::uint64_t> by_reason{};
  std::map<std::string, std::uint64_t> by_end{};  ///< Of those allowed, by how they ended.
};
struct order_counts {
  std::uint64_t sent{0};
  std::uint64_t filled{0};
};

/// Pure. Orders are bounded: resolved ones are forgotten oldest first.
class projection {
 public:
  static constexpr std::size_t orders_kept_max = 500;

  void apply(const record& r);
  /// The ledger as the journal had it at start.
  void ledger_line(const position_key& key, quantity amount) { ledger_[key] = amount; }
  /// One that was not resolved at the start; the oldest first.
  void restore(order_line o) { orders_.push_front(std::move(o)); }
  void restore(const hold& h) { holds_[h.position] = h; }
  void restore(const close_arming& a) { armings_[a.id] = a; }
  void restore(const exit_state& s) { exits_[s.position] = s; }
  void restore(const protective_stop& s) { stops_[s.number] = s; }

  [[nodiscard]] const plan_counts& plans() const { return plans_; }
  [[nodiscard]] const order_counts& orders_counted() const { return order_counts_; }
  [[nodiscard]] const std::deque<order_line>& orders() const { return orders_; }  ///< Newest first.
  [[nodiscard]] const std::map<position_key, hold>& holds() const { return holds_; }
  /// Closes that are armed, by id.
  [[nodiscard]] const std::map<std::int64_t, close_arming>& armings() const { return armings_; }
  /// Funding since the process started, by asset; negative is paid.
  [[nodiscard]] const std::map<std::string, notional>& funding() const { return funding_; }
  [[nodiscard]] std::optional<quantity> ledger(const position_key& key) const;
  [[nodiscard]] std::optional<exit_state> exit(const position_key& key) const;
  /// Protective stops that have not ended, by number.
  [[nodiscard]] const std::map<std::int64_t, protective_stop>& stops() const { return stops_; }

 private:
  void take(const plan_accepted& b, const stamp& at);
  void take(const plan_judged& b, const stamp& at);
  void take(const plan_continued&, const stamp&) {}
  void take(const plan_finished& b, const stamp&) {
    ++plans_.by_end[std::string(to_string(b.how))];
  }
  void take(const order_intended& b, const stamp& at);
  void take(const order_changed& b, const stamp& at);
  void take(const fill_recorded& b, const stamp& at);
  void take(const ledger_adjusted& b, const stamp& at);
  void take(const hold_placed& b, const stamp& at);
  void take(const hold_released& b, const stamp& at);
  void take(const exit_changed& b, const stamp& at);
  void take(const truth_changed&, const stamp&) {}
  void take(const state_changed&, const stamp&) {}
  void take(const funding_booked& b, const stamp& at);
  void take(const equity_peaked&, const stamp&) {}
  void take(const universe_kept&, const stamp&) {}
  void take(const override_set&, const stamp&) {}
  void take(const override_ended&, const stamp&) {}
  void take(const close_armed& b, const stamp&) { armings_[b.what.id] = b.what; }
  void take(const close_disarmed& b, const stamp&) { armings_.erase(b.what.id); }
  void take(const stop_changed& b, const stamp& at);
  void take(const flatten_ordered&, const stamp&) {}
  void take(const flatten_ended&, const stamp&) {}
  void take(const settings_changed&, const stamp&) {}
  void take(const notice&, const stamp&) {}

  plan_counts plans_{};
  order_counts order_counts_{};
  std::deque<order_line> orders_{};
  std::map<position_key, hold> holds_{};
  std::map<std::int64_t, close_arming> armings_{};
  std::map<std::string, notional> funding_{};
  std::map<position_key, quantity> ledger_{};
  std::map<position_key, exit_state> exits_{};
  std::map<std::int64_t, protective_stop> stops_{};
};

}  // namespace sluice::actors
