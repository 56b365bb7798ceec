// Calls a venue the way a trader does, and audits its books from the outside.
#include "simulator/support/trader.hpp"

#include <map>
#include <stdexcept>

namespace sluice::simulator::test {

reply limit_order(bench_venue& v, const std::string& symbol, const std::string& side,
                  const std::string& quantity, const std::string& price, const std::string& more) {
  const std::string lasts = more.find("timeInForce") == std::string::npos ? "&timeInForce=GTC" : "";
  return v.call("POST", "/fapi/v1/order",
                "symbol=" + symbol + "&side=" + side + "&type=LIMIT&quantity=" + quantity +
                    "&price=" + price + "&newOrderRespType=RESULT" + lasts + more);
}

reply algo_order(bench_venue& v, const std::string& type, const std::string& symbol,
                 const std::string& side, const std::string& more) {
  return v.call("POST", "/fapi/v1/algoOrder",
                "algoType=CONDITIONAL&type=" + type + "&symbol=" + symbol + "&side=" + side + more);
}

void tick_at(bench_venue& v, const std::string& name, const std::string& at) {
  if (!v.it->set_mark(symbol{name}, *price::parse(at)))
    throw std::runtime_error("no such mark: " + at);
  v.pass(milliseconds{1'000});
}

stream_id listen(bench_venue& v) {
  const auto key = field(v.with_key("POST", "/fapi/v1/listenKey").body, "listenKey");
  return v.it->open_stream("/private/ws/" + key).value();
}

std::string story(const std::vector<std::string>& texts) {
  std::string out;
  for (const auto& t : texts) {
    out += (out.empty() ? "" : " ") + field(t, "e");
    const auto inner = field(t, "o");
    if (inner.empty())
      continue;
    if (const auto x = field(inner, "x"); !x.empty())
      out += "/" + x;
    out += "/" + field(inner, "X");
  }
  return out;
}

account_ledger books_of(const bench_venue& v, std::size_t account) {
  return v.it->books(v.now).accounts.at(account);
}

std::vector<ledger_order> orders_of(const bench_venue& v) {
  return books_of(v).orders;
}

quantity leg_of(const bench_venue& v, const std::string& name, position_side leg) {
  for (const auto& p : books_of(v).positions)
    if (p.instrument.str() == name && p.leg == leg)
      return p.amount;
  return {};
}

std::string audit(const bench_venue& v, std::size_t account) {
  const auto books = books_of(v, account);
  notional realised;
  notional fees;
  notional funding;
  std::map<std::pair<symbol, position_side>, quantity> legs;
  std::map<order_id, quantity> executed;
  for (const auto& f : books.fills) {
    realised += f.realised;
    fees += f.fee;
    legs[{f.instrument, f.leg}] += signed_amount(f);
    executed[f.order] += f.amount;
  }
  for (const auto& f : books.fundings)
    funding += f.amount;
  for (const auto& p : books.positions)
    legs[{p.instrument, p.leg}] -= p.amount;
  for (const auto& [leg, rest] : legs)
    if (!rest.is_zero())
      return "position of " + leg.first.str() + " is off by " + rest.str();
  for (const auto& o : books.orders)
    if (executed[o.report.id] != o.report.executed)
      return "order " + std::to_string(o.report.id) + " executed something else than its fills";
  if (books.realised != realised || books.fees != fees || books.funding != funding)
    return "sums differ from their parts";
  if (books.wallet != books.initial_balance + realised - fees + funding + books.cleared)
    return "wallet is " + books.wallet.str();
  return "";
}

}  // namespace sluice::simulator::test
