// Trades that a search brought: as evidence of drifts, and those of our orders that lack some.
#include <algorithm>
#include <utility>

#include "sluice/ledger/reconcile_core.hpp"

namespace sluice {
namespace {

/// Trades of such an order are read half as often each time, up to this...
constexpr milliseconds seek_again_after_max{600'000};
/// ...and at least so often: the venue may list them late.
constexpr int answers_min = 3;
/// After so many answers a difference that they do not explain is left to the hold that stands for
/// it, and they are booked beside it.
constexpr int differing_max = 3;

}  // namespace

void reconcile_core::search(const symbol& instrument, instant newer_than, const stamp& now,
                            reconcile_actions& out) {
  if (searches_.want(instrument, newer_than, now.steady))
    out.searches.push_back(instrument);
}

void reconcile_core::trades_read(const symbol& instrument,
                                 const read_result<std::vector<fill>>& trades, const stamp& now,
                                 reconcile_actions& out) {
  if (trades) {
    note_trades(instrument, *trades, now);
    search_ended(instrument, searches_.answered(instrument, trades->size()), now, out);
    return book_unbooked(instrument, *trades, now, out);
  }
  const auto why = std::string(to_string(trades.error().kind)) + " " + trades.error().text;
  // Our own budget and the venue's bans say nothing of the trades: those attempts do not count.
  const bool counts = trades.error().kind != failure_kind::rate_limited &&
                      trades.error().kind != failure_kind::banned;
  if (!counts)
    return searches_.put_off(instrument, trades.error().retry_at, now.steady);
  if (const auto ended = searches_.failed(instrument, why, now.steady))
    search_ended(instrument, *ended, now, out);
}

void reconcile_core::note_trades(const symbol& instrument, const std::vector<fill>& trades,
                                 const stamp& now) {
  for (const auto& f : trades) {
    const auto at = watches_.find({instrument, f.leg});
    if (f.instrument != instrument || at == watches_.end() || !books_.is_new(instrument, f.id))
      continue;
    drift_evidence e{.what = f, .seen_at = now.steady, .told = false};
    if (const auto own = own_.find(instrument, f.order)) {
      e.ours = true;
      e.plan = own->plan;
      e.what.client_id = own->client_id;
    }
    at->second.note(e);
  }
}

void reconcile_core::search_ended(const symbol& instrument, const search_result& ended,
                                  const stamp& now, reconcile_actions& out) {
  std::vector<position_key> legs;
  for (auto& [key, w] : watches_)
    if (key.instrument == instrument) {
      w.search_ended(ended);
      legs.push_back(key);
    }
  for (const auto& key : legs)
    compare(key, now, out);
}

/// From the beginning, also where others of the symbol are sought already.
void reconcile_core::seek_fills_of(const symbol& instrument, order_id order) {
  auto ids = std::move(unbooked_[instrument].ids);
  ids.insert(order);
  unbooked_[instrument] = {.ids = std::move(ids)};
}

/// Fills of ours may be in no record although books and truth agree: their order traded, and
/// another trade took the position back before anything could be read.
void reconcile_core::seek_unbooked(const stamp& now, reconcile_actions& out) {
  for (auto& [instrument, sought] : unbooked_) {
    if (sought.next_at && now.steady < *sought.next_at)
      continue;
    sought.next_at = now.steady + sought.pause;
    sought.pause = std::min(2 * sought.pause, seek_again_after_max);
    search(instrument, now.steady, now, out);
  }
}

/// What is not in several answers is beyond reach, and is sought no longer.
void reconcile_core::book_unbooked(const symbol& instrument, const std::vector<fill>& trades,
                                   const stamp& now, reconcile_actions& out) {
  const auto at = unbooked_.find(instrument);
  if (at == unbooked_.end())
    return;
  auto& sought = at->second;
  bool all = true;
  bool differs = false;
  for (const auto& f : trades) {
    if (!sought.ids.contains(f.order) || !books_.is_new(instrument, f.id))
      continue;
    const auto became = book_as_contained(f, sought.differing >= differing_max, now, out);
    all = all && became == lost_fill::booked;
    differs = differs || became == lost_fill::differs;
  }
  sought.differing += differs ? 1 : 0;
  if (++sought.answers >= answers_min && all)
    unbooked_.erase(at);
}

/// Only where truth is surely later and the books agree with it: else there is a drift, which the
/// comparison explains by these very trades if it can.
reconcile_core::lost_fill reconcile_core::book_as_contained(const fill& f, bool beside_hold,
                                                            const stamp& now,
                                                            reconcile_actions& out) {
  const auto in = input_for({f.instrument, f.leg}, now);
  const auto booked = in.line ? in.line->amount : quantity{};
  const bool before_our_last =
      in.line && in.line->last_fill_at && in.seen.as_of <= *in.line->last_fill_at;
  if (!is_known(in.seen.content) || in.order_unresolved || before_our_last ||
      f.traded_at.ms > in.as_of.ms - clock_slack_ms)
    return lost_fill::too_early;
  const bool differs = amount_of(in.seen.content) != booked;
  if (differs && !(beside_hold && holds_.find(in.position)))
    return lost_fill::differs;
  fill_recorded mine{f, true, {}};
  if (const auto own = own_.find(f.instrument, f.order)) {
    mine.plan = own->plan;
    mine.what.client_id = own->client_id;
  }
  const auto effect = books_.apply(f, in.seen.as_of - duration{1}, fill_scope::sums_only);
  const bool taken_for_others = watch(in.position).forget(f.id);
  // It may still be a part of what explains the rest.
  if (differs)
    watch(in.position).note({mine.what, true, now.steady, mine.plan, true, false});
  if (effect == fill_effect::contained && !taken_for_others)
    record_own(std::move(mine), effect, out);
  return lost_fill::booked;
}

}  // namespace sluice
