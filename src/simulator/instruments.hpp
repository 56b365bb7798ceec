// What the venue lists: well-known contracts first, generated ones after, and the document about
// them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/simulator/settings.hpp"

namespace sluice::simulator {

struct filter_change;

/// One perpetual contract against USDT.
struct instrument {
  symbol name{};
  std::string base{};
  std::string status{"TRADING"};
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

/// All of them, in listing order; same settings, same list.
class listing {
 public:
  explicit listing(const settings& s);
  [[nodiscard]] const std::vector<instrument>& all() const { return all_; }
  [[nodiscard]] const instrument* find(std::string_view name) const;
  void set_status(const instrument& i, std::string status) {
    all_[index_of(i)].status = std::move(status);
  }
  void change_filters(const instrument& i, const filter_change& c);
  /// Position in all(); the instrument must be of this listing.
  [[nodiscard]] std::size_t index_of(const instrument& i) const {
    return static_cast<std::size_t>(&i - all_.data());
  }

 private:
  std::vector<instrument> all_{};
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
