// Reads orders out of requests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "order_draft.hpp"
#include "parameters.hpp"

namespace sluice::simulator {

struct venue_state;

/// The draft a POST order asks for: -1102, -1106, -1111, -1115, -1116, -1117, -1130, -4060, -4120.
[[nodiscard]] outcome<order_draft> read_draft(venue_state& v, const parameters& p, bool hedged,
                                              std::int64_t now_ms);

/// Fields that regular and conditional orders share.
[[nodiscard]] outcome<side> read_side(const parameters& p);
[[nodiscard]] outcome<position_side> read_leg(const parameters& p);
/// selfTradePreventionMode, EXPIRE_MAKER when absent.
[[nodiscard]] outcome<std::string> read_self_trade(const parameters& p);
/// Whether newOrderRespType asks for the RESULT; ACK when absent.
[[nodiscard]] outcome<bool> read_wants_result(const parameters& p);
/// How reduceOnly is refused in hedge mode, sent with whatever value.
[[nodiscard]] venue_error reduce_in_hedge(const trading_rules& rules);
/// "true" or "false"; false when absent.
[[nodiscard]] outcome<bool> read_flag(const parameters& p, std::string_view name);
/// Refuses texts with more than eight digits after the point (-1111) and what is no number.
[[nodiscard]] outcome<quantity> read_quantity(const parameters& p);
[[nodiscard]] outcome<price> read_price(const parameters& p, std::string_view name);

/// The end of an order's life in milliseconds: whole seconds, more than 10 minutes ahead. 0 for any
/// other time in force than GTD, which may not have one.
[[nodiscard]] outcome<std::int64_t> read_good_till(const parameters& p, bool good_till_date,
                                                   std::int64_t now_ms);
/// "NONE" when absent. Refused: beside a price (-1106), and words that name no level of the book
/// (-1130), the suspended ones among them.
[[nodiscard]] outcome<std::string> read_price_match(const parameters& p);

}  // namespace sluice::simulator
