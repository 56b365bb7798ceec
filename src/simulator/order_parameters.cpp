// Takes orders out of request parameters, refusing what the venue refuses before its rules.
#include "order_parameters.hpp"

#include <algorithm>
#include <array>

#include "documents.hpp"
#include "refusals.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

constexpr std::array moved_to_algo{"STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET",
                                   "TRAILING_STOP_MARKET"};
constexpr std::int64_t good_till_least_ms = 600'000;

/// The value, unless something was wrong before or is now: the first refusal is kept.
template <class T>
void put(outcome<T> from, T& into, std::optional<venue_error>& wrong) {
  if (wrong)
    return;
  if (const auto* e = error_of(from))
    wrong = *e;
  else
    into = std::move(std::get<0>(from));
}

std::optional<venue_error> read_kind(const parameters& p, order_draft& d) {
  const auto text = p.need("type");
  if (const auto* wrong = error_of(text))
    return *wrong;
  const auto word = std::get<0>(text);
  if (std::find(moved_to_algo.begin(), moved_to_algo.end(), word) != moved_to_algo.end())
    return refuse<-4120>();
  if (word != "MARKET" && word != "LIMIT")
    return refuse<-1116>();
  d.kind = word == "LIMIT" ? order_kind::limit : order_kind::market;
  return std::nullopt;
}

std::optional<venue_error> read_time_in_force(const parameters& p, order_draft& d,
                                              std::int64_t now_ms) {
  const auto text = p.need("timeInForce");
  if (const auto* wrong = error_of(text))
    return *wrong;
  constexpr std::array all{time_in_force::gtc, time_in_force::ioc, time_in_force::fok,
                           time_in_force::gtx, time_in_force::gtd};
  const auto* found = std::find_if(
      all.begin(), all.end(), [&](time_in_force t) { return std::get<0>(text) == venue_word(t); });
  // RPI orders meet retail flow alone, which this book has not: no symbol lists them.
  if (found == all.end())
    return refuse<-1115>();
  d.lasts = *found;
  std::optional<venue_error> wrong;
  put(read_good_till(p, d.lasts == time_in_force::gtd, now_ms), d.good_till_ms, wrong);
  return wrong;
}

/// What LIMIT needs and MARKET must not have.
std::optional<venue_error> read_limit(const venue_state& v, const parameters& p, order_draft& d,
                                      std::int64_t now_ms) {
  if (d.kind == order_kind::market) {
    for (auto name : {"timeInForce", "price", "priceMatch", "goodTillDate"})
      if (p.find(name))
        return unwanted_parameter(name);
    return std::nullopt;
  }
  if (auto wrong = read_time_in_force(p, d, now_ms))
    return wrong;
  std::optional<venue_error> wrong;
  put(read_price_match(p), d.price_match, wrong);
  if (!wrong && d.price_match != "NONE")
    d.limit = v.desk.matched_price(*d.what, d.direction, d.price_match).value_or(price{});
  else
    put(read_price(p, "price"), d.limit, wrong);
  return wrong;
}

/// Text of a decimal with at most eight digits after the point.
template <class T>
outcome<T> read_decimal(const parameters& p, std::string_view name, const venue_error& too_large) {
  const auto text = p.need(name);
  if (const auto* wrong = error_of(text))
    return *wrong;
  const auto word = std::get<0>(text);
  const auto point = word.find('.');
  if (point != std::string_view::npos && word.size() - point - 1 > fixed_decimals)
    return refuse<-1111>();
  const auto value = T::parse(word);
  if (!value)
    return value.error().code == errc::out_of_range ? too_large : missing_parameter(name);
  return *value;
}

}  // namespace

outcome<side> read_side(const parameters& p) {
  const auto text = p.need("side");
  if (const auto* wrong = error_of(text))
    return *wrong;
  const auto word = std::get<0>(text);
  if (word != "BUY" && word != "SELL")
    return refuse<-1117>();
  return word == "BUY" ? side::buy : side::sell;
}

