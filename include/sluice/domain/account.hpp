// What the account and its symbols are set to and own, as the venue reports it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// The account's settings that decide whether we can trade it at all. The venue tells here what the
/// account may do; what the key may do is not readable on this API.
struct account_settings {
  bool can_trade{false};
  bool hedge_mode{false};
  bool multi_assets{false};
  bool can_withdraw{false};
  bool can_deposit{false};
};

/// What the venue adds later becomes `other`.
enum class margin_mode : std::uint8_t { cross, isolated, other };

struct symbol_settings {
  symbol instrument{};
  margin_mode margin{margin_mode::other};
  std::int64_t leverage{0};
  bool auto_add_margin{false};
  notional max_notional{};  ///< Largest position value at this leverage.
};

/// A part of one, e.g. 0.0065 for 0.65 %.
using ratio = fixed<struct ratio_tag>;

/// From `floor` to `cap` of position value this leverage and maintenance margin hold.
struct leverage_step {
  std::int64_t leverage{0};
  notional floor{};
  notional cap{};
  ratio maintenance{};
  notional deduction{};  ///< Maintenance margin = value * maintenance - deduction.
};
struct leverage_ladder {
  symbol instrument{};
  std::vector<leverage_step> steps{};  ///< In the venue's order, at least one.
};

struct asset_balance {
  std::string asset{};
  notional wallet{};
  notional available{};
  notional cross_unrealised{};
  bool counts_as_margin{true};
  venue_time updated_at{};
};

/// The account's totals in the venue's reference currency.
struct margin_summary {
  notional wallet{};
  notional unrealised{};
  notional margin{};  ///< wallet + unrealised.
  notional initial{};
  notional maintenance{};
  notional available{};
  bool of_usdt_alone{false};  ///< Single-asset mode: the totals say nothing of other assets.
};

/// Mark, index and funding of one symbol.
struct premium {
  symbol instrument{};
  price mark{};
  price index{};
  ratio funding{};
  venue_time next_funding_at{};
  venue_time at{};
};

}  // namespace sluice
