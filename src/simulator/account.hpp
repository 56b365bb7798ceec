// One account's books: wallet, positions, orders, trades, and the arithmetic between them.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <map>
#include <set>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "brackets.hpp"
#include "limits.hpp"
#include "marks.hpp"
#include "sluice/simulator/ledger.hpp"
#include "sluice/simulator/settings.hpp"

namespace sluice::simulator {

/// Money that positions and resting orders bind, at the marks of one moment.
struct margin_sums {
  notional unrealised{};
  notional positions{};  ///< Initial margin of what is held.
  notional orders{};     ///< Initial margin of what resting orders may add.
  notional maintenance{};

  [[nodiscard]] notional initial() const { return positions + orders; }
  margin_sums& operator+=(const margin_sums& o);
  margin_sums& operator-=(const margin_sums& o);
};

/// The sums of crossed symbols with the wallet they share, and those of isolated ones beside.
struct margin_view : margin_sums {
  margin_sums isolated{};
  notional wallet{};     ///< Without what is set aside for isolated positions.
  notional balance{};    ///< Shared wallet and crossed unrealised.
  notional available{};  ///< For new positions; never negative.

  /// Of both kinds.
  [[nodiscard]] margin_sums total() const {
    margin_sums sum = *this;
    return sum += isolated;
  }
};

/// Which side of a trade the account was on: it came to a resting order, or was one.
enum class liquidity : std::uint8_t { taker, maker };

struct booked_fill {
  fill trade{};
  liquidity role{liquidity::taker};
};

class account {
 public:
  /// One leg of a symbol. It stays, flat, after a close: its realised sum goes on.
  struct position {
    const instrument* what{nullptr};
    position_side leg{position_side::both};
    quantity amount{};  ///< Signed; negative is short.
    price entry{};
    notional isolated{};  ///< Wallet of an isolated position: what it can lose.
    notional realised{};
    notional bids{};  ///< Value of resting orders that may add to it, by side.
    notional asks{};
    venue_time changed_at{};
  };
  /// Everything an account has on one symbol.
  struct holding {
    const instrument* what{nullptr};
    std::int64_t leverage{1};
    margin_type margin{margin_type::crossed};
    std::array<position, position_side_count> legs{};
    std::set<order_id> open{};
    margin_sums bound{};

    [[nodiscard]] bool flat() const;
    [[nodiscard]] const position& leg(position_side l) const {
      return legs[static_cast<std::size_t>(l)];
    }
  };
  using holdings = std::map<symbol, holding>;

  account(account_settings a, const settings& s);

  [[nodiscard]] const account_settings& owner() const { return owner_; }
  [[nodiscard]] notional wallet() const { return wallet_; }
  /// Without what is set aside for isolated positions.
  [[nodiscard]] notional crossed_wallet() const { return wallet_ - isolated_; }
  [[nodiscard]] order_limiter& limiter() { return limiter_; }
  [[nodiscard]] venue_time changed_at() const { return changed_at_; }
  [[nodiscard]] bool hedged() const { return hedged_; }
  [[nodiscard]] bool multi_assets() const { return multi_assets_; }
  void set_hedged(bool on) { hedged_ = on; }
  void set_multi_assets(bool on) { multi_assets_ = on; }

  /// None when the account never touched the symbol.
  [[nodiscard]] const holding* find(const symbol& s) const;
  /// A copy of what is held, or of nothing.
  [[nodiscard]] holding holding_or_flat(const instrument& i) const;
  [[nodiscard]] const holdings& all() const { return holdings_; }
  [[nodiscard]] quantity amount_of(const symbol& s, position_side leg = position_side::both) const;
  [[nodiscard]] std::int64_t leverage_of(const symbol& s) const;
  void set_leverage(const instrument& i, std::int64_t leverage, price mark);
  [[nodiscard]] margin_type margin_of(const symbol& s) const;
  /// The symbol must be flat and without orders.
  void set_margin(const instrument& i, margin_type m, price mark);
  /// Whether any symbol is isolated, held or not.
  [[nodiscard]] bool isolates() const;
  /// Legs that are not flat, by symbol.
  [[nodiscard]] std::vector<const position*> open_positions() const;
  [[nodiscard]] bool has_positions() const { return held_ > 0; }
  [[nodiscard]] margin_view margin() const;
  /// What the symbol would bind with these values added to one leg's resting orders.
  [[nodiscard]] margin_sums bound_with(const instrument& i, price mark, position_side leg,
                                       notional bids, notional asks) const;

