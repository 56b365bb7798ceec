// What allows stand on and what must have stopped them: truth as it was, deadlines, holds.
#include <algorithm>

#include "oracle.hpp"
#include "records.hpp"

namespace sluice::oracle {
namespace {

using violations = std::vector<violation>;

/// Since when a hold has stood on each symbol, as one reads the records in order.
class standing_holds {
 public:
  void read(const journal_record& line, const boost::json::object& o) {
    now_ = std::max(now_, line.seen_at);
    if (line.kind == "hold_placed")
      since_.emplace(text_of(o, "symbol"), now_);
    else if (line.kind == "hold_released")
      since_.erase(text_of(o, "symbol"));
  }
  [[nodiscard]] std::optional<ms> since(const std::string& symbol) const {
    const auto at = since_.find(symbol);
    return at == since_.end() ? std::nullopt : std::optional(at->second);
  }
  [[nodiscard]] ms now() const { return now_; }

 private:
  std::map<std::string, ms> since_{};
  ms now_{0};
};

}  // namespace

/// An age is a promise that the position was so at that time, whatever the wire looked like.
std::vector<violation> check_truths(const history& h) {
  /// Clocks that are not equal yet, and the way from the gate to the commit.
  constexpr ms slack = 1'500;
  violations found;
  const positions_held positions(h);
  for (const auto& a : h.allows) {
    if (a.recovered || a.trades_nothing || !a.known || a.at < 0)
      continue;
    // First the intent is durable; that the verdict is follows once the order has left.
    const auto made = a.at - 2 * waited_for_disk(h, a.at);
    if (!positions.was(a.symbol, a.truth, made - a.age - slack, a.at))
      found.push_back({"I1", a.plan + " was allowed on " + a.symbol + " at " + show_units(a.truth) +
                                 ", which it was not in the " + std::to_string(a.age) +
                                 " ms that its truth is old"});
  }
  return found;
}

std::vector<violation> check_deadlines(const history& h) {
  /// A verdict that says no is made when the timer of its plan is over.
  constexpr ms slack = 250;
  violations found;
  auto accepted = accepted_plans(h);
  std::map<std::string, bool> allowed_before;
  for (const auto& j : h.judgements) {
    // What had an order has its verdict; that it goes on no more may be said when it comes up
    // again.
    if (j.kind == "allow")
      allowed_before[j.plan] = true;
    else if (allowed_before[j.plan])
      continue;
    // First it is durable that it was taken in, or that its last order came to nothing.
    const ms disk = waited_for_disk(h, accepted[j.plan]) + waited_for_disk(h, j.at);
    const ms may_be = j.kind == "allow" ? 0 : slack + disk;
    if (!j.recovered && j.late > may_be && !lost_the_time(h, accepted[j.plan], j.at))
      found.push_back({"I4", j.plan + " was judged (" + j.kind + ") " + std::to_string(j.late) +
                                 " ms after its deadline"});
  }
  std::map<std::string, const allowed*> last_allow;  // As the wire is read.
  auto next = h.allows.begin();
  const auto intents = intents_of(h);
  ms started = 0;
  for (const auto& l : h.wire) {
    for (; next != h.allows.end() && next->at <= l.at; ++next)
      last_allow[next->plan] = next->recovered || next->at < 0 ? nullptr : &*next;
    if (l.what == wire_event::restarted)
      started = l.at;
    const auto known = intents.find(l.client_id);
    if (l.what != wire_event::written || known == intents.end())
      continue;
    const auto* allow = last_allow[known->second.plan];
    if (!allow || allow->at < started || lost_the_time(h, accepted[allow->plan], l.at))
      continue;
    // A connection may have to be made first.
    if (const auto late = l.at - allow->at - allow->remaining; late > slack)
      found.push_back({"I4", l.client_id + " of " + known->second.plan + " left " +
                                 std::to_string(late) + " ms after its deadline"});
  }
  return found;
}

/// By the records alone: a hold that has stood for a while stops entries, and what was held is
/// never just taken for ours.
std::vector<violation> check_held(const history& h) {
  /// The gate hears of a hold when it is placed, not when it is written.
  constexpr ms slack = 1'000;
  violations found;
  std::map<std::string, const allowed*> entries;
  for (const auto& a : h.allows)
    if (a.opens && !a.recovered)
      entries[a.plan] = &a;
  standing_holds holds;
  for (const auto& line : h.records) {
    if (line.kind != "hold_placed" && line.kind != "hold_released" && line.kind != "plan_judged" &&
        line.kind != "ledger_adjusted")
      continue;
    const auto& o = line.json.fields();
    holds.read(line, o);
    if (line.kind == "plan_judged") {
      const auto entry = entries.find(text_of(o, "plan_id"));
      if (entry == entries.end())
        continue;
      const auto since = holds.since(entry->second->symbol);
      if (since && *since + slack < holds.now())
        found.push_back({"I6", entry->first + " was allowed on " + entry->second->symbol +
                                   ", held for " + std::to_string(holds.now() - *since) + " ms"});
    } else if (line.kind == "ledger_adjusted") {
      const auto on = text_of(o, "symbol");
      const auto cause = text_of(o, "cause");
      if ((cause == "adopted_at_start" && holds.since(on)) ||
          (cause == "foreign_fill" && h.foreign_held))
        found.push_back({"I6", on + " was taken into the books as " + cause + ", and is held"});
    }
  }
  return found;
}

}  // namespace sluice::oracle
