// The exchangeInfo document, field by field as documented and seen live.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "instruments.hpp"
#include "order_filters.hpp"

namespace sluice::simulator {
namespace {

namespace json = boost::json;

json::array filters_of(const instrument& i, std::int64_t orders_max) {
  return {
      {{"filterType", "PRICE_FILTER"},
       {"tickSize", i.tick.str()},
       {"minPrice", i.min_price.str()},
       {"maxPrice", i.max_price.str()}},
      {{"filterType", "LOT_SIZE"},
       {"stepSize", i.step.str()},
       {"maxQty", i.max.str()},
       {"minQty", i.step.str()}},
      {{"filterType", "MARKET_LOT_SIZE"},
       {"stepSize", i.step.str()},
       {"maxQty", i.market_max.str()},
       {"minQty", i.step.str()}},
      {{"filterType", "MAX_NUM_ORDERS"}, {"limit", orders_max}},
      {{"filterType", "MIN_NOTIONAL"}, {"notional", i.min_notional.str()}},
      {{"filterType", "PERCENT_PRICE"},
       {"multiplierUp", padded((100 + percent_price) * (fixed_scale / 100), 4)},
       {"multiplierDown", padded((100 - percent_price) * (fixed_scale / 100), 4)},
       {"multiplierDecimal", "4"}},
      {{"filterType", "POSITION_RISK_CONTROL"}, {"positionControlSide", "NONE"}},
  };
}

json::object describe(const instrument& i, std::int64_t orders_max) {
  return {{"symbol", i.name.str()},
          {"pair", i.name.str()},
          {"contractType", i.contract},
          {"deliveryDate", 4'133'404'800'000},
          {"onboardDate", 1'569'398'400'000},
          {"status", i.status},
          {"maintMarginPercent", "2.5000"},
          {"requiredMarginPercent", "5.0000"},
          {"baseAsset", i.base},
          {"quoteAsset", "USDT"},
          {"marginAsset", "USDT"},
          {"pricePrecision", i.price_precision},
          {"quantityPrecision", i.quantity_digits},
          {"baseAssetPrecision", 8},
          {"quotePrecision", 8},
          {"underlyingType", "COIN"},
          {"underlyingSubType", json::array{"Simulated"}},
          {"settlePlan", 0},
          {"triggerProtect", "0.0500"},
          {"liquidationFee", "0.012500"},
          {"marketTakeBound", "0.05"},
          {"maxMoveOrderLimit", 10'000},
          {"filters", filters_of(i, orders_max)},
          {"orderTypes", json::array{"LIMIT", "MARKET", "STOP", "STOP_MARKET", "TAKE_PROFIT",
                                     "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"}},
          {"timeInForce", json::array{"GTC", "IOC", "FOK", "GTX", "GTD"}},
          {"permissionSets", json::array{"GRID", "COPY"}}};
}

json::object limit(const char* type, const char* interval, int number, std::int64_t count) {
  return {
      {"rateLimitType", type}, {"interval", interval}, {"intervalNum", number}, {"limit", count}};
}

/// A lifted limit is shown as one that nobody reaches.
std::int64_t shown(std::int64_t count) {
  return count == 0 ? 1'000'000'000 : count;
}

}  // namespace

exchange_info::exchange_info(const settings& s, const listing& l) {
  json::array symbols;
  symbols.reserve(l.all().size());
  for (const auto& i : l.all())
    symbols.push_back(describe(i, s.trading.orders_per_symbol_max));
  before_ = R"({"timezone":"UTC","serverTime":)";
  const json::object rest{
      {"futuresType", "U_MARGINED"},
      {"rateLimits",
       {limit("REQUEST_WEIGHT", "MINUTE", 1, shown(s.weight_limit_1m)),
        limit("ORDERS", "MINUTE", 1, shown(s.order_limit_1m)),
        limit("ORDERS", "SECOND", 10, shown(s.order_limit_10s))}},
      {"exchangeFilters", json::array{}},
      {"assets", {{{"asset", "USDT"}, {"marginAvailable", true}, {"autoAssetExchange", "-10000"}}}},
      {"symbols", std::move(symbols)}};
  after_ = "," + json::serialize(rest).substr(1);
}

std::string exchange_info::document(std::int64_t server_time_ms) const {
  return before_ + std::to_string(server_time_ms) + after_;
}

}  // namespace sluice::simulator
