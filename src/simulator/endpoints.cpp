// The venue's table of endpoints, and those that read markets, accounts and listen keys.
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "documents.hpp"
#include "refusals.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

namespace json = boost::json;

constexpr std::array table{
    endpoint{"GET", "/fapi/v1/ping", security::none, 1, 1, get_ping},
    endpoint{"GET", "/fapi/v1/time", security::none, 1, 1, get_time},
    endpoint{"GET", "/fapi/v1/exchangeInfo", security::none, 1, 1, get_exchange_info},
    endpoint{"GET", "/fapi/v1/premiumIndex", security::none, 1, 10, get_premium_index},
    endpoint{"GET", "/fapi/v3/positionRisk", security::signature, 5, 5, get_position_risk},
    endpoint{"GET", "/fapi/v3/account", security::signature, 5, 5, get_account},
    endpoint{"GET", "/fapi/v3/balance", security::signature, 5, 5, get_balance},
    endpoint{"GET", "/fapi/v1/accountConfig", security::signature, 5, 5, get_account_config},
    endpoint{"GET", "/fapi/v1/symbolConfig", security::signature, 5, 5, get_symbol_config},
    endpoint{"GET", "/fapi/v1/leverageBracket", security::signature, 1, 1, get_leverage_bracket},
    endpoint{"GET", "/fapi/v1/rateLimit/order", security::signature, 1, 1, get_order_limits},
    endpoint{"GET", "/fapi/v1/commissionRate", security::signature, 20, 20, get_commission_rate},
    endpoint{"GET", "/fapi/v1/positionSide/dual", security::signature, 30, 30, get_position_mode},
    endpoint{"POST", "/fapi/v1/positionSide/dual", security::signature, 1, 1, post_position_mode},
    endpoint{"GET", "/fapi/v1/multiAssetsMargin", security::signature, 30, 30, get_multi_assets},
    endpoint{"POST", "/fapi/v1/multiAssetsMargin", security::signature, 1, 1, post_multi_assets},
    endpoint{"POST", "/fapi/v1/leverage", security::signature, 1, 1, post_leverage},
    endpoint{"POST", "/fapi/v1/marginType", security::signature, 1, 1, post_margin_type},
    endpoint{"POST", "/fapi/v1/listenKey", security::key, 1, 1, post_listen_key},
    endpoint{"PUT", "/fapi/v1/listenKey", security::key, 1, 1, put_listen_key},
    endpoint{"DELETE", "/fapi/v1/listenKey", security::key, 1, 1, delete_listen_key},
    endpoint{"POST", "/fapi/v1/order", security::signature, 0, 0, post_order, true},
    endpoint{"POST", "/fapi/v1/order/test", security::signature, 1, 1, post_order_test},
    endpoint{"PUT", "/fapi/v1/order", security::signature, 0, 0, put_order, true},
    endpoint{"GET", "/fapi/v1/order", security::signature, 1, 1, get_order},
    endpoint{"DELETE", "/fapi/v1/order", security::signature, 1, 1, delete_order},
    endpoint{"GET", "/fapi/v1/openOrders", security::signature, 1, 40, get_open_orders},
    endpoint{"GET", "/fapi/v1/openOrder", security::signature, 1, 1, get_open_order},
    endpoint{"GET", "/fapi/v1/allOrders", security::signature, 5, 5, get_all_orders},
    endpoint{"POST", "/fapi/v1/batchOrders", security::signature, 5, 5, post_batch_orders, true},
    endpoint{"PUT", "/fapi/v1/batchOrders", security::signature, 5, 5, put_batch_orders, true},
    endpoint{"DELETE", "/fapi/v1/batchOrders", security::signature, 1, 1, delete_batch_orders},
    endpoint{"DELETE", "/fapi/v1/allOpenOrders", security::signature, 1, 1, delete_all_open_orders},
    endpoint{"POST", "/fapi/v1/countdownCancelAll", security::signature, 10, 10, post_countdown},
    endpoint{"POST", "/fapi/v1/algoOrder", security::signature, 0, 0, post_algo_order},
    endpoint{"GET", "/fapi/v1/algoOrder", security::signature, 1, 1, get_algo_order},
    endpoint{"DELETE", "/fapi/v1/algoOrder", security::signature, 1, 1, delete_algo_order},
    endpoint{"GET", "/fapi/v1/openAlgoOrders", security::signature, 1, 40, get_open_algo_orders},
    endpoint{"GET", "/fapi/v1/allAlgoOrders", security::signature, 5, 5, get_all_algo_orders},
    endpoint{"DELETE", "/fapi/v1/algoOpenOrders", security::signature, 1, 1,
             delete_algo_open_orders},
    endpoint{"GET", "/fapi/v1/forceOrders", security::signature, 20, 50, get_force_orders},
    endpoint{"GET", "/fapi/v1/userTrades", security::signature, 5, 5, get_user_trades},
};

}  // namespace

endpoint_match find_endpoint(std::string_view method, std::string_view path) {
  endpoint_match match;
  for (const auto& e : table) {
    if (e.path != path)
      continue;
    match.path_known = true;
    if (e.method == method)
      match.found = &e;
  }
  return match;
}

reply json_reply(std::string body) {
  reply r;
  r.body = std::move(body);
  return r;
}

reply refuse_too_many(const venue_state& v, const too_many& t) {
  auto r = error_reply(t.error);
  if (v.chosen.retry_after == retry_after_header::sent)
    r.headers.emplace_back("Retry-After", std::to_string(t.retry_after_s));
  return r;
}

outcome<const instrument*> named_instrument(const venue_state& v, const parameters& p) {
  const auto name = p.need("symbol");
  if (const auto* wrong = error_of(name))
    return *wrong;
  const auto* found = v.instruments.find(std::get<0>(name));
  if (!found)
    return invalid_symbol();
  return found;
}

reply get_ping(venue_state&, const call&) {
  return json_reply("{}");
}

reply get_time(venue_state&, const call& c) {
  return json_reply(json::serialize(json::object{{"serverTime", c.now.venue.ms}}));
}

reply get_exchange_info(venue_state& v, const call& c) {
  return json_reply(v.info.document(c.now.venue.ms));
}

reply get_premium_index(venue_state& v, const call& c) {
  if (c.given.find("symbol")) {
    const auto what = named_instrument(v, c.given);
    if (const auto* wrong = error_of(what))
      return error_reply(*wrong);
    return json_reply(v.marks.index_text(*std::get<0>(what), c.now.venue.ms));
  }
  std::string list = "[";
  for (const auto& i : v.instruments.all()) {
    if (list.size() > 1)
      list += ',';
    list += v.marks.index_text(i, c.now.venue.ms);
  }
  return json_reply(list + "]");
}

reply post_listen_key(venue_state& v, const call& c) {
  return json_reply(
      json::serialize(json::object{{"listenKey", v.keys.take(c.owner, c.now.steady)}}));
}

reply put_listen_key(venue_state& v, const call& c) {
  if (!v.keys.find(c.owner, c.now.steady))
    return error_reply(refuse<-1125>());
  return post_listen_key(v, c);
}

reply delete_listen_key(venue_state& v, const call& c) {
  v.keys.remove(c.owner);
  return json_reply("{}");
}

}  // namespace sluice::simulator
