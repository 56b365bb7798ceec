// What may be traded and how: one symbol's filters, and the universe of all of them.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
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
  bool closed{false};    ///< The venue takes no order of it, not even one that only reduces.
  bool offered{true};    ///< False: left out, or read too long ago; only exits may trade it.
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

/// Where symbols and rules come from, best first.
enum class universe_source : std::uint8_t {
  none,        ///< Nothing is known: every plan is denied.
  live,        ///< Read from the venue, young enough.
  last_good,   ///< Read from the venue, but too long ago to be called live, or to offer anything.
  configured,  ///< Names from the configuration, without any rule: exits only.
};
/// "none", "live", "last_good", "configured".
[[nodiscard]] std::string_view to_string(universe_source s);

/// All symbols of one exchangeInfo reply, or what stands in for one.
struct universe {
  std::vector<instrument_rules> instruments{};
  std::unordered_map<symbol, std::size_t> index{};  ///< Position in `instruments`.
  std::vector<venue_limit> limits{};
  instant read_at{};
  universe_source source{universe_source::none};

  /// After `instruments` changed.
  void rebuild_index();
  [[nodiscard]] const instrument_rules* find(const symbol& s) const {
    auto it = index.find(s);
    return it == index.end() ? nullptr : &instruments[it->second];
  }
};

/// Tells two universes apart by their rules and limits, wherever and whenever they were read. The
/// same in every process.
[[nodiscard]] std::uint64_t content_hash(const universe& u);

}  // namespace sluice
