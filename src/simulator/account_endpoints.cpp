// Endpoints of one account: money, positions, position mode, leverage.
#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "documents.hpp"
#include "venue_state.hpp"

namespace sluice::simulator {
namespace {

constexpr const char* success = R"({"code":200,"msg":"success"})";

/// The instrument a request names, null when it names none.
outcome<const instrument*> optional_instrument(const venue_state& v, const parameters& p) {
  if (!p.find("symbol"))
    return static_cast<const instrument*>(nullptr);
  return named_instrument(v, p);
}

outcome<bool> need_flag(const parameters& p, std::string_view name) {
  const auto text = p.need(name);
  if (const auto* wrong = error_of(text))
    return *wrong;
  const auto word = std::get<0>(text);
  if (word != "true" && word != "false")
    return bad_parameter(name);
  return word == "true";
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

/// Why the account cannot carry another leverage on that symbol.
std::optional<venue_error> check_leverage(const venue_state& v, const account& who,
                                          const instrument& i, std::int64_t leverage) {
  if (leverage < 1 || leverage > brackets.front().leverage_max)
    return venue_error{400, -4028, fmt::format("Leverage {} is not valid", leverage)};
  const auto* h = who.find(i.name);
  if (!h)
    return std::nullopt;
  const auto mark = v.marks.of(i);
  notional value;
  for (const auto& p : h->legs)
    value += (mark * p.amount).abs() + p.bids + p.asks;
  if (value > value_max(leverage))
    return venue_error{400, -2027, "Exceeded the maximum allowable position at current leverage."};
  const auto bound = h->bound.initial();
  const auto then = notional::from_raw(
      static_cast<std::int64_t>(static_cast<wide_int>(bound.raw()) * h->leverage / leverage));
  if (then - bound > who.margin().available)
    return venue_error{400, -2028,
                       "Leverage is smaller than permitted: insufficient margin balance."};
  return std::nullopt;
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

reply post_position_mode(venue_state& v, const call& c) {
  const auto wanted = need_flag(c.given, "dualSidePosition");
  if (const auto* wrong = error_of(wanted))
    return error_reply(*wrong);
  if (auto wrong = v.change_position_mode(c.owner, std::get<0>(wanted)))
    return error_reply(*wrong);
  return json_reply(success);
}

reply get_multi_assets(venue_state& v, const call& c) {
  return json_reply(
      fmt::format(R"({{"multiAssetsMargin":{}}})", v.accounts[c.owner].multi_assets()));
}

reply post_multi_assets(venue_state& v, const call& c) {
  const auto wanted = need_flag(c.given, "multiAssetsMargin");
  if (const auto* wrong = error_of(wanted))
    return error_reply(*wrong);
  if (auto wrong = v.change_multi_assets(c.owner, std::get<0>(wanted), c.now))
    return error_reply(*wrong);
  return json_reply(success);
}

reply post_leverage(venue_state& v, const call& c) {
  const auto what = named_instrument(v, c.given);
  if (const auto* wrong = error_of(what))
    return error_reply(*wrong);
  const auto leverage = c.given.whole("leverage");
  if (const auto* wrong = error_of(leverage))
    return error_reply(*wrong);
  if (!std::get<0>(leverage))
    return error_reply(missing_parameter("leverage"));
  const auto& i = *std::get<0>(what);
  if (auto wrong = v.change_leverage(c.owner, i, *std::get<0>(leverage), c.now))
    return error_reply(*wrong);
  return json_reply(leverage_text(v.accounts[c.owner], i));
}

std::optional<venue_error> venue_state::change_leverage(std::size_t owner, const instrument& i,
                                                        std::int64_t leverage, moment now) {
  auto& who = accounts[owner];
  if (auto wrong = check_leverage(*this, who, i, leverage))
    return wrong;
  if (who.leverage_of(i.name) == leverage)
    return std::nullopt;
  who.set_leverage(i, leverage, marks.of(i));
  desk.tell(owner, "ACCOUNT_CONFIG_UPDATE", leverage_event(i, leverage, now.venue));
  publish(now);
  return std::nullopt;
}

std::optional<venue_error> venue_state::change_position_mode(std::size_t owner, bool hedged) {
  auto& who = accounts[owner];
  if (who.hedged() == hedged)
    return venue_error{400, -4059, "No need to change position side."};
  if (!who.open_orders().empty() || !algos.open(owner).empty())
    return venue_error{400, -4067, "Position side cannot be changed if there exists open orders."};
  if (who.has_positions())
    return venue_error{400, -4068, "Position side cannot be changed if there exists position."};
  who.set_hedged(hedged);
  return std::nullopt;
}

std::optional<venue_error> venue_state::change_multi_assets(std::size_t owner, bool on,
                                                            moment now) {
  auto& who = accounts[owner];
  if (who.multi_assets() == on)
    return venue_error{400, -4171, "No need to change multi-assets mode."};
  who.set_multi_assets(on);
  desk.tell(owner, "ACCOUNT_CONFIG_UPDATE", multi_assets_event(on, now.venue));
  publish(now);
  return std::nullopt;
}

}  // namespace sluice::simulator
