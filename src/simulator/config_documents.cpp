// Settings of an account and the bracket ladder in the venue's shapes.
#include <fmt/format.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "documents.hpp"

namespace sluice::simulator {

namespace json = boost::json;

std::string account_config(const account& who) {
  return json::serialize(json::object{{"feeTier", 0},
                                      {"canTrade", true},
                                      {"canDeposit", true},
                                      {"canWithdraw", false},
                                      {"dualSidePosition", who.hedged()},
                                      {"updateTime", 0},
                                      {"multiAssetsMargin", who.multi_assets()},
                                      {"tradeGroupId", -1}});
}

std::string symbol_config(const account& who, const instrument& i) {
  const auto leverage = who.leverage_of(i.name);
  return json::serialize(json::object{{"symbol", i.name.str()},
                                      {"marginType", venue_word(who.margin_of(i.name))},
                                      {"isAutoAddMargin", false},
                                      {"leverage", leverage},
                                      {"maxNotionalValue", value_max(leverage).str()}});
}

std::string leverage_text(const account& who, const instrument& i) {
  const auto leverage = who.leverage_of(i.name);
  return json::serialize(json::object{{"leverage", leverage},
                                      {"maxNotionalValue", value_max(leverage).str()},
                                      {"symbol", i.name.str()}});
}

// Written by hand: ratios must be plain decimals, and a JSON library would print 4E-3.
std::string leverage_brackets(const instrument& i) {
  std::string rows;
  for (std::size_t n = 0; n < brackets.size(); ++n) {
    const auto& b = brackets[n];
    rows += fmt::format(
        R"({}{{"bracket":{},"initialLeverage":{},"notionalCap":{},"notionalFloor":{},)"
        R"("maintMarginRatio":{},"cum":{}}})",
        n == 0 ? "" : ",", n + 1, b.leverage_max, b.cap, n == 0 ? 0 : brackets[n - 1].cap,
        format_fixed(b.maintenance_ppm * (fixed_scale / 1'000'000)), bracket_allowance(n).str());
  }
  return fmt::format(R"({{"symbol":"{}","brackets":[{}]}})", i.name.str(), rows);
}

}  // namespace sluice::simulator
