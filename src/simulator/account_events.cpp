// What user streams hear about wallet, positions and settings of an account.
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "documents.hpp"

namespace sluice::simulator {
namespace {

namespace json = boost::json;

std::string money(notional n) {
  return padded(n, fixed_decimals);
}

json::object balance_row(const account& who, notional change) {
  return {{"a", "USDT"},
          {"wb", money(who.wallet())},
          {"cw", money(who.crossed_wallet())},
          {"bc", change.is_zero() ? "0" : money(change)}};
}

json::object leg_row(const account& who, const account::position& p, price mark) {
  const auto& i = *p.what;
  const bool isolated = who.margin_of(i.name) == margin_type::isolated;
  const bool flat = p.amount.is_zero();
  return {{"s", i.name.str()},
          {"pa", flat ? "0" : padded(p.amount, i.quantity_digits)},
          {"ep", padded(p.entry, i.price_digits)},
          {"bep", flat ? "0" : break_even(p)},
          {"cr", money(p.realised)},
          {"up", flat ? "0" : money(unrealised_of(p, mark))},
          {"mt", isolated ? "isolated" : "cross"},
          {"iw", isolated ? money(p.isolated) : "0"},
          {"ps", venue_word(p.leg)}};
}

std::string account_update(json::object content, venue_time at) {
  return json::serialize(
      json::object{{"e", "ACCOUNT_UPDATE"}, {"E", at.ms}, {"T", at.ms}, {"a", std::move(content)}});
}

std::string config_update(const char* key, json::object content, venue_time at) {
  return json::serialize(json::object{
      {"e", "ACCOUNT_CONFIG_UPDATE"}, {"E", at.ms}, {"T", at.ms}, {key, std::move(content)}});
}

}  // namespace

std::string account_event(const account& who, const position_rows& rows, const mark_board& marks,
                          venue_time at, std::string_view reason) {
  json::array legs;
  for (const auto* p : rows)
    legs.push_back(leg_row(who, *p, marks.of(*p->what)));
  return account_update(
      {{"m", reason}, {"B", json::array{balance_row(who, {})}}, {"P", std::move(legs)}}, at);
}

std::string isolated_funding_event(const account& who, const account::position& leg,
                                   notional change, const mark_board& marks, venue_time at) {
  return account_update({{"m", "FUNDING_FEE"},
                         {"B", json::array{balance_row(who, change)}},
                         {"P", json::array{leg_row(who, leg, marks.of(*leg.what))}},
                         {"S", leg.what->name.str()}},
                        at);
}

std::string wallet_event(const account& who, std::string_view reason, notional change,
                         const symbol& symbol_name, funding_positions list, venue_time at) {
  json::object content{{"m", reason}, {"B", json::array{balance_row(who, change)}}};
  if (list == funding_positions::empty)
    content["P"] = json::array{};
  if (!symbol_name.empty())
    content["S"] = symbol_name.str();
  return account_update(std::move(content), at);
}

std::string leverage_event(const instrument& i, std::int64_t leverage, venue_time at) {
  return config_update("ac", {{"s", i.name.str()}, {"l", leverage}}, at);
}

std::string multi_assets_event(bool on, venue_time at) {
  return config_update("ai", {{"j", on}}, at);
}

std::string margin_call_event(const account& who, const position_rows& rows, margin_type kind,
                              const mark_board& marks, venue_time at) {
  const bool isolated = kind == margin_type::isolated;
  json::array legs;
  for (const auto* p : rows) {
    const auto mark = marks.of(*p->what);
    legs.push_back(json::object{{"s", p->what->name.str()},
                                {"ps", venue_word(p->leg)},
                                {"pa", padded(p->amount, p->what->quantity_digits)},
                                {"mt", venue_word(kind)},
                                {"iw", isolated ? money(p->isolated) : "0"},
                                {"mp", mark.str()},
                                {"up", unrealised_of(*p, mark).str()},
                                {"mm", maintenance_of((mark * p->amount).abs()).str()}});
  }
  json::object event{{"e", "MARGIN_CALL"}, {"E", at.ms}};
  if (!isolated)
    event["cw"] = who.crossed_wallet().str();
  event["p"] = std::move(legs);
  return json::serialize(event);
}

std::string listen_key_expired_event(const std::string& key, venue_time at) {
  return json::serialize(json::object{{"e", "listenKeyExpired"}, {"E", at.ms}, {"listenKey", key}});
}

}  // namespace sluice::simulator
