// One check after the other, the most fundamental first.
#include "readiness.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sluice/truth/universe_tiers.hpp"

namespace sluice::actors {
namespace {

using reasons = std::vector<not_ready>;

void check_operation(const readiness_input& in, reasons& out) {
  if (in.draining)
    out.push_back({"ending", "the process is ending"});
  if (in.trading.state == trading_state::halted)
    out.push_back({"halted", fmt::format("nothing is allowed, by order of {}: {}",
                                         in.trading.author, in.trading.reason)});
}

void check_exchange(const readiness_input& in, reasons& out) {
  const auto& ban = in.exchange.banned_until;
  if (ban && *ban > in.now)
    out.push_back({"exchange_banned", fmt::format("no request for another {}",
                                                  format_duration(between(in.now, *ban)))});
  else if (!in.exchange.reachable)
    out.push_back({"exchange_unreachable",
                   ban ? "a ban has ended, and nothing was answered since" : in.exchange.why});
  for (const auto& f : in.findings)
    if (f.kind == finding_kind::blocks)
      out.push_back({f.reason, f.detail});
}

void check_universe(const readiness_input& in, reasons& out) {
  if (!in.universe_known)
    out.push_back({"no_universe", "the symbols and their filters have not been read yet"});
  else if (in.universe_from == universe_source::configured)
    out.push_back({"universe_configured",
                   "the venue's rules are not known: only exits of the configured symbols can go"});
  else if (in.universe_age && *in.universe_age > in.universe_max_age)
    out.push_back(
        {"universe_stale",
         fmt::format("filters are {} old, allowed are {}{}",
                     format_duration(std::chrono::duration_cast<milliseconds>(*in.universe_age)),
                     format_duration(in.universe_max_age),
                     in.universe_offers ? "" : ": only exits can go by them")});
}

void check_truth(const readiness_input& in, reasons& out) {
  if (!in.account_as_of)
    out.push_back({"no_truth", "the account has not been read yet"});
  else if (in.unknown > 0)
    out.push_back({"truth_unknown", fmt::format("{} symbols are unknown", in.unknown)});
  if (in.account_as_of && in.oldest > in.bound)
    out.push_back({"truth_stale", fmt::format("the oldest truth is {} ms old, promised are {} ms",
                                              in.oldest.count(), in.bound.count())});
}

void check_streams(const readiness_input& in, reasons& out) {
  if (!in.user_stream_up)
    out.push_back({"user_stream_down", "fills and position changes are seen by reads only"});
  if (!in.mark_stream_up)
    out.push_back({"mark_stream_down", "stops and targets are watched at the pace of reads"});
  else if (in.universe_known && in.universe_offers && !in.marks_known)
    out.push_back({"no_marks", "most symbols have had no mark yet: they cannot be opened"});
}

/// A stall whose symptom has a reason of its own above is not told twice; one that concerns single
/// symbols or the plans themselves keeps nobody else from trading.
bool has_reason_of_its_own(stall_cause c) {
  switch (c) {
    case stall_cause::paused:
    case stall_cause::budget_exhausted:
    case stall_cause::parser_refusing:
    case stall_cause::user_stream_mute:
    case stall_cause::clock_off:
    case stall_cause::executor_stuck:
    case stall_cause::exits_failing:
    case stall_cause::journal_slow:
    case stall_cause::stage_stuck:
      return true;
    case stall_cause::banned:
    case stall_cause::exchange_away:
    case stall_cause::slow_rounds:
    case stall_cause::symbol_failing:
    case stall_cause::user_stream_down:
    case stall_cause::mark_stream_down:
    case stall_cause::one_reason_denies:
      break;
  }
  return false;
}

void check_stalls(const readiness_input& in, reasons& out) {
  for (const auto& s : in.stalls)
    if (has_reason_of_its_own(s.cause))
      out.push_back({std::string(to_string(s.cause)), s.text + ": " + s.remedy});
}

}  // namespace

std::size_t without_row(const universe& u, const symbol_directory& rows) {
  return static_cast<std::size_t>(std::ranges::count_if(u.instruments, [&](const auto& rules) {
    return is_followed(u, rules) && !rows.find(rules.instrument);
  }));
}

bool enough_have_marks(const universe& u, const mark_board& marks) {
  std::size_t open_to_entries = 0;
  std::size_t marked = 0;
  for (const auto& rules : u.instruments)
    if (rules.offered && rules.tradable) {
      ++open_to_entries;
      marked += marks.read(rules.instrument) ? 1 : 0;
    }
  return 2 * marked >= open_to_entries;
}

std::vector<not_ready> readiness(const readiness_input& in) {
  reasons out;
  check_operation(in, out);
  check_exchange(in, out);
  check_universe(in, out);
  check_truth(in, out);
  check_streams(in, out);
  check_stalls(in, out);
  return out;
}

}  // namespace sluice::actors
