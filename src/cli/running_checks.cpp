// What the process itself names (reasons, stalls, warnings) goes to the step it belongs to; numbers
// make a step that has none of them pass or warn.
#include "running_checks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "json_view.hpp"
#include "known_words.hpp"
#include "sluice/domain/refusal.hpp"
#include "status_screen.hpp"

namespace sluice::cli {
namespace {

namespace json = boost::json;

/// Everything the process names, by step.
using named = std::multimap<std::string, finding_line, std::less<>>;

named named_by(const json::object& status) {
  named out;
  std::set<std::string> told;
  for (const auto& value : rows_at(status, "stalls")) {
    const auto& s = row_of(value);
    const auto word = text_at(s, "cause");
    const auto step = std::string(known(word).step);
    told.insert(word);
    out.emplace(step, finding_line{step, grade::fail,
                                   fmt::format("{}: {}, for {}; {}", word, text_at(s, "what"),
                                               short_span(number_at(s, "for_ms").value_or(0)),
                                               text_at(s, "effect")),
                                   text_at(s, "cure")});
  }
  const auto add = [&](const char* list, grade how) {
    for (const auto& value : rows_at(status, list)) {
      const auto word = text_at(row_of(value), "reason");
      if (!told.insert(word).second)
        continue;
      const auto& k = known(word);
      const auto step = std::string(k.step);
      out.emplace(step, finding_line{step, how, word + ": " + text_at(row_of(value), "detail"),
                                     k.cure.empty() ? "as it says" : std::string(k.cure)});
    }
  };
  add("not_ready", grade::fail);
  add("warnings", grade::warn);
  return out;
}

std::int64_t count_at(const json::object& o, std::string_view path) {
  return number_at(o, path).value_or(0);
}

finding_line passes(std::string step, std::string seen) {
  return {std::move(step), grade::pass, std::move(seen), {}};
}

finding_line snapshots(const json::object& s) {
  return passes(
      "snapshots",
      fmt::format("{} symbols, all known: {} open, {} flat; universe {}",
                  grouped(count_at(s, "truth.symbols")), count_at(s, "truth.open"),
                  grouped(count_at(s, "truth.flat")), text_at(s, "universe.source", "?")));
}

finding_line ages(const json::object& s) {
  const auto oldest = count_at(s, "truth.age_ms.max");
  const auto bound = count_at(s, "truth.promise.bound_ms");
  auto seen = fmt::format("the oldest truth is {} old, promised are {}", short_span(oldest),
                          short_span(bound));
  if (oldest > bound)
    return {"ages", grade::fail, seen, "see the steps venue and progress for why reads are late"};
  return passes("ages", std::move(seen));
}

finding_line venue(const json::object& s) {
  const auto reads = count_at(s, "truth.reads_total");
  const auto failed = count_at(s, "truth.reads_failed");
  const auto latency = count_at(s, "truth.read_latency_ms");
  const auto planned = count_at(s, "truth.promise.latency_planned_ms");
  auto seen = fmt::format("{} reads, {} failed; a read takes {}, planned were {}", grouped(reads),
                          grouped(failed), short_span(latency), short_span(planned));
  if (failed * 100 > reads)
    return {"venue", grade::warn, seen,
            "read the log for why reads fail: sluice tail --level warn"};
  if (planned > 0 && latency > 2 * planned)
    return {"venue", grade::warn, seen, "mend the connection, or raise snapshot.latency"};
  return passes("venue", std::move(seen));
}

finding_line progress(const running_view& v) {
  const auto kept = count_at(v.status, "truth.promise.kept_ms");
  const auto bound = count_at(v.status, "truth.promise.bound_ms");
  std::string last;
  for (const auto& lane : rows_at(v.reasons, "lanes"))
    for (const auto& share : rows_at(row_of(lane), "shares"))
      last = std::max(last, text_at(row_of(share), "newest.at"));
  auto seen = fmt::format(
      "rounds keep {} of {} promised; last verdict {}; {} records in {} commits", short_span(kept),
      short_span(bound), last.empty() ? "none in the last hour" : "at " + last,
      grouped(count_at(v.status, "journal.records")),
      grouped(count_at(v.status, "journal.commits")));
  if (kept > bound)
    return {"progress", grade::fail, seen, "see the step strategy for the arithmetic"};
  if (count_at(v.status, "orders.unknown") > 0)
    return {"progress", grade::warn,
            fmt::format("{} orders whose fate is unknown", count_at(v.status, "orders.unknown")),
            "they are looked up by themselves; see sluice status and the venue's own page"};
  return passes("progress", std::move(seen));
}

finding_line strategy(const json::object& s) {
  const auto account = count_at(s, "truth.promise.account_period_ms");
  const auto single = count_at(s, "truth.promise.symbol_period_ms");
  return passes("strategy",
                fmt::format("{}: {}{}{} weight a minute", text_at(s, "truth.promise.strategy", "?"),
                            account > 0 ? "the account every " + short_span(account) + ", " : "",
                            single > 0 ? "each symbol every " + short_span(single) + ", " : "",
                            count_at(s, "truth.promise.weight_1m")));
}

std::string setting(const json::object& config, std::string_view key) {
  for (const auto& value : rows_at(config, "keys"))
    if (text_at(row_of(value), "key") == key)
      return text_at(row_of(value), "value");
  return {};
}

finding_line sources(const running_view& v) {
  for (const auto& lane : rows_at(v.reasons, "lanes"))
    for (const auto& value : rows_at(row_of(lane), "shares")) {
      const auto& share = row_of(value);
      if (text_at(share, "reason") == "source_not_allowed")
        return {
            "sources", grade::fail,
            fmt::format("{} plans of the {} lane in the last hour came from a source that is not "
                        "on the list; newest: {}",
                        count_at(share, "count"), text_at(row_of(lane), "lane"),
                        text_at(share, "newest.observed")),
            text_at(share, "cure")};
    }
  std::set<std::string> seen;
  for (const auto& value : rows_at(v.plans, "plans"))
    seen.insert(text_at(row_of(value), "source"));
  std::string names;
  for (const auto& name : seen)
    names += (names.empty() ? "" : ", ") + name;
  const auto exits = setting(v.config, "gate.exit_sources");
  const auto entries = setting(v.config, "gate.entry_sources");
  const auto list = [](const std::string& l) { return l.empty() || l == "[]" ? "anybody" : l; };
  return passes("sources",
                fmt::format("seen: {}; exits may come from {}, entries from {}",
                            names.empty() ? "none yet" : names, list(exits), list(entries)));
}

finding_line budget(const json::object& s) {
  const auto used = count_at(s, "budget.weight_used_1m");
  const auto limit = count_at(s, "budget.weight_limit_1m");
  auto seen = fmt::format("{} of {} weight used in this minute", grouped(used), grouped(limit));
  if (limit > 0 && used * 10 > limit * 8)
    return {"budget", grade::warn, seen,
            "find out what else uses this address, or raise snapshot.bound"};
  return passes("budget", std::move(seen));
}

finding_line state(const json::object& s) {
  const auto now = text_at(s, "trading_state", "?");
  if (now == "active")
    return passes("state", "active");
  const auto author = text_at(s, "state.author", "?");
  return {"state", grade::warn,
          fmt::format("{} by {}: {}", now, author, text_at(s, "state.reason", "-")),
          author == "halt_file" ? "remove that file once its cause is over; what was ordered last "
                                  "holds then: sluice state reduce_only --reason \"...\" before it "
                                  "lets exits alone through"
                                : "sluice state active --reason \"...\", once its cause is over"};
}

void streams(const json::object& s, diagnosis& out) {
  const auto user = text_at(s, "stream.user", "?");
  const auto market = text_at(s, "stream.market", "?");
  auto seen = fmt::format("user {}, market {}", user, market);
  if (user == "up" && market == "up")
    out.push_back(passes("streams", std::move(seen)));
  else
    out.push_back(
        {"streams", grade::fail, seen, "they reconnect by themselves; read the log for why"});
}

finding_line unread(const char* step) {
  return {step, grade::fail, "could not be read", "ask again: sluice doctor"};
}

void holds(const running_view& v, diagnosis& out) {
  for (const auto& value : rows_at(v.holds, "holds")) {
    const auto& h = row_of(value);
    out.push_back({"holds", grade::warn,
                   fmt::format("{}: {}, since {}", text_at(h, "symbol"), text_at(h, "cause"),
                               text_at(h, "since")),
                   text_at(h, "release_command")});
  }
  if (rows_at(v.holds, "holds").empty())
    out.push_back(v.holds.empty() ? unread("holds") : passes("holds", "none"));
}

void overrides(const json::object& s, diagnosis& out) {
  for (const auto& value : rows_at(s, "overrides")) {
    const auto& o = row_of(value);
    out.push_back(
        {"overrides", grade::warn,
         fmt::format("{} = {} for another {}, by {}: {}", text_at(o, "key"), text_at(o, "value"),
                     text_at(o, "left"), text_at(o, "author"), text_at(o, "reason")),
         fmt::format("sluice override revert {} --reason \"...\"", text_at(o, "key"))});
  }
  if (rows_at(s, "overrides").empty())
    out.push_back(passes("overrides", "none"));
}

/// Where the process has told of positions without a stop, those are not told once more.
void positions(const running_view& v, bool told, diagnosis& out) {
  std::size_t open = 0;
  const auto before = out.size();
  for (const auto& value : rows_at(v.positions, "positions")) {
    const auto& p = row_of(value);
    const auto name = text_at(p, "symbol");
    if (text_at(p, "truth") != "open")
      continue;
    ++open;
    const bool bare = !member(p, "stop") && rows_at(p, "protective_stops").empty();
    if (!told && (bare || flag_at(p, "unprotected")))
      out.push_back({"positions", grade::warn,
                     fmt::format("{} {} has no stop, neither here nor at the exchange", name,
                                 text_at(p, "amount")),
                     fmt::format("enable exits or protective_stops, or close it: sluice flatten "
                                 "{} --reason \"...\"",
                                 name)});
    if (const auto drift = text_at(p, "drift", "0"); drift != "0")
      out.push_back({"positions", grade::warn,
                     fmt::format("{}: the exchange holds {}, the ledger says {}", name,
                                 text_at(p, "amount"), text_at(p, "ledger", "nothing")),
                     "fills that account for it are looked for; else a hold says so"});
  }
  if (out.size() == before && (!told || v.positions.empty()))
    out.push_back(v.positions.empty()
                      ? unread("positions")
                      : passes("positions", fmt::format("{} open, each with a stop", open)));
}

void limits(const json::object& s, diagnosis& out) {
  std::int64_t highest = -1;
  std::string most;
  const auto before = out.size();
  for (const auto& [key, value] : object_at(s, "limits")) {
    const auto percent = number_at(row_of(value), "percent").value_or(-1);
    const auto name = printable({key.data(), key.size()});
    auto seen = fmt::format("{}: {} of {} used", name, text_at(row_of(value), "used", "0"),
                            text_at(row_of(value), "max", "no limit"));
    if (percent >= 100)
      out.push_back(
          {"limits", grade::warn, seen,
           "entries are refused until less is used; change the table [limits] if it is too low"});
    if (percent > highest) {
      highest = percent;
      most = std::move(seen);
    }
  }
  if (out.size() == before)
    out.push_back(passes("limits", most.empty() ? "none is set" : "the most used is " + most));
}

void add(diagnosis& out, const named& by_step, std::string_view step, const auto& otherwise) {
  const auto [first, last] = by_step.equal_range(step);
  for (auto at = first; at != last; ++at)
    out.push_back(at->second);
  if (first == last)
    otherwise();
}

}  // namespace

diagnosis permit_checks(const json::object& reasons) {
  diagnosis out;
  for (const auto& value : rows_at(reasons, "lanes")) {
    const auto& lane = row_of(value);
    const bool is_exit = text_at(lane, "lane") == "exit";
    std::int64_t refused = 0;
    const json::object* most = nullptr;
    for (const auto& row : rows_at(lane, "shares")) {
      const auto& share = row_of(row);
      const auto reason = parse_refusal_code(text_at(share, "reason"));
      if (!reason || counts_as_done(*reason))
        continue;
      refused += count_at(share, "count");
      most = most ? most : &share;
    }
    const auto whole = count_at(lane, "verdicts");
    const auto allowed = count_at(lane, "allowed");
    auto seen =
        fmt::format("{} lane: {} verdicts in the hour, {} allowed, {} refused",
                    text_at(lane, "lane"), grouped(whole), grouped(allowed), grouped(refused));
    if (refused == 0 || !most || (!is_exit && allowed > 0)) {
      out.push_back(passes("permits", std::move(seen)));
      continue;
    }
    seen += fmt::format(", {} of them for {}", grouped(count_at(*most, "count")),
                        text_at(*most, "reason"));
    const auto how = is_exit && allowed == 0 ? grade::fail : grade::warn;
    out.push_back({"permits", how, seen, text_at(*most, "cure")});
  }
  if (out.empty())
    out.push_back({"permits", grade::warn, "verdicts could not be read", "see the step journal"});
  return out;
}

diagnosis diagnose(const running_view& v) {
  const auto& s = v.status;
  const auto by_step = named_by(s);
  diagnosis out = permit_checks(v.reasons);
  const auto put = [&](finding_line line) { out.push_back(std::move(line)); };
  add(out, by_step, "permits", [] {});
  add(out, by_step, "snapshots", [&] { put(snapshots(s)); });
  add(out, by_step, "ages", [&] { put(ages(s)); });
  add(out, by_step, "venue", [&] { put(venue(s)); });
  add(out, by_step, "progress", [&] { put(progress(v)); });
  add(out, by_step, "strategy", [&] { put(strategy(s)); });
  add(out, by_step, "sources", [&] { put(sources(v)); });
  add(out, by_step, "budget", [&] { put(budget(s)); });
  add(out, by_step, "clock", [&] { put(passes("clock", "known well enough, and near to ours")); });
  add(out, by_step, "account",
      [&] { put(passes("account", "the key may trade, in one-way and single-asset mode")); });
  add(out, by_step, "state", [&] { put(state(s)); });
  add(out, by_step, "streams", [&] { streams(s, out); });
  holds(v, out);
  overrides(s, out);
  limits(s, out);
  add(out, by_step, "positions", [] {});
  positions(v, by_step.contains("positions"), out);
  add(out, by_step, "journal", [&] {
    put(passes("journal",
               fmt::format("{} records are durable", grouped(count_at(s, "journal.records")))));
  });
  add(out, by_step, "config", [] {});
  add(out, by_step, "other", [] {});
  return out;
}

}  // namespace sluice::cli
