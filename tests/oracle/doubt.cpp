// Finds orders that stayed unknown for a reason outside the product.
#include "doubt.hpp"

#include <algorithm>
#include <limits>

#include "records.hpp"

namespace sluice::oracle {
namespace {

/// Whether another order traded the same way between the moment of the truth that this one was
/// decided by and its last change: such a trade is not told from one of ours when its event was
/// missed, nor, for a minute, one that this truth may have in it or not.
bool is_hidden(const history& h, const std::map<std::string, intent>& intents, const intent& o,
               ms until) {
  constexpr ms truth_older_max = 150;
  return std::ranges::any_of(h.fills, [&](const venue_fill& f) {
    return f.symbol == o.symbol && f.buys == o.buys && f.at + truth_older_max >= o.at &&
           f.at <= until && !intents.contains(f.client_id);
  });
}

/// Whether clocks moved apart by more than the product allows when it compares the times of trades.
bool lost_its_time(const history& h, const intent& o, ms until) {
  constexpr ms clocks_apart_max = 5'000;
  ms moved = 0;
  for (const auto& c : h.clocks_moved)
    if (c.at >= o.at && c.at <= until)
      moved += std::abs(c.by);
  return moved > clocks_apart_max;
}

}  // namespace

doubt what_is_in_doubt(const history& h) {
  return what_was_in_doubt(h, std::numeric_limits<ms>::max());
}

doubt what_was_in_doubt(const history& h, ms at) {
  /// A search for its trades goes on for so long after an order was given up.
  constexpr ms search = 60'000;
  const auto by = known_by(h);
  std::map<std::string, std::pair<std::string, ms>> last;
  each(h, "order_changed", [&](const journal_record& line, const boost::json::object& o) {
    if (by.at(line.seq) <= at)
      last[text_of(o, "client_order_id")] = {text_of(o, "state"), by.at(line.seq)};
  });
  auto intents = intents_of(h);
  // The next process begins the search anew.
  ms last_start = 0;
  for (const auto& l : h.wire)
    if (l.what == wire_event::restarted && l.at <= at)
      last_start = l.at;
  doubt found;
  for (const auto& [id, change] : last) {
    const auto known = intents.find(id);
    if (change.first != "unknown" || known == intents.end())
      continue;
    // What comes after the moment was no reason then.
    const auto until = std::min(std::max(change.second, last_start) + search, at);
    if (lost_its_time(h, known->second, until) || is_hidden(h, intents, known->second, until)) {
      found.orders.insert(id);
      found.plans.insert(known->second.plan);
      found.symbols.insert(known->second.symbol);
    }
  }
  return found;
}

}  // namespace sluice::oracle
