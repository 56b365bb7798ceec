// Every field of a row, in the venue's names and words.
#include "reply_text.hpp"

#include <fmt/format.h>

#include "target.hpp"

namespace sluice::fuzz {
namespace {

std::string_view word_of(position_side leg) {
  if (leg == position_side::both)
    return "BOTH";
  return leg == position_side::long_ ? "LONG" : "SHORT";
}

}  // namespace

std::string text_of(const position_row& row) {
  return fmt::format(
      R"({{"symbol":{},"positionSide":"{}","positionAmt":"{}","entryPrice":"{}","markPrice":"{}",)"
      R"("liquidationPrice":"{}","unRealizedProfit":"{}","updateTime":{}}})",
      json_text(row.position.instrument.str()), word_of(row.position.leg), row.amount.str(),
      row.entry.str(), row.mark.str(), row.liquidation.str(), row.unrealised.str(),
      row.updated_at.ms);
}

std::string text_of(const order_report& order) {
  return fmt::format(
      R"({{"clientOrderId":{},"orderId":{},"symbol":{},"positionSide":"{}","side":"{}",)"
      R"("status":{},"origQty":"{}","executedQty":"{}","avgPrice":"{}","price":"{}","type":{},)"
      R"("reduceOnly":{},"updateTime":{}}})",
      json_text(order.client_id.str()), order.id, json_text(order.instrument.str()),
      word_of(order.leg), order.direction == side::buy ? "BUY" : "SELL",
      json_text(order.status_text), order.original.str(), order.executed.str(), order.average.str(),
      order.limit.str(), json_text(order.type_text), order.reduce_only, order.updated_at.ms);
}

}  // namespace sluice::fuzz
