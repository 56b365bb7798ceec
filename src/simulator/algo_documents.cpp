// Conditional orders as replies and events.
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "documents.hpp"

namespace sluice::simulator {
namespace {

namespace json = boost::json;

bool is_market(const ledger_algo& a) {
  return a.type.ends_with("MARKET");
}

std::string percent_text(std::int64_t bp) {
  return format_fixed(bp * (fixed_scale / 100));
}

void add_activation(json::object& out, const ledger_algo& a, const instrument& i) {
  const bool trailing = a.callback_bp > 0;
  out["activatePrice"] =
      trailing && !a.activation.is_zero() ? padded(a.activation, i.price_digits) : "";
  out["callbackRate"] = trailing ? percent_text(a.callback_bp) : "";
}

void add_actual(json::object& out, const ledger_algo& a, const instrument& i,
                const ledger_order* actual) {
  out["actualOrderId"] = a.actual_order == 0 ? "" : std::to_string(a.actual_order);
  out["actualPrice"] = padded(actual ? actual->report.average : price{}, 5);
  out["actualType"] = is_market(a) ? "MARKET" : "LIMIT";
  out["actualQty"] = padded(actual ? actual->report.executed : quantity{}, i.quantity_digits);
  out["tpOrderType"] = "";
}

void add_brackets(json::object& out, const instrument& i) {
  for (auto name : {"tpTriggerPrice", "tpPrice", "slTriggerPrice", "slPrice"})
    out[name] = padded(price{}, i.price_digits);
}

}  // namespace

std::string algo_text(const ledger_algo& a, const instrument& i, const ledger_order* actual,
                      algo_shape shape) {
  json::object out{{"algoId", a.id},
                   {"clientAlgoId", a.client_id.str()},
                   {"algoType", "CONDITIONAL"},
                   {"orderType", a.type},
                   {"symbol", a.instrument.str()},
                   {"side", venue_word(a.direction)},
                   {"positionSide", venue_word(a.leg)},
                   {"timeInForce", a.lasts},
                   {"quantity", padded(a.amount, i.quantity_digits)},
                   {"algoStatus", venue_word(a.status)},
                   {"triggerPrice", padded(a.trigger, i.price_digits)},
                   {"price", padded(a.limit, i.price_digits)},
                   {"icebergQuantity", "None"},
                   {"selfTradePreventionMode", a.self_trade},
                   {"workingType", a.working_type},
                   {"priceMatch", a.price_match},
                   {"closePosition", a.closes_position},
                   {"priceProtect", a.price_protect},
                   {"reduceOnly", a.reduce_only},
                   {"createTime", a.created_at.ms},
                   {"updateTime", a.updated_at.ms},
                   {"triggerTime", a.triggered_at.ms},
                   {"goodTillDate", a.good_till_ms}};
  if (shape == algo_shape::reply)
    add_activation(out, a, i);
  else
    add_actual(out, a, i, actual);
  if (shape == algo_shape::row)
    add_brackets(out, i);
  return json::serialize(out);
}

std::string algo_event(const ledger_algo& a, const instrument& i, const ledger_order* actual) {
  const bool triggered = a.actual_order != 0;
  const bool filled = actual && actual->report.executed.sign() > 0;
  json::object out{{"caid", a.client_id.str()},
                   {"aid", a.id},
                   {"at", "CONDITIONAL"},
                   {"o", a.type},
                   {"s", a.instrument.str()},
                   {"S", venue_word(a.direction)},
                   {"ps", venue_word(a.leg)},
                   {"f", a.lasts},
                   {"q", padded(a.amount, i.quantity_digits)},
                   {"X", venue_word(a.status)},
                   {"ai", triggered ? std::to_string(a.actual_order) : ""},
                   {"tp", a.trigger.str()},
                   {"p", a.limit.str()},
                   {"V", a.self_trade},
                   {"wt", a.working_type},
                   {"pm", a.price_match},
                   {"cp", a.closes_position},
                   {"pP", a.price_protect},
                   {"R", a.reduce_only},
                   {"tt", a.triggered_at.ms},
                   {"gtd", a.good_till_ms}};
  if (triggered) {
    out["ap"] = filled ? padded(actual->report.average, 5) : "0";
    out["aq"] = filled ? padded(actual->report.executed, i.quantity_digits) : "0";
    out["act"] = is_market(a) ? "MARKET" : "LIMIT";
  }
  if (!a.failure.empty())
    out["rm"] = a.failure;
  return json::serialize(json::object{
      {"e", "ALGO_UPDATE"}, {"T", a.updated_at.ms}, {"E", a.updated_at.ms}, {"o", std::move(out)}});
}

}  // namespace sluice::simulator
