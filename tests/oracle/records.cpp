// Reads records and decimals for the oracle.
#include "records.hpp"

#include <algorithm>
#include <stdexcept>

namespace sluice::oracle {

units parse_units(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative)
    text.remove_prefix(1);
  units value = 0;
  int decimals = -1;
  for (const char c : text) {
    if (c == '.' && decimals < 0) {
      decimals = 0;
      continue;
    }
    if (c < '0' || c > '9' || decimals == 8)
      throw std::invalid_argument("no decimal: " + std::string(text));
    value = value * 10 + (c - '0');
    decimals += decimals >= 0 ? 1 : 0;
  }
  if (text.empty())
    throw std::invalid_argument("no decimal: it is empty");
  for (int i = std::max(decimals, 0); i < 8; ++i)
    value *= 10;
  return negative ? -value : value;
}

std::string show_units(units u) {
  const auto whole = std::to_string(u / 100'000'000);
  auto rest = std::to_string(std::abs(u % 100'000'000));
  rest.insert(0, 8 - rest.size(), '0');
  return (u < 0 && u > -100'000'000 ? "-" : "") + whole + "." + rest;
}

std::string text_of(const boost::json::object& o, std::string_view key) {
  const auto* value = o.if_contains(key);
  if (!value)
    return {};
  if (const auto* text = value->if_string())
    return std::string(*text);
  return boost::json::serialize(*value);
}

void each(const history& h, std::string_view kind,
          const std::function<void(const journal_record&, const boost::json::object&)>& visit) {
  for (const auto& line : h.records)
    if (line.kind == kind)
      visit(line, line.json.fields());
}

std::map<std::int64_t, ms> known_by(const history& h) {
  std::map<std::int64_t, ms> by;
  auto last = h.ended_at;
  for (auto r = h.records.rbegin(); r != h.records.rend(); ++r)
    by[r->seq] = last = r->seen_at >= 0 ? r->seen_at : last;
  return by;
}

std::map<std::string, ms> accepted_plans(const history& h) {
  std::map<std::string, ms> at;
  each(h, "plan_accepted", [&](const journal_record& line, const boost::json::object& o) {
    at[text_of(o, "plan_id")] = line.seen_at;
  });
  return at;
}

ms waited_for_disk(const history& h, ms told) {
  constexpr int commits = 3;
  ms longest = 0;
  for (const auto& s : h.slow_disk)
    if (told >= s.from && told <= s.to + commits * s.each)
      longest = std::max(longest, commits * s.each);
  return longest;
}

bool lost_the_time(const history& h, ms from, ms to) {
  const auto within = [&](ms at) { return at > from && at <= to; };
  return std::ranges::any_of(h.clock_set, within) &&
         std::ranges::any_of(h.wire, [&](const wire_line& l) {
           return l.what == wire_event::restarted && within(l.at);
         });
}

positions_held::positions_held(const history& h) {
  for (const auto& [symbol, amount] : h.initial)
    lines_[symbol] = {{-1, amount}};
  for (const auto& f : h.fills) {
    auto& line = lines_[f.symbol];
    if (line.empty())
      line.emplace_back(-1, 0);
    line.emplace_back(f.at, line.back().second + (f.buys ? f.amount : -f.amount));
  }
}

bool positions_held::was(const std::string& symbol, units amount, ms from, ms to) const {
  const auto found = lines_.find(symbol);
  if (found == lines_.end())
    return amount == 0;
  const auto& line = found->second;
  for (std::size_t i = 0; i < line.size() && line[i].first <= to; ++i) {
    const bool still = i + 1 == line.size() || line[i + 1].first >= from;
    if (still && line[i].second == amount)
      return true;
  }
  return false;
}

bool positions_held::within(const std::string& symbol, units most, ms from, ms to) const {
  const auto found = lines_.find(symbol);
  if (found == lines_.end())
    return true;
  const auto& line = found->second;
  for (std::size_t i = 0; i < line.size() && line[i].first <= to; ++i) {
    const bool still = i + 1 == line.size() || line[i + 1].first >= from;
    if (still && std::abs(line[i].second) <= most)
      return true;
  }
  return false;
}

std::set<std::string> stops_of(const history& h) {
  std::set<std::string> found;
  each(h, "stop_changed", [&](const journal_record&, const boost::json::object& o) {
    found.insert(text_of(o, "client_order_id"));
  });
  return found;
}

std::map<std::string, intent> intents_of(const history& h) {
  std::map<std::string, intent> found;
  each(h, "order_intended", [&](const journal_record& line, const boost::json::object& o) {
    found[text_of(o, "client_order_id")] = {text_of(o, "plan_id"),
                                            text_of(o, "symbol"),
                                            parse_units(text_of(o, "amount")),
                                            text_of(o, "reduce_only") == "true",
                                            text_of(o, "direction") == "buy",
                                            line.seen_at};
  });
  return found;
}

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

}  // namespace sluice::oracle