  /// Takes a symbol's margin anew: after its mark, leverage, position or orders changed.
  void refresh(const instrument& i, price mark);
  void refresh_all(const mark_board& marks);

  /// Books a trade: moves position and wallet, fills in its realised profit, remembers it.
  const fill& book(fill f, const instrument& what, liquidity l);
  /// Books a funding payment (negative is paid).
  void pay_funding(const ledger_funding& paid);
  /// The insurance fund puts money in.
  void lift(notional amount, venue_time now);

  /// Keeps a new order, open until close_order.
  ledger_order& open_order(ledger_order o, const instrument& what);
  /// Takes an order that is final out of the open ones; the oldest final ones are forgotten.
  void close_order(const ledger_order& o);
  [[nodiscard]] ledger_order* edit_order(order_id id);
  [[nodiscard]] const std::set<order_id>& open_orders() const { return open_; }

  [[nodiscard]] const ledger_order* order_by_id(order_id id) const;
  /// The newest order of that client id.
  [[nodiscard]] const ledger_order* order_by_client_id(std::string_view id) const;
  [[nodiscard]] const std::map<order_id, ledger_order>& orders() const { return orders_; }
  [[nodiscard]] const std::deque<booked_fill>& fills() const { return fills_; }
  [[nodiscard]] account_ledger ledger() const;

 private:
  holding& holding_of(const instrument& i);
  [[nodiscard]] holding flat_holding(const instrument& i) const;
  void move_position(position& p, fill& f);
  void set_aside(position& p, notional amount);
  [[nodiscard]] margin_sums& sums_of(const holding& h) {
    return h.margin == margin_type::isolated ? bound_isolated_ : bound_;
  }
  void recount_resting(holding& h) const;
  void forget_oldest();

  account_settings owner_{};
  notional wallet_{};
  notional realised_{};
  notional fees_{};
  notional funding_{};
  notional cleared_{};
  std::int64_t leverage_{1};
  std::size_t history_max_{0};
  order_limiter limiter_;
  venue_time changed_at_{};
  bool hedged_{false};
  bool multi_assets_{false};
  holdings holdings_{};
  std::int64_t held_{0};  ///< Legs that are not flat.
  margin_sums bound_{};   ///< By crossed symbols.
  margin_sums bound_isolated_{};
  notional isolated_{};  ///< Set aside for isolated positions, all together.
  std::deque<booked_fill> fills_{};
  std::deque<ledger_funding> fundings_{};
  std::map<order_id, ledger_order> orders_{};
  std::set<order_id> open_{};
  std::deque<order_id> final_{};
  std::unordered_map<client_order_id, order_id> newest_{};
};

/// Profit of holding `p` that is not realised yet at `mark`.
[[nodiscard]] constexpr notional unrealised_of(const account::position& p, price mark) {
  return (mark - p.entry) * p.amount;
}

/// What one leg binds at a mark, its resting orders included.
[[nodiscard]] margin_sums bound_by(const account::position& p, price mark, std::int64_t leverage);

/// Whether an order of that side can only take off its leg: hedge mode says so by the side.
[[nodiscard]] constexpr bool closes_leg(position_side leg, side direction) {
  return (leg == position_side::long_ && direction == side::sell) ||
         (leg == position_side::short_ && direction == side::buy);
}

}  // namespace sluice::simulator
