// One account's books: wallet, positions, orders, trades, and the arithmetic between them.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "limits.hpp"
#include "marks.hpp"
#include "sluice/simulator/ledger.hpp"
#include "sluice/simulator/settings.hpp"

namespace sluice::simulator {

/// Money of an account at the marks of one moment.
struct margin_view {
  notional unrealised{};
  notional initial{};  ///< Needed for the positions held.
  notional maintenance{};
  notional balance{};    ///< Wallet and unrealised.
  notional available{};  ///< For new positions; never negative.
};

class account {
 public:
  /// A position of one-way mode. It stays, flat, after a close: its realised sum goes on.
  struct position {
    const instrument* what{nullptr};
    quantity amount{};
    price entry{};
    notional realised{};
    venue_time changed_at{};
  };

  account(account_settings a, const settings& s);

  [[nodiscard]] const account_settings& owner() const { return owner_; }
  [[nodiscard]] notional wallet() const { return wallet_; }
  [[nodiscard]] std::int64_t leverage() const { return leverage_; }
  [[nodiscard]] order_limiter& limiter() { return limiter_; }
  [[nodiscard]] venue_time changed_at() const { return changed_at_; }

  /// None when the symbol was never traded.
  [[nodiscard]] const position* find(const symbol& s) const;
  [[nodiscard]] quantity amount_of(const symbol& s) const;
  /// Those that are not flat, by symbol.
  [[nodiscard]] std::vector<const position*> open_positions() const;
  [[nodiscard]] margin_view margin(const mark_board& marks) const;

  /// Books a trade: moves position and wallet, fills in its realised profit, remembers it.
  const fill& book(fill f, const instrument& what);
  /// Stores an order, replacing an older state of it.
  void store(const ledger_order& o);

  [[nodiscard]] const ledger_order* order_by_id(order_id id) const;
  /// The newest order of that client id.
  [[nodiscard]] const ledger_order* order_by_client_id(std::string_view id) const;
  [[nodiscard]] const std::deque<fill>& fills() const { return fills_; }
  [[nodiscard]] account_ledger ledger() const;

 private:
  void move_position(position& p, fill& f);

  account_settings owner_{};
  notional wallet_{};
  notional realised_{};
  notional fees_{};
  std::int64_t leverage_{1};
  std::size_t history_max_{0};
  order_limiter limiter_;
  venue_time changed_at_{};
  std::map<symbol, position> positions_{};
  std::deque<fill> fills_{};
  std::map<order_id, ledger_order> orders_{};
  std::unordered_map<client_order_id, order_id> newest_{};
};

/// Value of a position at a price times a ratio given in millionths, truncated.
[[nodiscard]] constexpr notional millionths_of(notional value, std::int64_t ppm) {
  return notional::from_raw(
      static_cast<std::int64_t>(static_cast<wide_int>(value.raw()) * ppm / 1'000'000));
}

/// Profit of holding `p` that is not realised yet at `mark`.
[[nodiscard]] constexpr notional unrealised_of(const account::position& p, price mark) {
  return (mark - p.entry) * p.amount;
}

/// Maintenance margin as a share of the value held, in millionths; below any initial margin.
inline constexpr std::int64_t maintenance_ppm = 4'000;

}  // namespace sluice::simulator
