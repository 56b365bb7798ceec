// Accounts, balances and positions in the venue's v3 shapes.
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

/// Price at which the shared margin balance meets maintenance if only this symbol moved; "0" if
/// none.
std::string liquidation_price(const account::position& p, price mark, const margin_view& m) {
  const auto room = (m.balance - m.maintenance) / price::whole(1);
  const auto distance = static_cast<wide_int>(room.raw()) * fixed_scale / p.amount.abs().raw();
  const auto level = static_cast<wide_int>(mark.raw()) - distance * p.amount.sign();
  if (level <= 0 || level > std::numeric_limits<std::int64_t>::max())
    return "0";
  const auto at = floor_to_step(price::from_raw(static_cast<std::int64_t>(level)), p.what->tick);
  return padded(at, p.what->price_digits);
}

/// Entry moved by the fee of opening, against the holder.
std::string break_even(const account::position& p) {
  constexpr std::int64_t fee_ppm = 400;
  const auto shift = static_cast<wide_int>(p.entry.raw()) * fee_ppm / 1'000'000 * p.amount.sign();
  return padded(price::from_raw(p.entry.raw() + static_cast<std::int64_t>(shift)),
                p.what->price_digits);
}

json::object risk_row(const account::position& p, const account& who, price mark,
                      const margin_view& m) {
  const auto value = mark * p.amount;
  const auto initial = notional::from_raw(value.abs().raw() / who.leverage());
  return {{"symbol", p.what->name.str()},
          {"positionSide", "BOTH"},
          {"positionAmt", padded(p.amount, p.what->quantity_digits)},
          {"entryPrice", padded(p.entry, p.what->price_digits)},
          {"breakEvenPrice", break_even(p)},
          {"markPrice", padded(mark, fixed_decimals)},
          {"unRealizedProfit", money(unrealised_of(p, mark))},
          {"liquidationPrice", liquidation_price(p, mark, m)},
          {"isolatedMargin", "0"},
          {"notional", money(value)},
          {"marginAsset", "USDT"},
          {"isolatedWallet", "0"},
          {"initialMargin", money(initial)},
          {"maintMargin", money(millionths_of(value.abs(), maintenance_ppm))},
          {"positionInitialMargin", money(initial)},
          {"openOrderInitialMargin", "0"},
          {"adl", 1},
          {"bidNotional", "0"},
          {"askNotional", "0"},
          {"updateTime", p.changed_at.ms}};
}

json::object account_row(const account::position& p, const account& who, price mark) {
  const auto value = mark * p.amount;
  return {{"symbol", p.what->name.str()},
          {"positionSide", "BOTH"},
          {"positionAmt", padded(p.amount, p.what->quantity_digits)},
          {"unrealizedProfit", money(unrealised_of(p, mark))},
          {"isolatedMargin", "0.00000000"},
          {"notional", money(value)},
          {"isolatedWallet", "0"},
          {"initialMargin", money(notional::from_raw(value.abs().raw() / who.leverage()))},
          {"maintMargin", money(millionths_of(value.abs(), maintenance_ppm))},
          {"updateTime", p.changed_at.ms}};
}

json::object asset_row(const account& who, const margin_view& m) {
  return {{"asset", "USDT"},
          {"walletBalance", money(who.wallet())},
          {"unrealizedProfit", money(m.unrealised)},
          {"marginBalance", money(m.balance)},
          {"maintMargin", money(m.maintenance)},
          {"initialMargin", money(m.initial)},
          {"positionInitialMargin", money(m.initial)},
          {"openOrderInitialMargin", "0.00000000"},
          {"crossWalletBalance", money(who.wallet())},
          {"crossUnPnl", money(m.unrealised)},
          {"availableBalance", money(m.available)},
          {"maxWithdrawAmount", money(m.available)},
          {"updateTime", who.changed_at().ms}};
}

}  // namespace

std::string position_risk(const account& who, const mark_board& marks,
                          const std::vector<const account::position*>& rows) {
  const auto m = who.margin(marks);
  json::array list;
  list.reserve(rows.size());
  for (const auto* p : rows)
    list.push_back(risk_row(*p, who, marks.of(*p->what), m));
  return json::serialize(list);
}

std::string account_v3(const account& who, const mark_board& marks) {
  const auto m = who.margin(marks);
  json::array positions;
  for (const auto* p : who.open_positions())
    positions.push_back(account_row(*p, who, marks.of(*p->what)));
  return json::serialize(json::object{{"totalInitialMargin", money(m.initial)},
                                      {"totalMaintMargin", money(m.maintenance)},
                                      {"totalWalletBalance", money(who.wallet())},
                                      {"totalUnrealizedProfit", money(m.unrealised)},
                                      {"totalMarginBalance", money(m.balance)},
                                      {"totalPositionInitialMargin", money(m.initial)},
                                      {"totalOpenOrderInitialMargin", "0.00000000"},
                                      {"totalCrossWalletBalance", money(who.wallet())},
                                      {"totalCrossUnPnl", money(m.unrealised)},
                                      {"availableBalance", money(m.available)},
                                      {"maxWithdrawAmount", money(m.available)},
                                      {"assets", json::array{asset_row(who, m)}},
                                      {"positions", std::move(positions)}});
}

std::string balance_v3(const account& who, const mark_board& marks) {
  const auto m = who.margin(marks);
  const json::object row{{"accountAlias", "SimV"},
                         {"asset", "USDT"},
                         {"balance", money(who.wallet())},
                         {"crossWalletBalance", money(who.wallet())},
                         {"crossUnPnl", money(m.unrealised)},
                         {"availableBalance", money(m.available)},
                         {"maxWithdrawAmount", money(m.available)},
                         {"marginAvailable", true},
                         {"updateTime", who.changed_at().ms}};
  return json::serialize(json::array{row});
}

std::string account_config() {
  return json::serialize(json::object{{"feeTier", 0},
                                      {"canTrade", true},
                                      {"canDeposit", true},
                                      {"canWithdraw", false},
                                      {"dualSidePosition", false},
                                      {"updateTime", 0},
                                      {"multiAssetsMargin", false},
                                      {"tradeGroupId", -1}});
}

std::string account_event(const account& who, const instrument& moved, const mark_board& marks,
                          venue_time at) {
  const account::position none;
  const auto* found = who.find(moved.name);
  const auto& p = found ? *found : none;
  const bool flat = p.amount.is_zero();
  const json::object balance{
      {"a", "USDT"}, {"wb", money(who.wallet())}, {"cw", money(who.wallet())}, {"bc", "0"}};
  const json::object row{{"s", moved.name.str()},
                         {"pa", flat ? "0" : padded(p.amount, moved.quantity_digits)},
                         {"ep", padded(p.entry, moved.price_digits)},
                         {"bep", flat ? "0" : break_even(p)},
                         {"cr", money(p.realised)},
                         {"up", flat ? "0" : money(unrealised_of(p, marks.of(moved)))},
                         {"mt", "cross"},
                         {"iw", "0"},
                         {"ps", "BOTH"}};
  return json::serialize(
      json::object{{"e", "ACCOUNT_UPDATE"},
                   {"E", at.ms},
                   {"T", at.ms},
                   {"a", {{"m", "ORDER"}, {"B", json::array{balance}}, {"P", json::array{row}}}}});
}

std::string listen_key_expired_event(const std::string& key, venue_time at) {
  return json::serialize(json::object{{"e", "listenKeyExpired"}, {"E", at.ms}, {"listenKey", key}});
}

}  // namespace sluice::simulator
