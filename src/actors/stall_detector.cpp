// One examination per part of the pipeline; a symptom that lasts becomes a stall.
#include "stall_detector.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sluice::actors {
namespace {

constexpr std::array<std::string_view, stall_cause_count> words{
    "banned",           "paused",           "exchange_away",  "slow_rounds",
    "budget_exhausted", "parser_refusing",  "symbol_failing", "user_stream_down",
    "user_stream_mute", "mark_stream_down", "clock_off",      "executor_stuck",
    "exits_failing",    "journal_slow",     "stage_stuck",    "one_reason_denies"};

/// What is counted is over when it has not happened again for as long as names it, and this much
/// more.
constexpr milliseconds over_margin{3'000};

/// An exit's orders may come to nothing for so long: what passes has passed by then.
constexpr milliseconds in_vain_max{20'000};

constexpr std::size_t place_of(stall_cause c) {
  return static_cast<std::size_t>(c);
}

/// When the last pause that keeps reads back ends; none when there is none.
std::optional<instant> reads_paused_until(const stall_input& in) {
  const auto until = std::max(in.budget.paused_until.value_or(instant{}),
                              in.budget.others_paused_until.value_or(instant{}));
  return until > in.now ? std::optional(until) : std::nullopt;
}

/// Whether reads are kept back for another reason than their weight.
bool withholds(const stall_input& in) {
  return reads_paused_until(in) || (in.budget.banned_until && *in.budget.banned_until > in.now);
}

std::string seconds(milliseconds span) {
  return fmt::format("{}.{} s", span.count() / 1'000, span.count() % 1'000 / 100);
}

}  // namespace

std::string_view to_string(stall_cause c) {
  return words[place_of(c)];
}

stall_detector::change stall_detector::look(const stall_input& shown) {
  while (!past_.empty() && shown.now - past_.front().now > duration{settings_.window})
    past_.pop_front();
  const auto in = without_withheld_reads(shown);
  const auto found = examine(in);
  past_.push_back(in);
  change out;
  for (std::size_t i = 0; i < stall_cause_count; ++i) {
    auto& w = causes_[i];
    if (!found[i]) {
      if (w.named)
        out.ended.push_back(*w.named);
      w = watched{};
      continue;
    }
    if (!w.since)
      w.since = in.now;
    if (in.now - *w.since < duration{settings_.named_after})
      continue;
    const auto cause = static_cast<stall_cause>(i);
    const bool is_new = !w.named;
    w.named = stall{cause, found[i]->text, effect_of(cause, in), found[i]->remedy, *w.since};
    if (is_new)
      out.began.push_back(*w.named);
  }
  return out;
}

stall_input stall_detector::without_withheld_reads(const stall_input& in) {
  const auto last = std::exchange(seen_, reads_seen{in.reads_without_budget, withholds(in)});
  if (last && !last->withheld && !seen_->withheld)
    out_of_weight_ += in.reads_without_budget - last->reads;
  auto out = in;
  out.reads_without_budget = out_of_weight_;
  return out;
}

std::vector<stall> stall_detector::active() const {
  std::vector<stall> out;
  for (const auto& w : causes_)
    if (w.named)
      out.push_back(*w.named);
  return out;
}

stall_detector::symptoms stall_detector::examine(const stall_input& in) const {
  symptoms out;
  const auto& past = past_.empty() ? in : past_.front();
  examine_budget(in, past, out);
  examine_reads(in, past, out);
  examine_streams(in, past, out);
  examine_orders(in, past, out);
  examine_stages(in, out);
  return out;
}

bool stall_detector::still_rises(const stall_input& in, counter which) const {
  const auto recent = std::ranges::find_if(past_, [&](const stall_input& p) {
    return in.now - p.now <= duration{settings_.named_after + over_margin};
  });
  return recent != past_.end() && in.*which > (*recent).*which;
}

bool stall_detector::often(const stall_input& in, const stall_input& past, counter which) const {
  return in.*which - past.*which >= static_cast<std::uint64_t>(settings_.failures_min) &&
         still_rises(in, which);
}

void stall_detector::examine_budget(const stall_input& in, const stall_input& past,
                                    symptoms& out) const {
  if (in.budget.banned_until && *in.budget.banned_until > in.now)
    out[place_of(stall_cause::banned)] = {
        fmt::format("the exchange has banned this address for another {}",
                    seconds(between(in.now, *in.budget.banned_until))),
        "wait; find out who else sends requests from this address"};
  else if (const auto until = reads_paused_until(in))
    out[place_of(stall_cause::paused)] = {
        fmt::format("the exchange, or a firewall before it, asked for a pause: another {}",
                    seconds(between(in.now, *until))),
        "wait; find out who else sends requests from this address"};
  if (often(in, past, &stall_input::reads_without_budget))
    out[place_of(stall_cause::budget_exhausted)] = {
        fmt::format("{} reads of the last minute found no request weight left: {} of {} are used",
                    in.reads_without_budget - past.reads_without_budget, in.budget.weight_used_1m,
                    in.budget.weight_limit_1m),
        "stop what else uses the weight of this address, or raise the bound"};
}

void stall_detector::examine_reads(const stall_input& in, const stall_input& past,
                                   symptoms& out) const {
  const auto say = [&](stall_cause c, std::string text, std::string remedy) {
    out[place_of(c)] = symptom{std::move(text), std::move(remedy)};
  };
  // Truth that ages while no read succeeds is no fault of the rounds.
  if (!in.exchange_away && !withholds(in) && in.oldest_truth && *in.oldest_truth > in.bound)
    say(stall_cause::slow_rounds,
        fmt::format("the oldest truth is {} old, promised are {}; {}a read takes {}",
                    seconds(*in.oldest_truth), seconds(in.bound),
                    in.round ? "a round takes " + seconds(*in.round) + ", " : std::string{},
                    seconds(in.read_latency)),
        in.promise_fault.empty()
            ? "use snapshot.strategy = \"adaptive\", raise snapshot.concurrency, or mend the "
              "connection"
            : in.promise_fault);
  if (often(in, past, &stall_input::reads_malformed))
    say(stall_cause::parser_refusing,
        fmt::format("{} replies of the last minute could not be used",
                    in.reads_malformed - past.reads_malformed),
        "read the log for what was wrong with them; the exchange may have changed its format");
  if (in.failing_symbol &&
      in.failing_symbol->second >= static_cast<std::uint64_t>(settings_.failures_min))
    say(stall_cause::symbol_failing,
        fmt::format("{} reads of {} have failed in a row", in.failing_symbol->second,
                    in.failing_symbol->first),
        "read the log for the reason; the symbol may have been delisted");
  if (often(in, past, &stall_input::reads_clock_refused))
    say(stall_cause::clock_off,
        fmt::format("{} requests of the last minute were refused for their time",
                    in.reads_clock_refused - past.reads_clock_refused),
        "set up time synchronisation, or raise exchange.recv_window_reads (a restart)");
  // Replies that cannot be used, and requests refused for their time, are causes of their own.
  if (in.exchange_away && !out[place_of(stall_cause::parser_refusing)] &&
      !out[place_of(stall_cause::clock_off)])
    say(stall_cause::exchange_away,
        "no read of the exchange succeeds: several in a row failed, the last ones with " +
            *in.exchange_away,
        "look at what they failed with: network, name service, the exchange's status page, or the "
        "key; it is asked again by itself");
}

void stall_detector::examine_streams(const stall_input& in, const stall_input& past,
                                     symptoms& out) const {
  if (!in.user_stream_up)
    out[place_of(stall_cause::user_stream_down)] = {
        "the user stream is down: fills and changes are seen by reads only",
        "it reconnects by itself; read the log for the reason"};
  else if (still_rises(in, &stall_input::stream_mutes))
    out[place_of(stall_cause::user_stream_mute)] = {
        fmt::format("{} changes of the last minute were seen by reads and not by the user stream",
                    in.stream_mutes - past.stream_mutes),
        "it is opened anew by itself; only reads count as proof until then"};
  if (!in.mark_stream_up)
    out[place_of(stall_cause::mark_stream_down)] = {
        "the stream of marks is down: those of open positions come with reads alone",
        "it reconnects by itself; read the log for the reason"};
}

void stall_detector::examine_orders(const stall_input& in, const stall_input& past,
                                    symptoms& out) const {
  if (in.oldest_open_order && *in.oldest_open_order > settings_.order_open_max)
    out[place_of(stall_cause::executor_stuck)] = {
        fmt::format("the outcome of an order has been open for {}", seconds(*in.oldest_open_order)),
        "look it up at the exchange by its client order id (GET /api/v1/orders)"};
  if (in.failing_exit && in.now - in.failing_exit->since > duration{in_vain_max})
    out[place_of(stall_cause::exits_failing)] = {
        fmt::format("an exit of {} has executed nothing for {}: {} orders came to nothing, the "
                    "last one with {}",
                    in.failing_exit->instrument.str(),
                    seconds(between(in.failing_exit->since, in.now)), in.failing_exit->tries,
                    in.failing_exit->words),
        "close it by hand at the exchange if it must not wait; it is tried again until its "
        "deadline"};
  if (in.oldest_uncommitted && *in.oldest_uncommitted > settings_.commit_max)
    out[place_of(stall_cause::journal_slow)] = {
        fmt::format("records have waited for {} to become durable",
                    seconds(*in.oldest_uncommitted)),
        "look at the disk that journal.state_dir is on"};
  const auto judged = in.verdicts - past.verdicts;
  if (judged < static_cast<std::uint64_t>(settings_.verdicts_min))
    return;
  for (const auto& [reason, count] : in.denied_by) {
    const auto before = past.denied_by.find(reason);
    const auto recent = count - (before == past.denied_by.end() ? 0 : before->second);
    if (recent * 100 > judged * static_cast<std::uint64_t>(settings_.denial_share_percent_max))
      out[place_of(stall_cause::one_reason_denies)] = {
          fmt::format("{} of the last {} verdicts were denied for {}", recent, judged, reason),
          fmt::format("see what {} means and how it is cured", reason)};
  }
}

void stall_detector::examine_stages(const stall_input& in, symptoms& out) const {
  if (past_.empty())
    return;
  std::string stuck;
  for (std::size_t i = 0; i < stage_count; ++i) {
    const auto& last = past_.back().stages[i];
    const auto& one = in.stages[i];
    if (last.waiting > 0 && one.waiting > 0 && one.handled == last.handled)
      stuck += fmt::format("{}{} ({})", stuck.empty() ? "" : ", ",
                           to_string(static_cast<stage_name>(i)), one.waiting);
  }
  if (!stuck.empty())
    out[place_of(stall_cause::stage_stuck)] = {
        "stages handle nothing, with as many messages before them: " + stuck,
        "keep what `gdb -p` says of all threads, then restart: the journal is replayed"};
}

std::string stall_detector::effect_of(stall_cause c, const stall_input& in) {
  const auto exits =
      fmt::format("{} positions are open, {} exits wait", in.open_positions, in.exits_waiting);
  switch (c) {
    case stall_cause::banned:
    case stall_cause::paused:
    case stall_cause::exchange_away:
      return "nothing can be read or sent; " + exits;
    case stall_cause::slow_rounds:
    case stall_cause::budget_exhausted:
    case stall_cause::parser_refusing:
    case stall_cause::clock_off:
      return (in.read_on_demand ? "exits and entries read anew first, entries whose read does not "
                                  "come are denied; "
                                : "entries and exits are denied; ") +
             exits;
    case stall_cause::symbol_failing:
    case stall_cause::executor_stuck:
      return "plans on that symbol wait or are denied; " + exits;
    case stall_cause::exits_failing:
      return "that position stays as it is; " + exits;
    case stall_cause::user_stream_down:
    case stall_cause::user_stream_mute:
      return "changes are seen within one round of reads instead of at once, and that a position "
             "is gone up to 30 s after its last event; " +
             exits;
    case stall_cause::mark_stream_down:
      return "stops and targets are watched at the pace of reads; entries without a mark are "
             "denied; " +
             exits;
    case stall_cause::journal_slow:
      return "orders wait for their intent to become durable; " + exits;
    case stall_cause::stage_stuck:
      return "whatever passes through them waits, exits too; " + exits;
    case stall_cause::one_reason_denies:
      break;
  }
  return "most plans do nothing; " + exits;
}

}  // namespace sluice::actors
