// What may be traded and how: one symbol's filters, and the universe of all of them.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// Lower and upper end and grid of an order's quantity; all zero means "no such filter".
struct lot_rules {
  quantity min{};
  quantity max{};
  quantity step{};
};

/// One symbol as the venue's exchangeInfo describes it.
struct instrument_rules {
  symbol instrument{};
  bool tradable{false};  ///< status == TRADING; every other or unknown status is not tradable.
  std::string status{};  ///< The venue's word.
  std::string contract_type{};
  std::string quote_asset{};
  price tick{};
  price min_price{};
  price max_price{};
  lot_rules lot{};         ///< LOT_SIZE: orders that are not MARKET.
  lot_rules market_lot{};  ///< MARKET_LOT_SIZE.
  notional min_notional{};
};

/// One limit of the venue, e.g. REQUEST_WEIGHT 2400 a minute.
struct venue_limit {
  std::string type{};  ///< "REQUEST_WEIGHT" or "ORDERS".
  milliseconds window{};
  std::int64_t limit{0};
};

/// All symbols of one exchangeInfo reply. `source` says where it came from: "live", "last_good",
/// "configured".
struct universe {
  std::vector<instrument_rules> instruments{};
  std::unordered_map<symbol, std::size_t> index{};  ///< Position in `instruments`.
  std::vector<venue_limit> limits{};
  instant read_at{};
  std::string source{};

  [[nodiscard]] const instrument_rules* find(const symbol& s) const {
    auto it = index.find(s);
    return it == index.end() ? nullptr : &instruments[it->second];
  }
};

}  // namespace sluice
