// Every refusal the venue's own rules know: code, status, text, and how well the text is known.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "venue_error.hpp"

namespace sluice::simulator {

/// How much of a refusal the documentation at hand, or recorded replies, give. Nothing may lean on
/// a text that is not documented.
enum class wording : std::uint8_t {
  documented,  ///< Code and text.
  code_only,   ///< The code; the text is from memory.
  remembered   ///< Neither; both are from memory.
};

struct refusal {
  int http{400};
  std::int64_t code{0};
  wording known{wording::documented};
  std::string_view text{};  ///< "{}" stands for a value.
};

/// A code of several texts stands there several times, the usual text first.
inline constexpr std::array refusals{
    refusal{429, -1003, wording::documented,
            "Too many requests; current limit of IP({}) is {} requests per minute. Please use the "
            "websocket for live updates to avoid polling the API."},
    refusal{418, -1003, wording::documented,
            "Way too many requests; IP({}) banned until {}. Please use the websocket for live "
            "updates to avoid bans."},
    refusal{429, -1015, wording::documented,
            "Too many new orders; current limit is {} orders per {}."},
    refusal{400, -1021, wording::documented,
            "Timestamp for this request is outside of the recvWindow."},
    refusal{400, -1021, wording::documented,
            "Timestamp for this request was 1000ms ahead of the server's time."},
    refusal{400, -1022, wording::documented, "Signature for this request is not valid."},
    refusal{400, -1100, wording::remembered, "Illegal characters found in a parameter."},
    refusal{400, -1101, wording::remembered, "Too many parameters sent for this endpoint."},
    refusal{400, -1101, wording::remembered, "Duplicate values for parameter '{}' detected."},
    refusal{400, -1102, wording::documented,
            "Mandatory parameter '{}' was not sent, was empty/null, or malformed."},
    refusal{400, -1102, wording::code_only,
            "Param '{}' or '{}' must be sent, but both were empty/null!"},
    refusal{400, -1106, wording::code_only, "Parameter '{}' sent when not required."},
    refusal{400, -1111, wording::documented,
            "Precision is over the maximum defined for this asset."},
    refusal{400, -1115, wording::code_only, "Invalid timeInForce."},
    refusal{400, -1116, wording::code_only, "Invalid orderType."},
    refusal{400, -1117, wording::code_only, "Invalid side."},
    refusal{400, -1121, wording::documented, "Invalid symbol."},
    refusal{400, -1125, wording::documented, "This listenKey does not exist."},
    refusal{400, -1128, wording::code_only, "Combination of optional parameters invalid."},
    refusal{400, -1130, wording::code_only, "Data sent for parameter '{}' is not valid."},
    refusal{400, -1131, wording::remembered, "recvWindow must be more than 0."},
    refusal{400, -2011, wording::documented, "Unknown order sent."},
    refusal{400, -2013, wording::documented, "Order does not exist."},
    refusal{401, -2014, wording::documented, "API-key format invalid."},
    refusal{401, -2015, wording::documented, "Invalid API-key, IP, or permissions for action."},
    refusal{400, -2019, wording::documented, "Margin is insufficient."},
    refusal{400, -2021, wording::documented, "Order would immediately trigger."},
    refusal{400, -2022, wording::documented, "ReduceOnly Order is rejected."},
    refusal{400, -2025, wording::code_only, "Reach max open order limit."},
    refusal{400, -2027, wording::code_only,
            "Exceeded the maximum allowable position at current leverage."},
    refusal{400, -2028, wording::code_only,
            "Leverage is smaller than permitted: insufficient margin balance."},
    refusal{400, -4001, wording::remembered, "Price less than 0."},
    refusal{400, -4002, wording::code_only, "Price greater than max price."},
    refusal{400, -4003, wording::documented, "Quantity less than zero."},
    refusal{400, -4004, wording::code_only, "Quantity less than min quantity."},
    refusal{400, -4005, wording::documented, "Quantity greater than max quantity."},
    refusal{400, -4013, wording::code_only, "Price less than min price."},
    refusal{400, -4014, wording::code_only, "Price not increased by tick size."},
    refusal{400, -4015, wording::code_only, "Client order id is not valid."},
    refusal{400, -4016, wording::code_only, "Limit price can't be higher than {}."},
    refusal{400, -4023, wording::code_only, "Qty not increased by step size."},
    refusal{400, -4024, wording::code_only, "Limit price can't be lower than {}."},
    refusal{400, -4028, wording::code_only, "Leverage {} is not valid"},
    refusal{400, -4045, wording::code_only, "Reach max stop order limit."},
    refusal{400, -4046, wording::documented, "No need to change margin type."},
    refusal{400, -4047, wording::code_only,
            "Margin type cannot be changed if there exists open orders."},
    refusal{400, -4048, wording::code_only,
            "Margin type cannot be changed if there exists position."},
    refusal{400, -4059, wording::documented, "No need to change position side."},
    refusal{400, -4060, wording::code_only, "Invalid position side."},
    refusal{400, -4061, wording::documented,
            "Order's position side does not match user's setting."},
    refusal{400, -4062, wording::code_only, "Invalid or improper reduceOnly value."},
    refusal{400, -4067, wording::code_only,
            "Position side cannot be changed if there exists open orders."},
    refusal{400, -4068, wording::code_only,
            "Position side cannot be changed if there exists position."},
    refusal{400, -4082, wording::remembered, "Invalid number of batch place orders."},
    refusal{400, -4116, wording::documented, "ClientOrderId is duplicated."},
    refusal{400, -4117, wording::documented, "stop order is triggering"},
    refusal{400, -4118, wording::documented,
            "ReduceOnly Order Failed. Please check your existing position and open orders."},
    refusal{400, -4120, wording::documented,
            "Order type not supported for this endpoint. Please use the Algo Order API endpoints "
            "instead."},
    refusal{400, -4131, wording::documented,
            "The counterparty's best price does not meet the PERCENT_PRICE filter limit."},
    refusal{400, -4137, wording::code_only, "Quantity must be zero with closePosition equals true"},
    refusal{400, -4140, wording::code_only, "Invalid symbol status for opening position."},
    refusal{400, -4141, wording::code_only, "Symbol is closed."},
    refusal{400, -4142, wording::code_only,
            "REJECT: take-profit or stop order will be triggered immediately."},
    refusal{400, -4161, wording::code_only,
            "Leverage reduction is not supported in Isolated Margin Mode with open positions."},
    refusal{400, -4164, wording::documented,
            "Order's notional must be no smaller than {} (unless you choose reduce only)."},
    refusal{400, -4167, wording::remembered,
            "Unable to adjust to Multi-Assets mode with symbols of USD-M Futures under "
            "isolated-margin mode."},
    refusal{400, -4168, wording::remembered,
            "Unable to adjust to isolated-margin mode under the Multi-Assets mode."},
    refusal{400, -4171, wording::code_only, "No need to change multi-assets mode."},
    refusal{400, -4509, wording::remembered,
            "Time in Force (TIF) GTE can only be used with open positions. Please ensure that "
            "positions are available."},
    refusal{404, -5000, wording::remembered, "Path {}, Method {} is invalid"},
    refusal{405, -5000, wording::remembered, "Path {}, Method {} is invalid"},
    refusal{400, -5021, wording::code_only,
            "Due to the order could not be filled immediately, the FOK order has been rejected. "
            "The order will not be recorded in the order history"},
    refusal{400, -5022, wording::code_only,
            "Due to the order could not be executed as maker, the Post Only order will be "
            "rejected. The order will not be recorded in the order history"},
    refusal{400, -5024, wording::code_only,
            "Symbol is not in trading status. Order amendment is not permitted."},
    refusal{400, -5025, wording::code_only, "Only limit order is supported."},
    refusal{400, -5026, wording::code_only, "Exceed maximum modify order limit."},
    refusal{400, -5027, wording::code_only, "No need to modify the order."},
    refusal{400, -5028, wording::code_only,
            "Timestamp for this request is outside of the ME recvWindow."},
};

static_assert(std::is_sorted(refusals.begin(), refusals.end(),
                             [](const refusal& a, const refusal& b) { return a.code > b.code; }),
              "refusals stand in the order of their codes");

/// The nth row of a code; the end of the table when there is none.
[[nodiscard]] constexpr std::size_t refusal_index(std::int64_t code, std::size_t nth) {
  std::size_t n = 0;
  for (; n < refusals.size(); ++n)
    if (refusals[n].code == code && nth-- == 0)
      break;
  return n;
}

/// How many values a text takes.
[[nodiscard]] constexpr std::size_t values_in(std::string_view text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '{'));
}

/// The refusal of that code, of its nth text, with its values filled in.
template <std::int64_t Code, std::size_t Nth = 0, class... Values>
[[nodiscard]] venue_error refuse(const Values&... values) {
  constexpr auto index = refusal_index(Code, Nth);
  static_assert(index < refusals.size(), "the venue has no such refusal");
  constexpr const auto& row = refusals[index];
  static_assert(values_in(row.text) == sizeof...(Values), "the text takes other values");
  return {row.http, Code, fmt::format(row.text, values...)};
}

}  // namespace sluice::simulator