outcome<position_side> read_leg(const parameters& p) {
  const auto text = p.find("positionSide").value_or("BOTH");
  for (auto leg : {position_side::both, position_side::long_, position_side::short_})
    if (text == venue_word(leg))
      return leg;
  return refuse<-4060>();
}

outcome<std::string> read_self_trade(const parameters& p) {
  const auto mode = p.find("selfTradePreventionMode").value_or("EXPIRE_MAKER");
  constexpr std::array modes{"NONE", "EXPIRE_TAKER", "EXPIRE_BOTH", "EXPIRE_MAKER"};
  if (std::find(modes.begin(), modes.end(), mode) == modes.end())
    return bad_parameter("selfTradePreventionMode");
  return std::string(mode);
}

outcome<bool> read_wants_result(const parameters& p) {
  const auto kind = p.find("newOrderRespType").value_or("ACK");
  if (kind != "ACK" && kind != "RESULT")
    return bad_parameter("newOrderRespType");
  return kind == "RESULT";
}

venue_error reduce_in_hedge(const trading_rules& rules) {
  if (rules.reduce_in_hedge == hedge_reduce::improper)
    return refuse<-4062>();
  return unwanted_parameter("reduceonly");
}

outcome<bool> read_flag(const parameters& p, std::string_view name) {
  const auto text = p.find(name).value_or("false");
  if (text != "true" && text != "false")
    return bad_parameter(name);
  return text == "true";
}

outcome<quantity> read_quantity(const parameters& p) {
  return read_decimal<quantity>(p, "quantity", refuse<-4005>());
}

outcome<price> read_price(const parameters& p, std::string_view name) {
  return read_decimal<price>(p, name, refuse<-4002>());
}

outcome<std::int64_t> read_good_till(const parameters& p, bool good_till_date,
                                     std::int64_t now_ms) {
  const auto till = p.whole("goodTillDate");
  if (const auto* wrong = error_of(till))
    return *wrong;
  const auto ms = std::get<0>(till);
  if (good_till_date != ms.has_value())
    return ms ? unwanted_parameter("goodTillDate") : missing_parameter("goodTillDate");
  const auto whole_seconds = ms.value_or(0) / 1'000 * 1'000;
  if (good_till_date && whole_seconds <= now_ms + good_till_least_ms)
    return bad_parameter("goodTillDate");
  return whole_seconds;
}

outcome<std::string> read_price_match(const parameters& p) {
  const auto word = p.find("priceMatch").value_or("NONE");
  if (word == "NONE")
    return std::string(word);
  if (p.find("price"))
    return unwanted_parameter("price");
  if (!order_desk::is_price_match(word))
    return bad_parameter("priceMatch");
  return std::string(word);
}

outcome<order_draft> read_draft(venue_state& v, const parameters& p, bool hedged,
                                std::int64_t now_ms) {
  order_draft d;
  std::optional<venue_error> wrong;
  put(named_instrument(v, p), d.what, wrong);
  put(read_side(p), d.direction, wrong);
  if (!wrong)
    wrong = read_kind(p, d);
  if (!wrong)
    wrong = read_limit(v, p, d, now_ms);
  put(read_leg(p), d.leg, wrong);
  put(read_flag(p, "reduceOnly"), d.reduce_only, wrong);
  if (!wrong && hedged && p.find("reduceOnly"))
    wrong = reduce_in_hedge(v.chosen.trading);
  put(read_wants_result(p), d.result_reply, wrong);
  put(read_self_trade(p), d.self_trade, wrong);
  put(read_quantity(p), d.amount, wrong);
  if (wrong)
    return *wrong;
  const auto id = p.find("newClientOrderId");
  d.id = id ? client_order_id{std::string(*id)} : v.desk.random_client_id();
  return d;
}

}  // namespace sluice::simulator
