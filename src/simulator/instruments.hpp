// What the venue lists: well-known contracts first, generated ones after, and the document about
// them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "random_source.hpp"
#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/simulator/settings.hpp"
#include "sluice/simulator/symbol_change.hpp"

namespace sluice::simulator {

/// One perpetual contract against USDT.
struct instrument {
  symbol name{};
  std::string base{};
  std::string status{"TRADING"};
  std::string contract{"PERPETUAL"};
  price tick{};
  price min_price{};
  price max_price{};
  quantity step{};        ///< Of all orders; also the least quantity.
  quantity max{};         ///< LOT_SIZE.
  quantity market_max{};  ///< MARKET_LOT_SIZE.
  notional min_notional{};
  int price_digits{0};     ///< Of the tick.
  int price_precision{0};  ///< One more than the tick has, so that it cannot be mistaken for it.
  int quantity_digits{0};
  price first_mark{};
};

inline constexpr std::size_t listing_max = 11'100;

/// All of them, in listing order; same settings, same list.
class listing {
 public:
  explicit listing(const settings& s);
  [[nodiscard]] const std::vector<instrument>& all() const { return all_; }
  [[nodiscard]] const instrument* find(std::string_view name) const;
  /// Sets what the change names, and what follows from it. The instrument must be of this listing.
  void change(const instrument& i, const symbol_change& c);
  /// Lists further symbols until there are `total`, listing_max at most.
  void grow(std::size_t total);
  /// Position in all(); the instrument must be of this listing.
  [[nodiscard]] std::size_t index_of(const instrument& i) const {
    return static_cast<std::size_t>(&i - all_.data());
  }

 private:
  void append(const std::string& status);
  void list(instrument i);

  random_source random_;
  std::unordered_set<std::string> taken_{};
  std::uint64_t attempts_{0};
  std::vector<instrument> all_{};  ///< Never moves: pointers into it are held.
  std::unordered_map<std::string_view, std::size_t> index_{};
};

/// exchangeInfo, built once; only its serverTime changes.
class exchange_info {
 public:
  exchange_info(const settings& s, const listing& l);
  [[nodiscard]] std::string document(std::int64_t server_time_ms) const;

 private:
  std::string before_{};
  std::string after_{};
};

/// Decimal text with at least `digits` digits after the point: the venue pads per symbol.
[[nodiscard]] std::string padded(std::int64_t raw, int digits);
template <class Tag>
[[nodiscard]] std::string padded(fixed<Tag> value, int digits) {
  return padded(value.raw(), digits);
}

}  // namespace sluice::simulator
