// Endpoints that tell of one account: money, positions, modes, limits.
#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "documents.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

/// The instrument a request names, null when it names none.
outcome<const instrument*> optional_instrument(const venue_state& v, const parameters& p) {
  if (!p.find("symbol"))
    return static_cast<const instrument*>(nullptr);
  return named_instrument(v, p);
}

/// One row per symbol, or the only one, in brackets.
template <class F>
std::string rows_of(const venue_state& v, const instrument* only, F&& write) {
  if (only)
    return "[" + write(*only) + "]";
  std::string list = "[";
  for (const auto& i : v.instruments.all()) {
    if (list.size() > 1)
      list += ',';
    list += write(i);
  }
  return list + "]";
}

}  // namespace

reply get_position_risk(venue_state& v, const call& c) {
  const auto only = optional_instrument(v, c.given);
  if (const auto* wrong = error_of(only))
    return error_reply(*wrong);
  return json_reply(
      position_risk(v.accounts[c.owner], v.marks, std::get<0>(only), v.chosen.trading));
}

reply get_account(venue_state& v, const call& c) {
  return json_reply(account_v3(v.accounts[c.owner], v.marks));
}

reply get_balance(venue_state& v, const call& c) {
  return json_reply(balance_v3(v.accounts[c.owner]));
}

reply get_account_config(venue_state& v, const call& c) {
  return json_reply(account_config(v.accounts[c.owner]));
}

reply get_symbol_config(venue_state& v, const call& c) {
  const auto only = optional_instrument(v, c.given);
  if (const auto* wrong = error_of(only))
    return error_reply(*wrong);
  const auto& who = v.accounts[c.owner];
  return json_reply(
      rows_of(v, std::get<0>(only), [&](const instrument& i) { return symbol_config(who, i); }));
}

reply get_leverage_bracket(venue_state& v, const call& c) {
  const auto only = optional_instrument(v, c.given);
  if (const auto* wrong = error_of(only))
    return error_reply(*wrong);
  const auto* one = std::get<0>(only);
  if (one && v.chosen.trading.single_bracket == bracket_shape::object)
    return json_reply(leverage_brackets(*one));
  return json_reply(rows_of(v, one, leverage_brackets));
}

reply get_order_limits(venue_state& v, const call&) {
  const auto row = [](const char* interval, int number, std::int64_t limit) {
    return fmt::format(
        R"({{"rateLimitType":"ORDERS","interval":"{}","intervalNum":{},"limit":{}}})", interval,
        number, limit == 0 ? 1'000'000'000 : limit);
  };
  return json_reply("[" + row("SECOND", 10, v.chosen.order_limit_10s) + "," +
                    row("MINUTE", 1, v.chosen.order_limit_1m) + "]");
}

reply get_commission_rate(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto rate = [](std::int64_t ppm) { return format_fixed(ppm * (fixed_scale / 1'000'000)); };
  return json_reply(boost::json::serialize(
      boost::json::object{{"symbol", std::get<0>(what)->name.str()},
                          {"makerCommissionRate", rate(v.chosen.trading.maker_fee_ppm)},
                          {"takerCommissionRate", rate(v.chosen.taker_fee_ppm)},
                          {"rpiCommissionRate", rate(v.chosen.trading.maker_fee_ppm)}}));
}

reply get_position_mode(venue_state& v, const call& c) {
  return json_reply(fmt::format(R"({{"dualSidePosition":{}}})", v.accounts[c.owner].hedged()));
}

reply get_multi_assets(venue_state& v, const call& c) {
  return json_reply(
      fmt::format(R"({{"multiAssetsMargin":{}}})", v.accounts[c.owner].multi_assets()));
}

}  // namespace sluice::simulator
