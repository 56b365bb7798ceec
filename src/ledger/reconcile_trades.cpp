// Trades that a search brought: as evidence of drifts, and those of our orders that lack some.
#include <utility>

#include "sluice/ledger/reconcile_core.hpp"

namespace sluice {
namespace {

/// Where the trades of such an order cannot be booked yet, they are read again so often...
constexpr milliseconds seek_again_after{10'000};
/// ...and after so many answers a difference that they do not explain is a hold for a person: they
/// are booked beside it.
constexpr int answers_max = 6;

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

/// Fills of ours may be in no record although books and truth agree: their order traded, and
/// another trade took the position back before anything could be read.
void reconcile_core::seek_unbooked(const stamp& now, reconcile_actions& out) {
  for (auto& [instrument, sought] : unbooked_) {
    if (sought.asked_at && now.steady - *sought.asked_at < seek_again_after)
      continue;
    sought.asked_at = now.steady;
    search(instrument, now.steady, now, out);
  }
}

/// What is not in a complete answer is beyond reach, and is sought no longer.
void reconcile_core::book_unbooked(const symbol& instrument, const std::vector<fill>& trades,
                                   const stamp& now, reconcile_actions& out) {
  const auto at = unbooked_.find(instrument);
  if (at == unbooked_.end())
    return;
  const bool whatever_differs = ++at->second.answers > answers_max;
  bool all = true;
  for (const auto& f : trades)
    if (at->second.ids.contains(f.order) && books_.is_new(instrument, f.id))
      all = book_as_contained(f, whatever_differs, now, out) && all;
  if (all)
    unbooked_.erase(at);
}

/// Only where truth is surely later and the books agree with it: else there is a drift, which the
/// comparison explains by these very trades if it can.
bool reconcile_core::book_as_contained(const fill& f, bool whatever_differs, const stamp& now,
                                       reconcile_actions& out) {
  const auto in = input_for({f.instrument, f.leg}, now);
  const auto booked = in.line ? in.line->amount : quantity{};
  const bool differs = amount_of(in.seen.content) != booked && !whatever_differs;
  if (!is_known(in.seen.content) || in.order_unresolved || differs ||
      f.traded_at.ms > in.as_of.ms - clock_slack_ms)
    return false;
  fill_recorded mine{f, true, {}};
  if (const auto own = own_.find(f.instrument, f.order)) {
    mine.plan = own->plan;
    mine.what.client_id = own->client_id;
  }
  const auto effect = books_.apply(f, in.seen.as_of - duration{1}, fill_scope::sums_only);
  (void)watch(in.position).forget(f.id);
  if (effect == fill_effect::contained)
    record_own(std::move(mine), effect, out);
  return true;
}

}  // namespace sluice
