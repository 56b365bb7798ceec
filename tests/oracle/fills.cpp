// Whether what was traded is on record as it was, and orders, plans and books follow from it: I14.
#include <algorithm>
#include <set>

#include "doubt.hpp"
#include "oracle.hpp"
#include "records.hpp"

namespace sluice::oracle {
namespace {

using violations = std::vector<violation>;

/// What has just traded is told by the stream or by the next read.
constexpr ms told_after = 3'000;

std::string name_of(const std::string& symbol, const std::string& trade) {
  return symbol + " " + trade;
}

/// What each of our orders traded at the venue before that moment. One that ended without a trade
/// may be followed by another under the same id.
std::map<std::string, units> traded_by_order(const history& h, ms before) {
  std::map<std::string, units> traded;
  for (const auto& f : h.fills)
    if (f.at < before)
      traded[f.client_id] += f.amount;
  return traded;
}

units of(const std::map<std::string, units>& all, const std::string& key) {
  const auto at = all.find(key);
  return at == all.end() ? 0 : at->second;
}

/// Since when each symbol was last taken as it is, without its trades.
std::map<std::string, ms> adopted_at(const history& h) {
  std::map<std::string, ms> at;
  const auto by = known_by(h);
  each(h, "ledger_adjusted", [&](const journal_record& line, const boost::json::object& o) {
    if (text_of(o, "cause") == "adopted_at_start")
      at[text_of(o, "symbol")] = by.at(line.seq);
  });
  return at;
}

/// The ledger that follows from the records, by symbol.
std::map<std::string, units> ledger_of(const history& h) {
  std::map<std::string, units> ledger;
  for (const auto& line : h.records) {
    if (line.kind != "fill_recorded" && line.kind != "ledger_adjusted")
      continue;
    const auto& o = line.json.fields();
    auto& amount = ledger[text_of(o, "symbol")];
    if (line.kind == "ledger_adjusted")
      amount = parse_units(text_of(o, "after"));
    else if (text_of(o, "ours") == "true") {
      const auto traded = parse_units(text_of(o, "amount"));
      amount += text_of(o, "direction") == "buy" ? traded : -traded;
    }
  }
  return ledger;
}

}  // namespace

violations check_books(const history& h) {
  violations found;
  const positions_held positions(h);
  for (const auto& l : h.looks)
    if (!l.known)
      found.push_back({"I14", l.symbol + " is not known at the end"});
    else if (l.truth != l.venue &&
             !positions.was(l.symbol, l.truth, h.ended_at - told_after, h.ended_at))
      found.push_back({"I14", l.symbol + " is " + show_units(l.truth) + " in truth, " +
                                  show_units(l.venue) + " at the venue"});
  const std::set<std::string> held(h.open_holds.begin(), h.open_holds.end());
  const auto in_doubt = what_is_in_doubt(h).symbols;
  for (const auto& [symbol, amount] : ledger_of(h))
    if (!held.contains(symbol) && !in_doubt.contains(symbol) &&
        !positions.was(symbol, amount, h.ended_at - 2 * told_after, h.ended_at))
      found.push_back({"I14", symbol + " is " + show_units(amount) +
                                  " in the ledger, which it was not at the venue"});
  return found;
}

violations check_fills(const history& h) {
  violations found;
  std::map<std::string, const venue_fill*> real;
  for (const auto& f : h.fills)
    real[name_of(f.symbol, std::to_string(f.trade))] = &f;
  const auto intents = intents_of(h);
  const auto stops = stops_of(h);
  std::set<std::string> told;
  each(h, "fill_recorded", [&](const journal_record&, const boost::json::object& o) {
    const auto name = name_of(text_of(o, "symbol"), text_of(o, "trade_id"));
    if (!told.insert(name).second)
      found.push_back({"I14", "the trade " + name + " is on record twice"});
    const auto at = real.find(name);
    if (at == real.end())
      found.push_back({"I14", "the trade " + name + " is on record and never was"});
    else if (const auto amount = parse_units(text_of(o, "amount"));
             amount != at->second->amount || (text_of(o, "direction") == "buy") != at->second->buys)
      found.push_back({"I14", "the trade " + name + " is on record as " + show_units(amount) +
                                  ", it was " + show_units(at->second->amount)});
    else if (const auto& id = at->second->client_id; intents.contains(id) || stops.contains(id)) {
      if (!text_of(o, "client_order_id").empty() && text_of(o, "client_order_id") != id)
        found.push_back({"I14", "the trade " + name + " is on record as another order's"});
      if (text_of(o, "ours") != "true" && intents.contains(id))
        found.push_back({"I14", "the trade " + name + " of " + id + " is on record as another's"});
    } else if (text_of(o, "ours") == "true") {
      found.push_back({"I14", "the trade " + name + " is on record as ours, and is not"});
    }
  });
  const auto adopted = adopted_at(h);
  for (const auto& [name, f] : real) {
    if (!intents.contains(f->client_id) || told.contains(name) || f->at >= h.ended_at - told_after)
      continue;
    const auto taken = adopted.find(f->symbol);
    if (taken == adopted.end() || taken->second < f->at)
      found.push_back({"I14", "our trade " + name + " of " + f->client_id + ", " +
                                  show_units(f->amount) + ", is in no record"});
  }
  return found;
}

violations check_order_ends(const history& h) {
  violations found;
  std::map<std::string, units> executed;
  std::map<std::string, std::string> state;
  each(h, "order_changed", [&](const journal_record&, const boost::json::object& o) {
    executed[text_of(o, "client_order_id")] = parse_units(text_of(o, "executed"));
    state[text_of(o, "client_order_id")] = text_of(o, "state");
  });
  const auto in_doubt = what_is_in_doubt(h).orders;
  const auto traded = traded_by_order(h, h.ended_at + 1);
  const auto must_be_told = traded_by_order(h, h.ended_at - told_after);
  for (const auto& [id, intent] : intents_of(h)) {
    if (in_doubt.contains(id))
      continue;
    const auto at_venue = of(traded, id);
    const auto on_record = of(executed, id);
    if (on_record > at_venue || on_record < of(must_be_told, id))
      found.push_back({"I14", id + " executed " + show_units(at_venue) + " at the venue, " +
                                  show_units(on_record) + " on record (" + state[id] + ")"});
  }
  return found;
}

violations check_plan_ends(const history& h) {
  /// A plan ends when its orders have; what they traded is told by then or by the next read.
  constexpr ms slack = 5'000;
  violations found;
  const positions_held positions(h);
  const auto intents = intents_of(h);
  std::map<std::string, units> traded;  // By plan.
  std::map<std::string, ms> first_fill;
  for (const auto& f : h.fills)
    if (const auto known = intents.find(f.client_id); known != intents.end()) {
      traded[known->second.plan] += f.amount;
      first_fill.emplace(known->second.plan, f.at);
    }
  const auto targets = named_by(h, "reduce", "target");
  std::map<std::string, int> ends;
  each(h, "plan_finished", [&](const journal_record& line, const boost::json::object& o) {
    const auto plan = text_of(o, "plan_id");
    const auto on = text_of(o, "symbol");
    const auto how = text_of(o, "how");
    const auto executed = parse_units(text_of(o, "executed"));
    if (++ends[plan] == 2)
      found.push_back({"I14", plan + " has two ends"});
    if (executed != of(traded, plan))
      found.push_back({"I14", plan + " ended (" + how + ") with " + show_units(executed) +
                                  ", its orders traded " + show_units(of(traded, plan))});
    if (how != "done" && how != "partly" && executed > 0 && how != "withdrawn" &&
        how != "interrupted")
      found.push_back({"I14", plan + " ended as " + how + " and traded " + show_units(executed)});
    const auto target = targets.find(plan);
    // By what it traded, however late that is learned, or by the truth that it found.
    const auto began = first_fill.find(plan);
    const auto at = began == first_fill.end() ? line.seen_at - h.stale_exit : began->second;
    const auto from = std::min(at, line.seen_at) - slack;
    // Another one enlarged it while our order was on its way: what was permitted is done.
    const bool by_others = std::ranges::any_of(h.fills, [&](const venue_fill& f) {
      return f.symbol == on && f.at >= from && f.at <= line.seen_at &&
             !intents.contains(f.client_id);
    });
    if (how == "done" && target != targets.end() && line.seen_at >= 0 && !by_others &&
        !positions.within(on, std::max<units>(target->second, 0) + of(h.steps, on) - 1, from,
                          line.seen_at))
      found.push_back({"I3", "the reduce " + plan + " of " + on +
                                 " is done, and its position never was at " +
                                 show_units(target->second)});
  });
  return found;
}

}  // namespace sluice::oracle
