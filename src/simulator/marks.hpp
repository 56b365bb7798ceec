// Mark prices: a seeded walk, one step a tick, and marks set from outside.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "instruments.hpp"
#include "random_source.hpp"
#include "sluice/simulator/venue.hpp"

namespace sluice::simulator {

/// The next whole eight hours of the venue's clock, strictly after.
[[nodiscard]] constexpr std::int64_t next_funding(std::int64_t now_ms) {
  constexpr std::int64_t period_ms = 8LL * 3600 * 1000;
  return (now_ms / period_ms + 1) * period_ms;
}

class mark_board {
 public:
  mark_board(const settings& s, const listing& l);

  [[nodiscard]] price of(const instrument& i) const { return rows_[listing_->index_of(i)].mark; }
  /// Takes up symbols that the listing has got since.
  void grow();
  /// One step of every tradable symbol that is not pinned; a symbol pinned for one tick is freed.
  void step();
  void set(const instrument& i, price p, mark_pin pin);
  void release(const instrument& i);

  /// One !markPrice@arr payload: all tradable symbols of a contract type, COIN-M rows beside the
  /// perpetual ones; empty when there are none.
  [[nodiscard]] std::string array_text(std::string_view contract, std::int64_t event_ms) const;
  /// One bookTicker payload.
  [[nodiscard]] std::string book_text(const instrument& i, std::int64_t event_ms,
                                      std::uint64_t update) const;
  /// One <symbol>@markPrice payload.
  [[nodiscard]] std::string row_text(const instrument& i, std::int64_t event_ms) const;
  /// One premiumIndex object.
  [[nodiscard]] std::string index_text(const instrument& i, std::int64_t now_ms) const;

 private:
  enum class hold : std::uint8_t { free, next_tick, until_released };
  struct row {
    price mark{};
    hold held{hold::free};
  };
  [[nodiscard]] std::string row_of(std::string_view name, const std::string& mark,
                                   std::int64_t event_ms, int st) const;

  const listing* listing_{nullptr};
  std::vector<row> rows_{};
  random_source random_;
  std::int64_t volatility_bp_{0};
  std::string funding_rate_{};
  std::int64_t half_spread_bp_{0};
  std::size_t coin_symbols_{0};
};

}  // namespace sluice::simulator
