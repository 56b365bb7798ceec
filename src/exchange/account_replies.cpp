// Replies about what the account and its symbols own and are set to, as values.
#include <algorithm>
#include <limits>
#include <utility>

#include "documents.hpp"
#include "limit_words.hpp"

namespace sluice::exchange {
namespace {

asset_balance balance_from(const json_object& row, json_faults&) {
  asset_balance read;
  read.asset = row.text("asset");
  read.wallet = row.exact_or_zero<notional>("balance");
  read.available = row.exact_or_zero<notional>("availableBalance");
  read.cross_unrealised = row.lenient<notional>("crossUnPnl");
  read.counts_as_margin = row.flag_or("marginAvailable", true);
  read.updated_at = {row.integer_or("updateTime", 0)};
  return read;
}

/// In single-asset mode the totals are those of USDT, to the last digit; in multi-assets mode they
/// are of all assets, in USD. No field says which. Without a row of USDT there is none of it.
bool are_of_usdt_alone(const json_object& reply, const margin_summary& totals,
                       json_faults& faults) {
  notional margin;
  notional initial;
  if (const auto assets = reply.optional("assets"))
    for (const auto element : rows_of(*assets, faults)) {
      const json_object row(element, "asset", faults);
      if (row.text("asset") != "USDT")
        continue;
      margin = row.exact_or_zero<notional>("marginBalance");
      initial = row.exact_or_zero<notional>("initialMargin");
    }
  return margin == totals.margin && initial == totals.initial;
}

margin_summary margin_from(const json_object& reply, json_faults& faults) {
  // The wallet must be there: a document without it is another one.
  (void)reply.text("totalWalletBalance");
  margin_summary read;
  read.wallet = reply.exact_or_zero<notional>("totalWalletBalance");
  read.unrealised = reply.exact_or_zero<notional>("totalUnrealizedProfit");
  read.margin = reply.exact_or_zero<notional>("totalMarginBalance");
  read.initial = reply.exact_or_zero<notional>("totalInitialMargin");
  read.maintenance = reply.exact_or_zero<notional>("totalMaintMargin");
  read.available = reply.exact_or_zero<notional>("availableBalance");
  read.of_usdt_alone = are_of_usdt_alone(reply, read, faults);
  return read;
}

/// The venue writes the same thing as "cross" here and "CROSSED" there.
margin_mode margin_of(std::string_view word) {
  if (word == "CROSSED" || word == "CROSS" || word == "cross")
    return margin_mode::cross;
  if (word == "ISOLATED" || word == "isolated")
    return margin_mode::isolated;
  return margin_mode::other;
}

symbol_settings symbol_settings_from(const json_object& row, json_faults& faults) {
  symbol_settings read;
  read.instrument = row.instrument("symbol");
  read.margin = margin_of(row.text("marginType"));
  read.leverage = row.integer("leverage");
  read.auto_add_margin = row.flag_or("isAutoAddMargin", false);
  read.max_notional = row.lenient<notional>("maxNotionalValue");
  if (read.leverage < 1)
    faults.refuse("leverage", "is below one");
  return read;
}

/// The last bracket of a ladder may be without end. A cap past all that we can hold becomes the
/// largest value we have, and a bracket that begins there or later is left out: no position that
/// we could hold reaches it.
leverage_ladder ladder_from(const json_object& row, json_faults& faults) {
  leverage_ladder read;
  read.instrument = row.instrument("symbol");
  constexpr auto most = notional::from_raw(std::numeric_limits<std::int64_t>::max());
  for (const auto element : row.array("brackets")) {
    const json_object step(element, "bracket", faults);
    const auto leverage = step.integer("initialLeverage");
    const auto floor = step.number_or_most<notional>("notionalFloor");
    if (floor < most)
      read.steps.push_back({leverage, floor, step.number_or_most<notional>("notionalCap"),
                            step.number<ratio>("maintMarginRatio"), step.number<notional>("cum")});
  }
  const auto unusable = [](const leverage_step& s) {
    return s.leverage < 1 || s.cap <= s.floor || s.maintenance.sign() < 0;
  };
  if (read.steps.empty() || std::any_of(read.steps.begin(), read.steps.end(), unusable))
    faults.refuse("brackets", "are empty or make no sense");
  return read;
}

premium premium_from(const json_object& row, json_faults&) {
  premium read;
  read.instrument = row.instrument("symbol");
  read.mark = row.lenient<price>("markPrice");
  read.index = row.lenient<price>("indexPrice");
  read.funding = row.lenient<ratio>("lastFundingRate");
  read.next_funding_at = {row.integer_or("nextFundingTime", 0)};
  read.at = {row.integer_or("time", 0)};
  return read;
}

}  // namespace

result<std::vector<asset_balance>> parse_balances(std::string_view body) {
  return array_document<asset_balance>(body, balance_from);
}

result<margin_summary> parse_margin(std::string_view body) {
  return object_document<margin_summary>(body, margin_from);
}

result<std::vector<symbol_settings>> parse_symbol_settings(std::string_view body) {
  return array_document<symbol_settings>(body, symbol_settings_from);
}

result<std::vector<leverage_ladder>> parse_leverage_brackets(std::string_view body) {
  return rows_document<leverage_ladder>(body, ladder_from);
}

result<std::vector<premium>> parse_premiums(std::string_view body) {
  return rows_document<premium>(body, premium_from);
}

result<std::vector<venue_limit>> parse_order_limits(std::string_view body) {
  return array_document<venue_limit>(
      body, [](const json_object& row, json_faults&) { return limit_from(row); });
}

}  // namespace sluice::exchange
