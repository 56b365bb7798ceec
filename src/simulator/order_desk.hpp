// Where orders are checked against the venue's rules, filled, rested and cancelled.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "account.hpp"
#include "order_draft.hpp"
#include "parameters.hpp"
#include "random_source.hpp"
#include "resting_book.hpp"

namespace sluice::simulator {

/// Something to tell an account's user streams, as the JSON text of the event.
struct user_event {
  std::size_t account{0};
  std::string type{};
  std::string text{};
};

/// Best prices of the book that the venue makes around the mark, on the tick.
struct quotes {
  price bid{};
  price ask{};
};

/// The numbers of "er", why an order ended without being filled.
enum class expiry : std::uint8_t {
  none = 0,
  not_filled_at_once = 2,
  knocked_out = 4,
  liquidated = 5,
  delisted = 7,
  thin_book = 9
};

/// What a change of a resting order asks for.
struct order_change {
  order_id id{0};
  side direction{side::buy};
  quantity amount{};
  price limit{};
};

class order_desk {
 public:
  order_desk(const settings& s, const listing& l, const mark_board& marks,
             std::vector<account>& accounts);

  /// Checks an order and lets it trade. Events of a fill: ORDER_TRADE_UPDATE NEW, then for each
  /// trade TRADE_LITE, ACCOUNT_UPDATE and ORDER_TRADE_UPDATE TRADE, all of one T. A refused order
  /// leaves no trace.
  [[nodiscard]] outcome<ledger_order> place(std::size_t owner, order_draft d, venue_time now);
  /// Only the checks, as order/test has them.
  [[nodiscard]] std::optional<venue_error> test(std::size_t owner, order_draft d) const;
  /// Gives the order as CANCELED; -2011 when it is not open.
  [[nodiscard]] outcome<ledger_order> cancel(std::size_t owner, order_id id, venue_time now);
  /// All open ones of a symbol; with a reason they expire instead.
  void cancel_all(std::size_t owner, const symbol& s, venue_time now, expiry why = expiry::none);
  /// New quantity and price of a LIMIT order, at the end of the queue.
  [[nodiscard]] outcome<ledger_order> modify(std::size_t owner, const order_change& c,
                                             venue_time now);
  /// Fills what the marks have crossed and ends what has lived long enough.
  void match(venue_time now);
  /// Resting reduce-only orders never add up to more than the leg they reduce.
  void fit_reducing(std::size_t owner, const instrument& i, position_side leg, venue_time now);

  [[nodiscard]] quotes quote(const instrument& i) const;
  /// The price of a level of the book, a tick apart: the other side's (OPPONENT) or the own one's
  /// (QUEUE). None for any other word.
  [[nodiscard]] std::optional<price> matched_price(const instrument& i, side direction,
                                                   std::string_view word) const;
  [[nodiscard]] static bool is_price_match(std::string_view word);
  [[nodiscard]] client_order_id random_client_id() { return client_order_id{random_.word(22)}; }
  void tell(std::size_t owner, std::string type, std::string text) {
    events_.push_back({owner, std::move(type), std::move(text)});
  }
  [[nodiscard]] std::vector<user_event> take_events() { return std::exchange(events_, {}); }
  /// Accounts and symbols that traded since the last call.
  [[nodiscard]] std::vector<std::pair<std::size_t, symbol>> take_traded() {
    return std::exchange(traded_, {});
  }

 private:
  struct part {
    quantity amount{};
    price at{};
    bool last{true};  ///< Of those that happen at once.
  };

  [[nodiscard]] std::optional<venue_error> check(std::size_t owner, order_draft& d) const;
  [[nodiscard]] std::optional<venue_error> check_price(const order_draft& d) const;
  [[nodiscard]] std::optional<venue_error> check_reducing(const account& who, order_draft& d) const;
  [[nodiscard]] std::optional<venue_error> check_margin(const account& who,
                                                        const order_draft& d) const;
  [[nodiscard]] std::optional<venue_error> check_change(const account& who, const ledger_order& o,
                                                        const order_change& c) const;
  [[nodiscard]] quantity resting_reduction(const account& who, const symbol& s,
                                           position_side leg) const;

  [[nodiscard]] std::vector<quantity> split(const instrument& i, quantity amount,
                                            std::int64_t trades);
  /// How much each of its trades takes, as settings, chance and script say; zero is none.
  [[nodiscard]] std::vector<quantity> amounts_of(const order_draft& d);
  /// The trades an order makes at once: each a tick worse, none beyond its limit.
  [[nodiscard]] std::vector<part> immediate(const order_draft& d);
  [[nodiscard]] std::optional<venue_error> check_unfit(const order_draft& d,
                                                       const std::vector<part>& parts) const;
  [[nodiscard]] ledger_order make_order(const order_draft& d, quantity asked, venue_time now);
  void execute(std::size_t owner, const order_draft& d, ledger_order& o,
               const std::vector<part>& parts);
  void trade(std::size_t owner, const instrument& i, ledger_order& o, const part& p, liquidity l,
             const order_draft* placed);
  void tell_account(std::size_t owner, const instrument& i, position_side leg, venue_time at);
  void end(std::size_t owner, ledger_order& o, order_status status, expiry why, venue_time now);
  void rest(std::size_t owner, const ledger_order& o);
  void match_one(const resting_order& named, venue_time now);
  void expire_due(venue_time now);
  [[nodiscard]] const instrument& instrument_of(const ledger_order& o) const;

  const listing* listing_{nullptr};
  const mark_board* marks_{nullptr};
  std::vector<account>* accounts_{nullptr};
  resting_book book_{};
  std::map<std::pair<std::int64_t, order_id>, std::size_t> good_till_{};  ///< To the owner.
  std::vector<user_event> events_{};
  std::vector<std::pair<std::size_t, symbol>> traded_{};
  random_source random_;
  std::int64_t taker_fee_ppm_{0};
  std::int64_t half_spread_bp_{0};
  std::int64_t fills_max_{1};
  oversized_reduce oversized_{oversized_reduce::shrink};
  client_id_scope unique_ids_{client_id_scope::open_orders};
  trading_rules rules_{};
  order_id next_order_{0};
  trade_id next_trade_{0};
};

}  // namespace sluice::simulator
