// Where orders are checked against the venue's rules and filled.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "account.hpp"
#include "parameters.hpp"
#include "random_source.hpp"

namespace sluice::simulator {

/// An order before the venue has looked at more than its spelling.
struct order_draft {
  const instrument* what{nullptr};
  side direction{side::buy};
  quantity amount{};
  bool reduce_only{false};
  bool result_reply{false};
  order_origin origin{order_origin::api};
  client_order_id id{};
};

/// Something to tell an account's user streams, as the JSON text of the event.
struct user_event {
  std::size_t account{0};
  std::string type{};
  std::string text{};
};

/// Quantity against MARKET_LOT_SIZE: -4003, -1111, -4004, -4005, -4023.
[[nodiscard]] std::optional<venue_error> check_market_lot(const instrument& i, quantity amount);

class order_desk {
 public:
  order_desk(const settings& s, const mark_board& marks);

  /// Checks and fills a market order of `accounts[owner]`; events are appended in their order:
  /// ORDER_TRADE_UPDATE NEW, then for each trade ACCOUNT_UPDATE and ORDER_TRADE_UPDATE TRADE, all
  /// of one T. A refused order leaves no trace.
  [[nodiscard]] outcome<ledger_order> place(account& who, std::size_t owner, order_draft d,
                                            venue_time now, std::vector<user_event>& events);
  [[nodiscard]] client_order_id random_client_id() { return client_order_id{random_.word(22)}; }

 private:
  [[nodiscard]] std::optional<venue_error> check(const account& who, order_draft& d) const;
  [[nodiscard]] std::optional<venue_error> check_reduce_only(const account& who,
                                                             order_draft& d) const;
  [[nodiscard]] std::optional<venue_error> check_margin(const account& who,
                                                        const order_draft& d) const;
  [[nodiscard]] std::vector<quantity> split(const order_draft& d);
  [[nodiscard]] price fill_price(const order_draft& d, std::size_t trade) const;
  void fill_all(account& who, std::size_t owner, const order_draft& d, ledger_order& o,
                std::vector<user_event>& events);

  const mark_board* marks_{nullptr};
  random_source random_;
  std::int64_t taker_fee_ppm_{0};
  std::int64_t half_spread_bp_{0};
  std::int64_t fills_max_{1};
  oversized_reduce oversized_{oversized_reduce::shrink};
  client_id_scope unique_ids_{client_id_scope::open_orders};
  order_id next_order_{0};
  trade_id next_trade_{0};
};

}  // namespace sluice::simulator
