// What orders did at the venue against what was intended: I2, I3, I8.
#include <algorithm>
#include <map>

#include "oracle.hpp"
#include "records.hpp"

namespace sluice::oracle {
namespace {

using violations = std::vector<violation>;

/// An order is stopped being live by its last change, unless it is still open.
ms end_of(const venue_order& o) {
  return o.open ? std::numeric_limits<ms>::max() : o.changed;
}

units signed_amount(const venue_fill& f) {
  return f.buys ? f.amount : -f.amount;
}

}  // namespace

std::vector<violation> check_orders(const history& h) {
  violations found;
  const auto intents = intents_of(h);
  const auto opens = named_by(h, "open", "amount");
  std::map<std::string, units> permitted;
  std::map<std::string, std::vector<const venue_order*>> of_plan;
  for (const auto& o : h.orders)
    if (const auto known = intents.find(o.client_id); known != intents.end()) {
      of_plan[known->second.plan].push_back(&o);
      if (o.executed > known->second.amount || o.asked > known->second.amount)
        found.push_back({"I2", o.client_id + " of " + known->second.plan + " asked " +
                                   show_units(o.asked) + ", traded " + show_units(o.executed) +
                                   " of the intended " + show_units(known->second.amount)});
      permitted[known->second.plan] = std::max(permitted[known->second.plan], known->second.amount);
    }
  for (auto& [plan, orders] : of_plan) {
    std::ranges::sort(orders, {}, &venue_order::id);
    units executed = 0;
    for (std::size_t i = 0; i < orders.size(); ++i) {
      executed += orders[i]->executed;
      if (i > 0 && orders[i]->created < end_of(*orders[i - 1]))
        found.push_back({"I2", plan + " had two orders live at once: " + orders[i - 1]->client_id +
                                   " and " + orders[i]->client_id});
    }
    const auto open = opens.find(plan);
    if (open == opens.end())
      continue;
    if (executed > permitted[plan])
      found.push_back(
          {"I2", plan + " traded " + show_units(executed) + " of " + show_units(permitted[plan])});
    if (open->second >= 0 && executed > open->second)
      found.push_back({"I2", plan + " traded " + show_units(executed) + ", its producer wanted " +
                                 show_units(open->second)});
  }
  return found;
}

std::vector<violation> check_reductions(const history& h) {
  violations found;
  const auto intents = intents_of(h);
  // By what its producer wanted; what the product says of the order itself may be wrong.
  const auto targets = named_by(h, "reduce", "target");
  const auto reduces = [&](const intent& i) { return i.reduce_only || targets.contains(i.plan); };
  for (const auto& a : h.allows)
    if (const auto wants = targets.find(a.plan);
        wants != targets.end() && !a.recovered &&
        a.amount > std::max<units>(std::abs(a.truth) - std::max<units>(wants->second, 0), 0))
      found.push_back({"I3", a.plan + " was allowed to close " + show_units(a.amount) + " of " +
                                 show_units(std::abs(a.truth)) + " down to " +
                                 show_units(wants->second)});
  for (const auto& a : h.allows)
    if (!a.opens && !a.recovered && !a.trades_nothing && a.amount > std::abs(a.truth))
      found.push_back({"I3", a.plan + " was allowed to close " + show_units(a.amount) + " of " +
                                 show_units(std::abs(a.truth))});
  for (const auto& o : h.orders)
    if (const auto known = intents.find(o.client_id);
        known != intents.end() && reduces(known->second) && !o.reduce_only)
      found.push_back({"I3", o.client_id + " reduces and was not reduce-only at the venue"});
  const auto stops = stops_of(h);
  auto held = h.initial;
  for (const auto& f : h.fills) {
    const auto before = held[f.symbol];
    const auto after = before + signed_amount(f);
    held[f.symbol] = after;
    const auto known = intents.find(f.client_id);
    const bool is_ours = known != intents.end() && reduces(known->second);
    if (!is_ours && !stops.contains(f.client_id))
      continue;
    const bool crossed = (before > 0 && after < 0) || (before < 0 && after > 0) || before == 0;
    if (crossed || std::abs(after) >= std::abs(before))
      found.push_back({"I3", "the reduce " + f.client_id + " took " + f.symbol + " from " +
                                 show_units(before) + " to " + show_units(after)});
  }
  return found;
}

std::vector<violation> check_intents(const history& h) {
  violations found;
  auto intents = intents_of(h);
  each(h, "stop_changed", [&](const journal_record&, const boost::json::object& o) {
    intents.try_emplace(text_of(o, "client_order_id"));
  });
  for (const auto& a : h.arrivals) {
    if (!a.durable)
      found.push_back({"I8", a.client_id + " came to the venue before its intent was synced"});
    if (!intents.contains(a.client_id))
      found.push_back({"I8", a.client_id + " came to the venue and the journal has no intent"});
  }
  return found;
}

}  // namespace sluice::oracle
