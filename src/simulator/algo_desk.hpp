// Conditional orders: kept until a mark triggers them, then handed on as regular ones.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "order_desk.hpp"

namespace sluice::simulator {

class algo_desk {
 public:
  algo_desk(const settings& s, const listing& l, const mark_board& marks,
            std::vector<account>& accounts, order_desk& orders);

  /// Checks the conditional order but not its margin, which the venue leaves to the trigger:
  /// -4015, -4061, -4140, quantity and price filters, -4116, -4045, -2021, -4509.
  [[nodiscard]] outcome<ledger_algo> place(std::size_t owner, ledger_algo a, venue_time now);
  /// -2011 when it is not open, -4117 while it is triggering.
  [[nodiscard]] outcome<ledger_algo> cancel(std::size_t owner, std::int64_t id, venue_time now);
  void cancel_all(std::size_t owner, const symbol& s, venue_time now);
  void expire_all(std::size_t owner, const symbol& s, std::string_view why, venue_time now);
  /// Triggers what the marks have reached and carries on what is triggering.
  void run(venue_time now);
  /// Triggered ones are finished when the orders they became are.
  void finish(venue_time now);
  /// After a trade: GTE_GTC orders end with their position.
  void end_with_position(std::size_t owner, const symbol& s, venue_time now);

  [[nodiscard]] const ledger_algo* by_id(std::size_t owner, std::int64_t id) const;
  [[nodiscard]] const ledger_algo* by_client_id(std::size_t owner, std::string_view id) const;
  [[nodiscard]] const std::map<std::int64_t, ledger_algo>& all(std::size_t owner) const {
    return books_[owner].orders;
  }
  [[nodiscard]] const std::set<std::int64_t>& open(std::size_t owner) const {
    return books_[owner].open;
  }
  /// The regular order a triggered one became, null before or when it is forgotten.
  [[nodiscard]] const ledger_order* actual(std::size_t owner, const ledger_algo& a) const;

 private:
  struct algo_book {
    std::map<std::int64_t, ledger_algo> orders{};
    std::set<std::int64_t> open{};
    std::vector<std::int64_t> triggered{};  ///< Whose regular orders live.
    std::unordered_map<client_order_id, std::int64_t> newest{};
  };

  [[nodiscard]] std::optional<venue_error> check(std::size_t owner, const ledger_algo& a) const;
  [[nodiscard]] std::optional<venue_error> check_prices(const instrument& i,
                                                        const ledger_algo& a) const;
  void watch(std::size_t owner, ledger_algo& a, venue_time now);
  void fire(std::size_t owner, ledger_algo& a, venue_time now);
  [[nodiscard]] order_draft draft_of(std::size_t owner, const ledger_algo& a);
  void change(std::size_t owner, ledger_algo& a, algo_status status, venue_time now);
  void tell(std::size_t owner, const ledger_algo& a);
  void forget_oldest(algo_book& b);
  [[nodiscard]] const instrument& instrument_of(const ledger_algo& a) const;

  const listing* listing_{nullptr};
  const mark_board* marks_{nullptr};
  std::vector<account>* accounts_{nullptr};
  order_desk* orders_{nullptr};
  trading_rules rules_{};
  std::size_t history_max_{0};
  std::vector<algo_book> books_{};
  std::int64_t next_{0};
};

}  // namespace sluice::simulator
