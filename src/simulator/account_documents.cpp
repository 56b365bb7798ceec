// Accounts, balances and positions in the venue's v3 shapes.
#include <fmt/compile.h>

#include <algorithm>
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

/// Price at which the money that keeps a position meets its maintenance if only this symbol moved;
/// `room` is what is between the two now. "0" if there is no such price.
std::string liquidation_price(const account::position& p, price mark, notional room) {
  const auto distance = static_cast<wide_int>(room.raw()) * fixed_scale / p.amount.abs().raw();
  const auto level = static_cast<wide_int>(mark.raw()) - distance * p.amount.sign();
  if (level <= 0 || level > std::numeric_limits<std::int64_t>::max())
    return "0";
  const auto at = floor_to_step(price::from_raw(static_cast<std::int64_t>(level)), p.what->tick);
  return padded(at, p.what->price_digits);
}

/// An isolated position's own balance: what was set aside and what it has won or lost since.
notional isolated_margin(const account::position& p, price mark) {
  return p.amount.is_zero() ? notional{} : p.isolated + unrealised_of(p, mark);
}

/// Text at once: of all the venue says this is asked for most.
std::string risk_row(const account::position& p, const account::holding& h, price mark,
                     const margin_view& m) {
  const bool flat = p.amount.is_zero();
  const auto bound = bound_by(p, mark, h.leverage);
  const auto own = isolated_margin(p, mark);
  const bool isolated = h.margin == margin_type::isolated && !flat;
  const auto room = isolated ? own - bound.maintenance : m.balance - m.maintenance;
  const auto money_if = [](bool any, notional n) { return any ? money(n) : "0"; };
  return fmt::format(
      FMT_COMPILE(
          R"({{"symbol":"{}","positionSide":"{}","positionAmt":"{}","entryPrice":"{}",)"
          R"("breakEvenPrice":"{}","markPrice":"{}","unRealizedProfit":"{}",)"
          R"("liquidationPrice":"{}","isolatedMargin":"{}","notional":"{}","marginAsset":"USDT",)"
          R"("isolatedWallet":"{}","initialMargin":"{}","maintMargin":"{}",)"
          R"("positionInitialMargin":"{}","openOrderInitialMargin":"{}","adl":{},)"
          R"("bidNotional":"{}","askNotional":"{}","updateTime":{}}})"),
      p.what->name.str(), venue_word(p.leg), padded(p.amount, p.what->quantity_digits),
      padded(p.entry, std::max(p.what->price_digits, 1)), break_even(p),
      padded(mark, fixed_decimals), money(unrealised_of(p, mark)),
      flat ? "0" : liquidation_price(p, mark, room), money_if(isolated, own),
      money_if(!flat, mark * p.amount), money_if(isolated, p.isolated), money(bound.initial()),
      money_if(!flat, bound.maintenance), money_if(!flat, bound.positions),
      money_if(!bound.orders.is_zero(), bound.orders), flat ? 0 : 1,
      money_if(!p.bids.is_zero(), p.bids), money_if(!p.asks.is_zero(), p.asks), p.changed_at.ms);
}

json::object account_row(const account::position& p, const account::holding& h, price mark) {
  const auto value = mark * p.amount;
  const auto bound = bound_by(p, mark, h.leverage);
  const bool isolated = h.margin == margin_type::isolated && !p.amount.is_zero();
  return {{"symbol", p.what->name.str()},
          {"positionSide", venue_word(p.leg)},
          {"positionAmt", padded(p.amount, p.what->quantity_digits)},
          {"unrealizedProfit", money(unrealised_of(p, mark))},
          {"isolatedMargin", isolated ? money(isolated_margin(p, mark)) : "0.00000000"},
          {"notional", money(value)},
          {"isolatedWallet", isolated ? money(p.isolated) : "0"},
          {"initialMargin", money(bound.initial())},
          {"maintMargin", money(bound.maintenance)},
          {"updateTime", p.changed_at.ms}};
}

