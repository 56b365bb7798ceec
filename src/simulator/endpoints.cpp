// The venue's table of endpoints, and those that read markets, accounts and listen keys.
#include <array>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "documents.hpp"
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
    endpoint{"POST", "/fapi/v1/listenKey", security::key, 1, 1, post_listen_key},
    endpoint{"PUT", "/fapi/v1/listenKey", security::key, 1, 1, put_listen_key},
    endpoint{"DELETE", "/fapi/v1/listenKey", security::key, 1, 1, delete_listen_key},
    endpoint{"POST", "/fapi/v1/order", security::signature, 0, 0, post_order},
    endpoint{"GET", "/fapi/v1/order", security::signature, 1, 1, get_order},
    endpoint{"DELETE", "/fapi/v1/order", security::signature, 1, 1, delete_order},
    endpoint{"GET", "/fapi/v1/openOrders", security::signature, 1, 40, get_open_orders},
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

reply get_position_risk(venue_state& v, const call& c) {
  const auto& who = v.accounts[c.owner];
  if (!c.given.find("symbol"))
    return json_reply(position_risk(who, v.marks, who.open_positions()));
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto* p = who.find(std::get<0>(what)->name);
  std::vector<const account::position*> rows;
  if (p && !p->amount.is_zero())
    rows.push_back(p);
  return json_reply(position_risk(who, v.marks, rows));
}

reply get_account(venue_state& v, const call& c) {
  return json_reply(account_v3(v.accounts[c.owner], v.marks));
}

reply get_balance(venue_state& v, const call& c) {
  return json_reply(balance_v3(v.accounts[c.owner], v.marks));
}

reply get_account_config(venue_state&, const call&) {
  return json_reply(account_config());
}

reply post_listen_key(venue_state& v, const call& c) {
  return json_reply(
      json::serialize(json::object{{"listenKey", v.keys.take(c.owner, c.now.steady)}}));
}

reply put_listen_key(venue_state& v, const call& c) {
  if (!v.keys.find(c.owner, c.now.steady))
    return error_reply({400, -1125, "This listenKey does not exist."});
  return post_listen_key(v, c);
}

reply delete_listen_key(venue_state& v, const call& c) {
  v.keys.remove(c.owner);
  return json_reply("{}");
}

}  // namespace sluice::simulator
