// Orders and trades as replies and as events.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "documents.hpp"

namespace sluice::simulator {
namespace {

namespace json = boost::json;

const char* upper(side s) {
  return s == side::buy ? "BUY" : "SELL";
}
const char* type_of(const ledger_order& o) {
  return o.origin == order_origin::venue ? "LIMIT" : "MARKET";
}
const char* time_in_force_of(const ledger_order& o) {
  return o.origin == order_origin::venue ? "IOC" : "GTC";
}

}  // namespace

std::string order_text(const ledger_order& o, const instrument& i, order_shape shape) {
  const auto& r = o.report;
  const bool acknowledged = shape == order_shape::acknowledgement;
  const auto executed = acknowledged ? quantity{} : r.executed;
  json::object out;
  if (shape == order_shape::query) {
    out["avgPrice"] = padded(r.average, 5);
    out["cumQuote"] = padded(o.value, 5);
    out["time"] = o.created_at.ms;
  } else {
    out["cumQty"] = padded(executed, i.quantity_digits);
  }
  out["clientOrderId"] = r.client_id.str();
  out["executedQty"] = padded(executed, i.quantity_digits);
  out["orderId"] = r.id;
  out["origQty"] = padded(r.original, i.quantity_digits);
  out["price"] = padded(price{}, i.price_digits);
  out["reduceOnly"] = r.reduce_only;
  out["side"] = upper(r.direction);
  out["positionSide"] = "BOTH";
  out["status"] = acknowledged ? "NEW" : r.status_text;
  out["stopPrice"] = padded(price{}, i.price_digits);
  out["closePosition"] = false;
  out["symbol"] = r.instrument.str();
  out["timeInForce"] = time_in_force_of(o);
  out["type"] = type_of(o);
  out["origType"] = type_of(o);
  out["updateTime"] = r.updated_at.ms;
  out["workingType"] = "CONTRACT_PRICE";
  out["priceProtect"] = false;
  out["priceMatch"] = "NONE";
  out["selfTradePreventionMode"] = "EXPIRE_MAKER";
  out["goodTillDate"] = 0;
  return json::serialize(out);
}

std::string trade_text(const fill& f, const instrument& i) {
  return json::serialize(json::object{{"buyer", f.direction == side::buy},
                                      {"commission", padded(f.fee, fixed_decimals)},
                                      {"commissionAsset", f.fee_asset},
                                      {"id", f.id},
                                      {"maker", false},
                                      {"orderId", f.order},
                                      {"price", padded(f.at, i.price_digits)},
                                      {"qty", padded(f.amount, i.quantity_digits)},
                                      {"quoteQty", padded(f.at * f.amount, 5)},
                                      {"baseQty", padded(f.amount, i.quantity_digits)},
                                      {"marginAsset", "USDT"},
                                      {"realizedPnl", padded(f.realised, fixed_decimals)},
                                      {"side", upper(f.direction)},
                                      {"positionSide", "BOTH"},
                                      {"symbol", f.instrument.str()},
                                      {"pair", f.instrument.str()},
                                      {"time", f.traded_at.ms}});
}

std::string order_event(const ledger_order& o, const instrument& i, const fill* trade) {
  const auto& r = o.report;
  const bool by_venue = o.origin == order_origin::venue;
  json::object out{{"s", r.instrument.str()},
                   {"c", r.client_id.str()},
                   {"S", upper(r.direction)},
                   {"o", type_of(o)},
                   {"f", time_in_force_of(o)},
                   {"q", padded(r.original, i.quantity_digits)},
                   {"p", by_venue ? padded(r.average, i.price_digits) : "0"},
                   {"ap", trade ? padded(r.average, 5) : "0"},
                   {"sp", "0"},
                   {"x", !trade     ? "NEW"
                         : by_venue ? "CALCULATED"
                                    : "TRADE"},
                   {"X", r.status_text},
                   {"i", r.id},
                   {"l", trade ? padded(trade->amount, i.quantity_digits) : "0"},
                   {"z", trade ? padded(r.executed, i.quantity_digits) : "0"},
                   {"L", trade ? padded(trade->at, i.price_digits) : "0"},
                   {"T", r.updated_at.ms},
                   {"t", trade ? trade->id : 0},
                   {"b", "0"},
                   {"a", "0"},
                   {"m", false},
                   {"R", r.reduce_only},
                   {"wt", "CONTRACT_PRICE"},
                   {"ot", type_of(o)},
                   {"ps", "BOTH"},
                   {"cp", false},
                   {"pP", false},
                   {"si", 0},
                   {"ss", 0},
                   {"rp", trade ? padded(trade->realised, fixed_decimals) : "0"},
                   {"V", "EXPIRE_MAKER"},
                   {"pm", "NONE"},
                   {"gtd", 0},
                   {"er", "0"}};
  if (trade && !trade->fee.is_zero()) {
    out["N"] = trade->fee_asset;
    out["n"] = padded(trade->fee, fixed_decimals);
  }
  return json::serialize(json::object{{"e", "ORDER_TRADE_UPDATE"},
                                      {"E", r.updated_at.ms},
                                      {"T", r.updated_at.ms},
                                      {"o", std::move(out)}});
}

}  // namespace sluice::simulator
