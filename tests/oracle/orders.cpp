// What orders did at the venue against what was intended: I1, I2, I3, I8.
#include <algorithm>
#include <map>

#include "oracle.hpp"
#include "records.hpp"

namespace sluice::oracle {
namespace {

using violations = std::vector<violation>;

/// Whether anything that proves truth came in during the `span` before `at`: a read of positions
/// that left in it, or an event.
bool was_proven(const history& h, ms at, ms span) {
  bool open = false;
  for (const auto& l : h.wire) {
    if (l.at > at)
      break;
    const bool recent = l.at >= at - span;
    if (l.what == wire_event::told && recent)
      return true;
    const bool read = l.path == "/fapi/v3/positionRisk";
    if (l.what == wire_event::written && read && recent)
      open = true;
    if (l.what == wire_event::answered && read && l.status == 200 && open)
      return true;
  }
  return false;
}

/// An order is stopped being live by its last change, unless it is still open.
ms end_of(const venue_order& o) {
  return o.open ? std::numeric_limits<ms>::max() : o.changed;
}

units signed_amount(const venue_fill& f) {
  return f.buys ? f.amount : -f.amount;
}

/// What each plan of that kind names under `key`, by plan; -1 where it names nothing.
std::map<std::string, units> named_by(const history& h, std::string_view kind,
                                      std::string_view key) {
  std::map<std::string, units> found;
  each(h, "plan_accepted", [&](const journal_record&, const boost::json::object& plan) {
    const auto& body = plan.at("body").as_object();
    if (text_of(body, "kind") != kind)
      return;
    const auto text = text_of(body, key);
    found[text_of(plan, "plan_id")] = text.empty() || text == "null" ? -1 : parse_units(text);
  });
  return found;
}

}  // namespace

std::vector<violation> check_allows(const history& h) {
  /// Between the reading of the clock in the gate and the commit of the verdict.
  constexpr ms commit_slack = 1'000;
  violations found;
  for (const auto& a : h.allows) {
    if (a.recovered || a.trades_nothing)
      continue;
    if (!a.known)
      found.push_back({"I1", a.plan + " was allowed on unknown truth"});
    if (a.age > a.limit || a.age < 0)
      found.push_back({"I1", a.plan + " was allowed on truth " + std::to_string(a.age) +
                                 " ms old, limit " + std::to_string(a.limit)});
    if (a.held && a.hold_blocks)
      found.push_back({"I1", a.plan + " was allowed under a hold"});
    if (a.in_flight)
      found.push_back({"I1", a.plan + " was allowed with an order not resolved"});
    // A plan may be judged again later, on another truth.
    if (a.at >= 0 && !was_proven(h, a.at, a.limit + commit_slack))
      found.push_back({"I1", a.plan + " was allowed though nothing had proven its truth for " +
                                 std::to_string(a.limit + commit_slack) + " ms"});
  }
  return found;
}

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
  auto held = h.initial;
  for (const auto& f : h.fills) {
    const auto before = held[f.symbol];
    const auto after = before + signed_amount(f);
    held[f.symbol] = after;
    const auto known = intents.find(f.client_id);
    if (known == intents.end() || !reduces(known->second))
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