json::object asset_row(const account& who, const margin_view& m) {
  const auto all = m.total();
  return {{"asset", "USDT"},
          {"walletBalance", money(who.wallet())},
          {"unrealizedProfit", money(all.unrealised)},
          {"marginBalance", money(who.wallet() + all.unrealised)},
          {"maintMargin", money(all.maintenance)},
          {"initialMargin", money(all.initial())},
          {"positionInitialMargin", money(all.positions)},
          {"openOrderInitialMargin", money(all.orders)},
          {"crossWalletBalance", money(m.wallet)},
          {"crossUnPnl", money(m.unrealised)},
          {"availableBalance", money(m.available)},
          {"maxWithdrawAmount", money(m.available)},
          {"updateTime", who.changed_at().ms}};
}

position_rows all_legs(const account& who, const account::holding& h) {
  if (who.hedged())
    return {&h.leg(position_side::long_), &h.leg(position_side::short_)};
  return {&h.leg(position_side::both)};
}

/// The legs of a symbol that are shown: none when it is flat and has no order.
position_rows shown_legs(const account& who, const account::holding& h, hedge_rows rows) {
  if (h.flat() && h.open.empty())
    return {};
  auto legs = all_legs(who, h);
  if (who.hedged() && rows == hedge_rows::held_legs)
    std::erase_if(
        legs, [](const auto* p) { return p->amount.is_zero() && (p->bids + p->asks).is_zero(); });
  return legs;
}

}  // namespace

std::string break_even(const account::position& p) {
  constexpr std::int64_t fee_ppm = 400;
  const auto shift = static_cast<wide_int>(p.entry.raw()) * fee_ppm / 1'000'000 * p.amount.sign();
  return padded(price::from_raw(p.entry.raw() + static_cast<std::int64_t>(shift)),
                p.what->price_digits);
}

std::string position_risk(const account& who, const mark_board& marks, const instrument* only,
                          const trading_rules& rules) {
  const auto m = who.margin();
  std::string list = "[";
  const auto add = [&](const account::holding& h, const position_rows& legs) {
    for (const auto* p : legs) {
      list += list.size() == 1 ? "" : ",";
      list += risk_row(*p, h, marks.of(*h.what), m);
    }
  };
  if (!only) {
    for (const auto& [name, h] : who.all())
      add(h, shown_legs(who, h, rules.rows));
    return list + ']';
  }
  const auto h = who.holding_or_flat(*only);
  auto legs = shown_legs(who, h, rules.rows);
  if (legs.empty() && rules.flat == flat_symbol::zero_row)
    legs = all_legs(who, h);
  add(h, legs);
  return list + ']';
}

std::string account_v3(const account& who, const mark_board& marks) {
  const auto m = who.margin();
  json::array positions;
  for (const auto& [name, h] : who.all())
    for (const auto* p : shown_legs(who, h, hedge_rows::both_legs))
      positions.push_back(account_row(*p, h, marks.of(*h.what)));
  const auto all = m.total();
  return json::serialize(json::object{{"totalInitialMargin", money(all.initial())},
                                      {"totalMaintMargin", money(all.maintenance)},
                                      {"totalWalletBalance", money(who.wallet())},
                                      {"totalUnrealizedProfit", money(all.unrealised)},
                                      {"totalMarginBalance", money(who.wallet() + all.unrealised)},
                                      {"totalPositionInitialMargin", money(all.positions)},
                                      {"totalOpenOrderInitialMargin", money(all.orders)},
                                      {"totalCrossWalletBalance", money(m.wallet)},
                                      {"totalCrossUnPnl", money(m.unrealised)},
                                      {"availableBalance", money(m.available)},
                                      {"maxWithdrawAmount", money(m.available)},
                                      {"assets", json::array{asset_row(who, m)}},
                                      {"positions", std::move(positions)}});
}

std::string balance_v3(const account& who) {
  const auto m = who.margin();
  const json::object row{{"accountAlias", "SimV"},
                         {"asset", "USDT"},
                         {"balance", money(who.wallet())},
                         {"crossWalletBalance", money(m.wallet)},
                         {"crossUnPnl", money(m.unrealised)},
                         {"availableBalance", money(m.available)},
                         {"maxWithdrawAmount", money(m.available)},
                         {"marginAvailable", true},
                         {"updateTime", who.changed_at().ms}};
  return json::serialize(json::array{row});
}

}  // namespace sluice::simulator
