// What the journal's records say of the present UTC day and of the last hour: results, round trips
// and entries, folded, so that a restart forgets nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "sluice/domain/record.hpp"

namespace sluice {

/// Of one symbol on one UTC day, from our own fills.
struct symbol_day {
  std::int64_t round_trips{0};  ///< How often our books of one of its positions became flat.
  std::int64_t losses_in_a_row{0};
  notional trip_result{};  ///< Of the round trip that is not ended, as far as it is of today.
};

/// Money of the account on one UTC day, in the quote asset.
struct day_money {
  notional realised{};  ///< By the venue's word for each trade of the account, ours or not.
  notional fees{};      ///< Paid in the quote asset of their symbol; positive is paid.
  notional funding{};   ///< Received is positive.
  [[nodiscard]] notional result() const { return realised - fees + funding; }
};

/// How many entries there were before a moment.
struct entry_counts {
  std::int64_t minute{0};
  std::int64_t hour{0};
};

/// For one thread. Days are those of the venue's clock, minutes and hours of our steady one.
class trading_day {
 public:
  /// By how much the venue's clock is ahead of our wall clock, as it was measured.
  void venue_clock(milliseconds ahead) { venue_ahead_ = ahead; }
  /// Records in their order, each once; those of other kinds are ignored. A day begins with the
  /// first trade or booking that the venue names of it; what comes late of an earlier one counts
  /// for the last: no clock that is wrong frees anything.
  void take(const record_body& b, const stamp& at);

  /// An entry is on its way: what its intent says too, so that it is known from whoever tells
  /// first.
  void entry_sent(const plan_id& plan, const symbol& s, instant at);

  [[nodiscard]] day_money money(wall_time now) const;
  [[nodiscard]] symbol_day of(const symbol& s, wall_time now) const;
  /// Symbols with fills of ours today.
  [[nodiscard]] std::vector<symbol> symbols(wall_time now) const;

  [[nodiscard]] entry_counts entries(instant now) const;
  [[nodiscard]] entry_counts entries(const symbol& s, instant now) const;
  /// Whether the entry of this plan is among them.
  [[nodiscard]] bool has_entry(const plan_id& plan) const { return plans_.contains(plan); }
  /// How often the entry of this plan is in the counts of the account: 0 or 1.
  [[nodiscard]] entry_counts entries_of(const plan_id& plan, instant now) const;
  /// Symbols with entries in the last hour.
  [[nodiscard]] std::vector<symbol> entered(instant now) const;

 private:
  struct entry {
    instant at{};
    symbol instrument{};
    plan_id plan{};
  };
  void fold(const order_intended& b, const stamp& at);
  void fold(const fill_recorded& b, const stamp& at);
  void fold(const ledger_adjusted& b, const stamp& at);
  void fold(const funding_booked& b, const stamp& at);
  template <class Other>
  void fold(const Other&, const stamp&) {}
  void begin_day(std::int64_t day);
  [[nodiscard]] bool is_over(wall_time now) const;
  static void end_round_trip(symbol_day& day);
  void forget_before(instant hour);

  milliseconds venue_ahead_{0};
  std::int64_t day_{0};
  day_money money_{};
  std::unordered_map<symbol, symbol_day> by_symbol_{};
  std::unordered_set<position_key> flat_{};  ///< Our books became flat and nothing came since.
  std::deque<entry> entries_{};              ///< Of the last hour, oldest first.
  std::unordered_map<symbol, std::deque<instant>> entries_of_{};
  std::unordered_set<plan_id> plans_{};
};

}  // namespace sluice
