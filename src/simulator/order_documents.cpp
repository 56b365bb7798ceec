// Orders and trades as replies.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "documents.hpp"

namespace sluice::simulator {
namespace {

namespace json = boost::json;

/// Forced closes are written as LIMIT IOC at their own price.
bool forced(const ledger_order& o) {
  return o.origin == order_origin::venue;
}
std::string type_of(const ledger_order& o) {
  return forced(o) || o.kind == order_kind::limit ? "LIMIT" : "MARKET";
}
const char* lasts_of(const ledger_order& o) {
  return forced(o) ? "IOC" : venue_word(o.lasts);
}
std::string original_type_of(const ledger_order& o) {
  return o.original_type.empty() ? type_of(o) : o.original_type;
}
price price_of(const ledger_order& o) {
  return forced(o) ? o.report.average : o.limit;
}

}  // namespace

std::string order_text(const ledger_order& o, const instrument& i, order_shape shape,
                       average_fields averages) {
  const auto& r = o.report;
  const bool acknowledged = shape == order_shape::acknowledgement;
  const bool query = shape == order_shape::query || shape == order_shape::history;
  const auto executed = acknowledged ? quantity{} : r.executed;
  json::object out;
  if (averages == average_fields::everywhere || (query && averages == average_fields::in_queries)) {
    out["avgPrice"] = padded(acknowledged ? price{} : r.average, 5);
    out["cumQuote"] = padded(acknowledged ? notional{} : o.value, 5);
  }
  if (query)
    out["time"] = o.created_at.ms;
  else
    out["cumQty"] = padded(executed, i.quantity_digits);
  if (shape == order_shape::change) {
    out["modifyId"] = o.modifications;
    out["pair"] = r.instrument.str();
  }
  if (shape == order_shape::history) {
    out["cumBase"] = padded(executed, i.quantity_digits);
    out["pair"] = r.instrument.str();
  }
  out["clientOrderId"] = r.client_id.str();
  out["executedQty"] = padded(executed, i.quantity_digits);
  out["orderId"] = r.id;
  out["origQty"] = padded(r.original, i.quantity_digits);
  out["price"] = padded(price_of(o), i.price_digits);
  out["reduceOnly"] = r.reduce_only;
  out["side"] = venue_word(r.direction);
  out["positionSide"] = venue_word(r.leg);
  out["status"] = acknowledged ? "NEW" : r.status_text;
  out["stopPrice"] = padded(o.trigger, i.price_digits);
  out["closePosition"] = o.closes_position;
  out["symbol"] = r.instrument.str();
  out["timeInForce"] = lasts_of(o);
  out["type"] = type_of(o);
  out["origType"] = original_type_of(o);
  out["updateTime"] = r.updated_at.ms;
  out["workingType"] = "CONTRACT_PRICE";
  out["priceProtect"] = false;
  out["priceMatch"] = o.price_match;
  out["selfTradePreventionMode"] = o.self_trade;
  out["goodTillDate"] = o.good_till_ms;
  return json::serialize(out);
}

std::string trade_text(const booked_fill& b, const instrument& i) {
  const auto& f = b.trade;
  return json::serialize(json::object{{"buyer", f.direction == side::buy},
                                      {"commission", padded(f.fee, fixed_decimals)},
                                      {"commissionAsset", f.fee_asset},
                                      {"id", f.id},
                                      {"maker", b.role == liquidity::maker},
                                      {"orderId", f.order},
                                      {"price", padded(f.at, i.price_digits)},
                                      {"qty", padded(f.amount, i.quantity_digits)},
                                      {"quoteQty", padded(f.at * f.amount, 5)},
                                      {"baseQty", padded(f.amount, i.quantity_digits)},
                                      {"marginAsset", "USDT"},
                                      {"realizedPnl", padded(f.realised, fixed_decimals)},
                                      {"side", venue_word(f.direction)},
                                      {"positionSide", venue_word(f.leg)},
                                      {"symbol", f.instrument.str()},
                                      {"pair", f.instrument.str()},
                                      {"time", f.traded_at.ms}});
}

std::string order_event(const ledger_order& o, const instrument& i, std::string_view execution,
                        const fill* trade, liquidity l) {
  const auto& r = o.report;
  json::object out{{"s", r.instrument.str()},
                   {"c", r.client_id.str()},
                   {"S", venue_word(r.direction)},
                   {"o", type_of(o)},
                   {"f", lasts_of(o)},
                   {"q", padded(r.original, i.quantity_digits)},
                   {"p", price_of(o).is_zero() ? "0" : padded(price_of(o), i.price_digits)},
                   {"ap", r.executed.is_zero() ? "0" : padded(r.average, 5)},
                   {"sp", o.trigger.is_zero() ? "0" : padded(o.trigger, i.price_digits)},
                   {"x", execution},
                   {"X", r.status_text},
                   {"i", r.id},
                   {"l", trade ? padded(trade->amount, i.quantity_digits) : "0"},
                   {"z", r.executed.is_zero() ? "0" : padded(r.executed, i.quantity_digits)},
                   {"L", trade ? padded(trade->at, i.price_digits) : "0"},
                   {"T", r.updated_at.ms},
                   {"t", trade ? trade->id : 0},
                   {"b", "0"},
                   {"a", "0"},
                   {"m", l == liquidity::maker},
                   {"R", r.reduce_only},
                   {"wt", "CONTRACT_PRICE"},
                   {"ot", original_type_of(o)},
                   {"ps", venue_word(r.leg)},
                   {"cp", o.closes_position},
                   {"pP", false},
                   {"si", 0},
                   {"ss", 0},
                   {"rp", trade ? padded(trade->realised, fixed_decimals) : "0"},
                   {"V", o.self_trade},
                   {"pm", o.price_match},
                   {"gtd", o.good_till_ms},
                   {"er", std::to_string(o.expiry_reason)}};
  if (trade && !trade->fee.is_zero()) {
    out["N"] = trade->fee_asset;
    out["n"] = padded(trade->fee, fixed_decimals);
  }
  if (execution == "AMENDMENT" && o.modifications > 0)
    out["M"] = std::to_string(o.modifications);
  return json::serialize(json::object{{"e", "ORDER_TRADE_UPDATE"},
                                      {"E", r.updated_at.ms},
                                      {"T", r.updated_at.ms},
                                      {"o", std::move(out)}});
}

std::string trade_lite_event(const ledger_order& o, const instrument& i, const fill& trade,
                             liquidity l) {
  const auto& r = o.report;
  return json::serialize(json::object{{"e", "TRADE_LITE"},
                                      {"E", r.updated_at.ms},
                                      {"T", r.updated_at.ms},
                                      {"s", r.instrument.str()},
                                      {"q", padded(r.original, i.quantity_digits)},
                                      {"p", padded(o.limit, i.price_digits)},
                                      {"m", l == liquidity::maker},
                                      {"c", r.client_id.str()},
                                      {"S", venue_word(r.direction)},
                                      {"L", padded(trade.at, i.price_digits)},
                                      {"l", padded(trade.amount, i.quantity_digits)},
                                      {"t", trade.id},
                                      {"i", r.id}});
}

}  // namespace sluice::simulator
