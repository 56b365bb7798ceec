// What each allow stood on: truth that something had proven, no hold, nothing on its way. I1.
#include <algorithm>

#include "oracle.hpp"
#include "records.hpp"

namespace sluice::oracle {
namespace {

using violations = std::vector<violation>;

/// Between the reading of the clock in the gate and the commit of the verdict.
constexpr ms commit_slack = 1'000;

/// Whether anything that proves the truth of this symbol came in during the `span` before `at`: a
/// read of positions that left in it, or an event of the account that names it.
bool was_proven(const history& h, const std::string& symbol, ms at, ms span) {
  bool open = false;
  bool proven = false;
  for (const auto& l : h.wire) {
    if (l.at > at)
      break;
    if (l.what == wire_event::restarted)
      open = proven = false;  // What one process knew, the next one does not.
    if (!l.symbol.empty() && l.symbol != symbol)
      continue;
    const bool recent = l.at >= at - span;
    const bool read = l.path == "/fapi/v3/positionRisk";
    if (l.what == wire_event::told && !l.symbol.empty() && recent)
      proven = true;
    if (l.what == wire_event::written && read && recent)
      open = true;
    if (l.what == wire_event::answered && read && l.status == 200 && open)
      proven = true;
  }
  return proven;
}

/// The longest age of truth that was in force for that lane while a judgement was made: as
/// configured, or as a person has set it. Where it was changed about then, either may hold.
class ages_in_force {
 public:
  explicit ages_in_force(const history& h) : h_(h) {
    const auto by = known_by(h);
    each(h, "override_set", [&](const journal_record& line, const boost::json::object& o) {
      const auto text = text_of(o, "value");
      if (const auto id = text_of(o, "override_id"); text.ends_with('s') && !text.ends_with("ms"))
        set_[id] = {text_of(o, "key"), 1'000 * std::stoll(text), by.at(line.seq)};
    });
    each(h, "override_ended", [&](const journal_record& line, const boost::json::object& o) {
      ended_[text_of(o, "override_id")] = by.at(line.seq);
    });
  }
  [[nodiscard]] ms longest(bool opens, ms at) const {
    const std::string key = opens ? "gate.stale_after_entry" : "gate.stale_after_exit";
    auto base = opens ? h_.stale_entry : h_.stale_exit;
    ms about_then = 0;
    for (const auto& [id, o] : set_) {
      const auto end = ended_.find(id);
      const auto until = end == ended_.end() ? h_.ended_at : end->second;
      if (o.key != key || o.since > at + commit_slack || until + commit_slack < at)
        continue;
      if (o.since + commit_slack < at && until > at + commit_slack)
        base = o.value;
      else
        about_then = std::max(about_then, o.value);
    }
    return std::max(base, about_then);
  }

 private:
  struct one {
    std::string key{};
    ms value{0};
    ms since{-1};
  };
  const history& h_;
  std::map<std::string, one> set_{};
  std::map<std::string, ms> ended_{};
};

bool is_over(const std::string& state) {
  return state == "filled" || state == "cancelled" || state == "expired" || state == "rejected";
}

}  // namespace

violations check_allows(const history& h) {
  violations found;
  const ages_in_force ages(h);
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
    if (a.at < 0)
      continue;
    const auto in_force = ages.longest(a.opens, a.at);
    if (a.age > in_force)
      found.push_back({"I1", a.plan + " was allowed on truth " + std::to_string(a.age) +
                                 " ms old, " + std::to_string(in_force) + " was in force"});
    // A plan may be judged again later, on another truth.
    if (!was_proven(h, a.symbol, a.at, in_force + commit_slack + 2 * waited_for_disk(h, a.at)))
      found.push_back({"I1", a.plan + " was allowed though nothing had proven " + a.symbol +
                                 " for " + std::to_string(in_force + commit_slack) + " ms"});
  }
  return found;
}

/// By the records alone, not by what the gate says that it saw.
violations check_flights(const history& h) {
  struct flight {
    std::string id{};
    std::string plan{};
    ms from{-1};
    ms to{-1};  ///< -1: it has no end.
  };
  std::map<std::string, std::vector<flight>> on;  // By symbol; an id may be intended again.
  const auto by = known_by(h);
  for (const auto& line : h.records) {
    if (line.kind != "order_intended" && line.kind != "order_changed")
      continue;
    const auto& o = line.json.fields();
    auto& of_symbol = on[text_of(o, "symbol")];
    const auto id = text_of(o, "client_order_id");
    if (line.kind == "order_intended") {
      of_symbol.push_back({id, text_of(o, "plan_id"), by.at(line.seq), -1});
      continue;
    }
    const auto last = std::ranges::find(of_symbol.rbegin(), of_symbol.rend(), id, &flight::id);
    if (last != of_symbol.rend())
      last->to = is_over(text_of(o, "state")) ? by.at(line.seq) : -1;
  }
  violations found;
  for (const auto& a : h.allows) {
    if (a.recovered || a.trades_nothing || a.at < 0)
      continue;
    for (const auto& f : on[a.symbol])
      if (f.plan != a.plan && f.from + commit_slack < a.at &&
          (f.to < 0 || f.to > a.at + commit_slack))
        found.push_back({"I1", a.plan + " was allowed at " + std::to_string(a.at) + " while " +
                                   f.id + " of " + f.plan + " was on its way on " + a.symbol});
  }
  return found;
}

}  // namespace sluice::oracle
