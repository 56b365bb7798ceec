// What plans were told, what holds and the journal say: I4, I6, I7, I12, I15.
#include <algorithm>
#include <array>
#include <set>

#include "doubt.hpp"
#include "oracle.hpp"
#include "records.hpp"

namespace sluice::oracle {
namespace {

using violations = std::vector<violation>;

std::string kind_of_verdict(const boost::json::object& o) {
  const auto* verdict = o.if_contains("verdict");
  if (!verdict)
    return {};
  return verdict->is_object() ? text_of(verdict->as_object(), "kind") : text_of(o, "verdict");
}

std::string reason_of_verdict(const boost::json::object& o) {
  const auto* verdict = o.if_contains("verdict");
  if (!verdict || !verdict->is_object())
    return text_of(o, "reason");
  const auto* refusals = verdict->as_object().if_contains("refusals");
  if (!refusals || !refusals->is_array() || refusals->as_array().empty())
    return {};
  return text_of(refusals->as_array().front().as_object(), "code");
}

/// Plan, verdict and reason, of the first judgement of each plan that producers offered.
std::map<std::string, std::string> verdicts_of(const history& h) {
  std::set<std::string> offered;
  for (const auto& p : h.plans)
    offered.insert(p.plan);
  std::map<std::string, std::string> all;
  each(h, "plan_judged", [&](const journal_record&, const boost::json::object& o) {
    if (offered.contains(text_of(o, "plan_id")))
      all.try_emplace(text_of(o, "plan_id"), kind_of_verdict(o) + " " + reason_of_verdict(o));
  });
  return all;
}

/// A disk that is slow to the end is a reason not to be ready.
bool names_the_disk(const history& h, const std::string& why) {
  return why.find("journal_slow") != std::string::npos && waited_for_disk(h, h.ended_at) > 0;
}

/// Whether an order without an outcome is the one reason why it is not ready.
bool is_stuck_alone(const std::string& page) {
  const auto why =
      page.substr(0, page.find("\"stalls\""));  // Overrides behind it have reasons, too.
  const auto count = [&](std::string_view words) {
    int times = 0;
    for (auto at = why.find(words); at != std::string::npos; at = why.find(words, at + 1))
      ++times;
    return times;
  };
  const auto stuck = count("\"reason\":\"executor_stuck\"");
  return stuck > 0 && count("\"reason\":") == stuck;
}

/// In the calm at the end every position can be closed, and an entry is refused by rules alone.
void check_last_wishes(const history& h, violations& found) {
  constexpr std::array rules{"reconcile_hold_active",
                             "reconcile_required_side_mismatch",
                             "reconcile_required_qty_mismatch",
                             "cooldown_in_flight",
                             "position_exists",
                             "would_flip",  // A stop has just closed what truth still has.
                             "would_increase",
                             "order_in_flight",
                             "order_unknown"};
  constexpr ms last_exits_wait = 14'900;  // Their last word comes so long after they were offered.
  auto in_doubt = what_is_in_doubt(h).symbols;
  in_doubt.merge(what_was_in_doubt(h, h.calm_look_at + last_exits_wait).symbols);
  if (!h.ready_in_calm &&
      !(is_stuck_alone(h.why_not_ready_in_calm) &&
        !what_was_in_doubt(h, h.calm_look_at).symbols.empty()) &&
      !names_the_disk(h, h.why_not_ready_in_calm))
    found.push_back({"I15", "not ready in the calm at the end: " + h.why_not_ready_in_calm});
  for (const auto& l : h.looks)
    if (std::ranges::count(h.wanted_flat, l.symbol) > 0 && l.venue != 0 &&
        !in_doubt.contains(l.symbol))
      found.push_back({"I15", l.symbol + " is " + show_units(l.venue) +
                                  " at the end, after an exit in the calm"});
  if (h.wanted_open.empty())
    return;
  if (waited_for_disk(h, h.ended_at) > 0)
    return;  // No permit outlives a commit; exits find a way.
  const auto verdicts = verdicts_of(h);
  const auto said = verdicts.find(h.wanted_open);
  if (said == verdicts.end())
    found.push_back({"I15", "the last entry " + h.wanted_open + " has no verdict"});
  else if (!said->second.starts_with("allow") &&
           std::ranges::none_of(rules, [&](const char* w) { return said->second.ends_with(w); }))
    found.push_back({"I15", "the last entry was refused in the calm: " + said->second});
}

}  // namespace

std::vector<violation> check_verdicts(const history& h) {
  violations found;
  std::map<std::string, int> verdicts;
  std::map<std::string, std::string> kinds;
  std::map<std::string, ms> told_at;
  each(h, "plan_judged", [&](const journal_record& line, const boost::json::object& o) {
    ++verdicts[text_of(o, "plan_id")];
    kinds[text_of(o, "plan_id")] = kind_of_verdict(o);
    told_at[text_of(o, "plan_id")] = line.seen_at;
  });
  std::set<std::string> accepted;
  each(h, "plan_accepted", [&](const journal_record&, const boost::json::object& o) {
    accepted.insert(text_of(o, "plan_id"));
  });
  for (const auto& plan : accepted)
    if (const auto page = h.shown.find(plan); page != h.shown.end() && page->second != kinds[plan])
      found.push_back(
          {"I4", plan + " is shown as '" + page->second + "', the journal says " + kinds[plan]});
  for (const auto& plan : accepted)
    if (verdicts[plan] > 1)
      found.push_back({"I4", plan + " has " + std::to_string(verdicts[plan]) + " verdicts"});
  for (const auto& [plan, count] : verdicts)
    if (count > 0 && !accepted.contains(plan))
      found.push_back({"I4", plan + " was judged and never accepted"});
  auto accepted_at = accepted_plans(h);
  ms last_start = -1;
  std::vector<ms> starts;
  for (const auto& l : h.wire)
    if (l.what == wire_event::restarted)
      starts.push_back(last_start = l.at);
  for (const auto& p : h.plans) {
    if (p.told && !kinds.contains(p.plan))
      found.push_back({"I4", p.plan + " was told " + *p.told + ", the journal has no verdict"});
    else if (p.told && *p.told != kinds[p.plan])
      found.push_back(
          {"I4", p.plan + " was told " + *p.told + ", the journal says " + kinds[p.plan]});
    if (!accepted.contains(p.plan)) {
      if (p.taken)
        found.push_back({"I4", p.plan + " was told to be accepted, the journal has no such plan"});
      continue;
    }
    // A plan that was in a process which ended gets its verdict from the next one.
    const auto at = told_at.contains(p.plan) ? told_at[p.plan] : ms{-1};
    const auto own = waited_for_disk(h, at);
    const bool by_next =
        std::ranges::any_of(starts, [&](ms s) { return at >= s && at - s < 1'000 + own && s > 0; });
    const auto disk = 2 * own + waited_for_disk(h, accepted_at[p.plan]);
    if (at - disk > p.deadline && !by_next && !lost_the_time(h, accepted_at[p.plan], at))
      found.push_back({"I4", p.plan + " got its verdict " + std::to_string(at - p.deadline) +
                                 " ms after its deadline"});
  }
  return found;
}

std::vector<violation> check_holds(const history& h) {
  violations found;
  std::map<std::string, std::string> open;  // By symbol: its cause.
  for (const auto& line : h.records) {
    if (line.kind != "hold_placed" && line.kind != "hold_released")
      continue;
    const auto& o = line.json.fields();
    const auto on = text_of(o, "symbol");
    if (line.kind == "hold_placed") {
      if (!open.emplace(on, text_of(o, "cause")).second)
        found.push_back({"I6", on + " got a second hold"});
      continue;
    }
    if (text_of(o, "author").empty() || text_of(o, "reason").empty())
      found.push_back({"I6", "the hold on " + on + " was released without author or reason"});
    if (open.erase(on) == 0)
      found.push_back({"I6", "a hold on " + on + " was released that was not there"});
  }
  std::set<std::string> folded;
  for (const auto& [on, cause] : open)
    folded.insert(on);
  const std::set<std::string> stored(h.open_holds.begin(), h.open_holds.end());
  if (folded != stored)
    found.push_back({"I6", "records lead to " + std::to_string(folded.size()) +
                               " holds, the state has " + std::to_string(stored.size())});
  return found;
}

std::vector<violation> check_replays(const history& h) {
  violations found;
  for (const auto& what : h.unverified)
    found.push_back({"I7", what});
  for (const auto& what : h.not_started)
    found.push_back({"I7", "a process could not start: " + what});
  std::int64_t last = 0;
  for (const auto& r : h.records)
    if (r.seq != ++last)
      return {{"I7", "record " + std::to_string(last) + " is missing"}};
  for (const auto& [seq, json] : h.told_durable)
    if (seq > last || h.records[static_cast<std::size_t>(seq - 1)].json.str() != json)
      found.push_back({"I7", "record " + std::to_string(seq) + " was told to be durable, and is " +
                                 (seq > last ? "gone: " : "another one: ") + json});
  return found;
}

std::vector<violation> check_recovery(const history& h) {
  violations found;
  const auto in_doubt = what_is_in_doubt(h).plans;
  if (!h.ready_at_end && !(is_stuck_alone(h.why_not_ready) && !in_doubt.empty()) &&
      !names_the_disk(h, h.why_not_ready))
    found.push_back({"I15", "not ready long after the last fault: " + h.why_not_ready});
  check_last_wishes(h, found);
  std::map<std::string, std::string> undecided;
  std::set<std::string> under_way;
  for (const auto& line : h.records) {
    if (line.kind != "plan_accepted" && line.kind != "plan_judged" && line.kind != "plan_finished")
      continue;
    const auto& o = line.json.fields();
    const auto plan = text_of(o, "plan_id");
    if (line.kind == "plan_accepted")
      undecided[plan] = text_of(o.at("body").as_object(), "kind");
    else if (line.kind == "plan_finished")
      under_way.erase(plan);
    else {
      const bool trades = undecided[plan] != "cancel";
      undecided.erase(plan);
      if (trades && kind_of_verdict(o) == "allow")
        under_way.insert(plan);
    }
  }
  const auto disk = waited_for_disk(h, h.ended_at);
  for (const auto& p : h.plans)
    if (p.deadline + 2 * disk < h.ended_at && undecided.contains(p.plan))
      found.push_back({"I15", p.plan + " has no verdict, and its deadline is over"});
  for (const auto& p : h.plans)
    if (p.deadline + 10'000 + 2 * disk < h.ended_at && under_way.contains(p.plan) &&
        !in_doubt.contains(p.plan))
      found.push_back({"I15", p.plan + " was allowed and has no end, long after its deadline"});
  return found;
}

std::vector<violation> check_same_verdicts(const history& with, const history& without) {
  violations found;
  const auto a = verdicts_of(with);
  const auto b = verdicts_of(without);
  for (const auto& [plan, said] : a)
    if (const auto other = b.find(plan); other == b.end() || other->second != said)
      found.push_back({"I12", plan + ": \"" + said + "\" with the wall clock's jumps, \"" +
                                  (other == b.end() ? "" : other->second) + "\" without"});
  for (const auto& [plan, said] : b)
    if (!a.contains(plan))
      found.push_back(
          {"I12", plan + " has no verdict with the wall clock's jumps, \"" + said + "\" without"});
  return found;
}

}  // namespace sluice::oracle
