// Comparisons and what follows from them: repairs, holds, searches, armed closes.
#include "sluice/ledger/reconcile_core.hpp"

#include <algorithm>
#include <utility>

namespace sluice {
namespace {

/// Fills of a symbol that are told from repetitions, whatever is kept for a start.
constexpr std::size_t trade_ids_min = 1'000;

/// Before a close is proposed again that the planner did not take.
constexpr milliseconds close_retry{1'000};

/// Fills that were traded up to then and come later are in this truth.
venue_time contained_until(const drift_input& in) {
  return in.seen.changed_at.ms != 0 ? in.seen.changed_at : cut_of(in.seen, in.as_of).all_until;
}

}  // namespace

reconcile_core::reconcile_core(const book_view& view, reconcile_settings settings,
                               const restored_books& found, const stamp& now)
    : view_(view),
      settings_(settings),
      books_(std::max(found.trade_ids_max, trade_ids_min)),
      holds_(found.last_hold_id),
      desk_(settings.close_max, found.last_arming_id),
      closed_holds_(found.closed_holds.begin(), found.closed_holds.end()) {
  for (const auto& [instrument, ids] : found.trade_ids)
    books_.restore_seen(
        instrument, ids,
        ids.size() < found.trade_ids_max ? seen_ids::complete : seen_ids::newest_only);
  for (const auto& [line, changed_at] : found.lines) {
    books_.restore(line);
    watch(line.position).line_restored(changed_at, line.last_traded_at);
  }
  for (const auto& h : found.holds) {
    holds_.restore(h);
    watch(h.position).hold_restored();
    // Held against books that said zero: without a line they say so still, and nothing is adopted.
    if (!books_.line(h.position))
      seen_flat_.insert(h.position);
  }
  for (const auto& o : found.own_orders)
    own_.learn(o.instrument, o.order, o.name);
  for (const auto& o : found.unbooked)
    seek_fills_of(o.instrument, o.order);
  overdue_ = desk_.restore(found.armings, now);
  end_used_armings();
}

/// None is given where every hold had its close, so the last process was about to say that it was
/// used.
void reconcile_core::end_used_armings() {
  for (const auto& key : holds_.positions()) {
    const auto held = holds_.on(key.instrument);
    if (!std::ranges::all_of(held, [&](const auto& k) { return had_its_close(k); }))
      continue;
    const auto cause = *holds_.find(key);
    desk_.set_apart(cause);
    if (auto used = desk_.use(cause))
      overdue_.push_back(std::move(*used));
  }
}

void reconcile_core::begin(reconcile_actions& out) {
  std::ranges::move(std::exchange(overdue_, {}), std::back_inserter(out.records));
}

void reconcile_core::settings_changed(const reconcile_settings& settings, const stamp& now,
                                      reconcile_actions& out) {
  settings_ = settings;
  for (auto& [position, each] : watches_)
    each.settings(settings);
  std::ranges::move(desk_.longest(settings.close_max, now), std::back_inserter(out.records));
  tick(now, out);
}

drift_watch& reconcile_core::watch(const position_key& key) {
  return watches_.try_emplace(key, settings_).first->second;
}

/// What is held without books is adopted before an order of ours changes it: its fill alone would
/// become the whole line.
void reconcile_core::adopt_before_order(const position_key& key, const stamp& now,
                                        reconcile_actions& out) {
  const auto in = input_for(key, now);
  if (in.line || pending_[key].orders > 0 ||
      !std::holds_alternative<position_open>(in.seen.content))
    return;
  drift_report found;
  found.truth_amount = amount_of(in.seen.content);
  found.cause = "adopted_at_start";
  found.evidence = "an order of ours is about to change it, before its trades could be read";
  watch(key).agreed(in.seen, in.as_of);
  adopt(found, in, out);
}

void reconcile_core::order_moved(const order_pending& change, const stamp& now,
                                 reconcile_actions& out) {
  if (change.pending)
    adopt_before_order(change.position, now, out);
  auto& all = pending_[change.position];
  auto& open = change.name.plan.empty() ? all.stops : all.orders;
  open = std::max(0, open + (change.pending ? 1 : -1));
  if (change.pending)
    return;
  own_.learn(change.position.instrument, change.venue_id, change.name);
  if (change.lacks_fills)
    seek_fills_of(change.position.instrument, change.venue_id);
  if (const auto at = watches_.find(change.position); at != watches_.end() && change.venue_id != 0)
    at->second.claim(change.venue_id, change.name.plan);
  compare(change.position, now, out);
}

// ---- comparing

void reconcile_core::compare_all(const stamp& now, reconcile_actions& out) {
  std::unordered_set<position_key> known;
  for (const auto& line : books_.lines())
    known.insert(line.position);
  for (const auto& keys : {holds_.positions(), view_.open_positions()})
    known.insert(keys.begin(), keys.end());
  for (const auto& key : known)
    compare(key, now, out);
  seek_unbooked(now, out);
}

drift_input reconcile_core::input_for(const position_key& key, const stamp& now) {
  drift_input in;
  in.position = key;
  in.seen = view_.position(key);
  // The wall clock may have been set in between: only its present reading counts.
  in.venue_ahead = venue_ahead_;
  if (is_known(in.seen.content))
    in.as_of = {now.wall.ms + venue_ahead_.count() - between(in.seen.as_of, now.steady).count()};
  in.line = books_.line(key);
  in.step = view_.step(key.instrument);
  const auto open = pending_.find(key);
  in.order_unresolved = open != pending_.end() && open->second.orders + open->second.stops > 0;
  in.now = now;
  if (in.line)
    return in;
  // What was flat under our eyes has books: they say zero.
  if (std::holds_alternative<position_flat>(in.seen.content))
    seen_flat_.insert(key);
  else if (seen_flat_.contains(key))
    in.line = ledger_line{.position = key};
  return in;
}

void reconcile_core::compare(const position_key& key, const stamp& now, reconcile_actions& out) {
  const auto in = input_for(key, now);
  const auto report = watch(key).observe(in);
  act_on(report, in, out);
  if (report.trades_wanted)
    search(key.instrument, *report.trades_wanted, now, out);
  close_if_armed(report, in, out);
  // A repair ends the hold at once, not with the next truth.
  if (report.action == drift_action::adopt && holds_.find(key))
    compare(key, now, out);
}

void reconcile_core::act_on(const drift_report& report, const drift_input& in,
                            reconcile_actions& out) {
  record_missing(report, in, out);
  switch (report.action) {
    case drift_action::nothing:
      return;
    case drift_action::adopt:
      return adopt(report, in, out);
    case drift_action::release_hold:
      return lift(in.position, "reconciler", report.cause, out);
    case drift_action::place_hold:
      break;
  }
  const auto placed = holds_.place(in.position, report, in.now.wall);
  out.records.emplace_back(hold_placed{placed});
  out.holds.push_back({placed, true});
}

/// Trades that a search brought: ours with fees and profit into the line, all into the journal,
/// which refuses those that it has.
void reconcile_core::record_missing(const drift_report& report, const drift_input& in,
                                    reconcile_actions& out) {
  for (const auto& e : report.trades) {
    if (e.recorded)
      continue;
    fill_recorded f{e.what, e.ours, e.plan};
    if (!e.ours) {
      out.records.emplace_back(std::move(f));
      continue;
    }
    // This truth has it in it, so that the next comparison need not wait for a newer one.
    const auto effect = books_.apply(e.what, in.seen.as_of - duration{1}, scope_of(e.plan));
    watch(in.position).forget(e.what.id);
    if (effect == fill_effect::applied || effect == fill_effect::contained)
      record_own(std::move(f), effect, out);
  }
}

void reconcile_core::adopt(const drift_report& report, const drift_input& in,
                           reconcile_actions& out) {
  const auto* open = std::get_if<position_open>(&in.seen.content);
  const auto entry = open ? open->entry : price{};
  books_.set(in.position, report.truth_amount, entry, contained_until(in));
  out.records.emplace_back(ledger_adjusted{in.position, report.ledger_amount, report.truth_amount,
                                           report.cause, report.evidence, entry});
  out.lines.push_back({in.position, report.truth_amount});
}

/// Not for a drift that has just been repaired, nor before the trades that may explain it were
/// read. The books are asked anew: fills of ours that a search brought are in them by now.
void reconcile_core::close_if_armed(const drift_report& report, const drift_input& in,
                                    reconcile_actions& out) {
  if (report.trades_wanted)
    return;
  const auto standing = holds_.find(in.position);
  if ((standing && closed_holds_.contains(standing->id)) || in.now.steady < propose_after_)
    return;
  const auto decision =
      decide_close({desk_.may_serve(in.position.instrument, in.now.steady), standing, report.kind,
                    in.seen, books_.line(in.position).value_or(ledger_line{}).amount});
  const auto* target = std::get_if<quantity>(&decision);
  if (!target)
    return;
  closed_holds_.insert(standing->id);
  desk_.set_apart(*standing);
  auto close = plan_for_close(*standing, *target, in.now);
  std::get<reduce_plan>(close.body).of_side = amount_of(in.seen.content).sign();
  proposed_.insert_or_assign(close.id, *standing);
  out.plans.push_back(std::move(close));
}

void reconcile_core::close_taken(const plan_id& id, reconcile_actions& out) {
  const auto cause = proposed_.extract(id);
  if (!cause)
    return;
  if (auto used = desk_.use(cause.mapped()))
    out.records.push_back(std::move(*used));
}

void reconcile_core::close_not_taken(const plan_id& id, const stamp& now) {
  const auto cause = proposed_.extract(id);
  if (!cause)
    return;
  closed_holds_.erase(cause.mapped().id);
  desk_.give_back(cause.mapped());
  propose_after_ = now.steady + duration{close_retry};
}

// ---- holds and armings

void reconcile_core::lift(const position_key& key, const std::string& author,
                          const std::string& reason, reconcile_actions& out) {
  const auto gone = holds_.lift(key);
  if (!gone)
    return;
  out.records.emplace_back(hold_released{*gone, author, reason});
  out.holds.push_back({*gone, false});
}

std::string reconcile_core::release_obstacle(const symbol& instrument, const stamp& now) {
  for (const auto& key : holds_.on(instrument)) {
    const auto in = input_for(key, now);
    if (in.order_unresolved)
      return "an order of ours on " + instrument.str() +
             " is not resolved: the truth cannot be accepted before it is";
    if (!is_known(in.seen.content))
      return "the truth of " + instrument.str() + " is not known: it cannot be accepted";
    if (in.line && in.line->last_fill_at && in.seen.as_of <= *in.line->last_fill_at)
      return "no truth of " + instrument.str() +
             " newer than our last fill has been read: ask again in a moment";
  }
  return {};
}

std::size_t reconcile_core::release(const symbol& instrument, const std::string& author,
                                    const std::string& reason, const stamp& now,
                                    reconcile_actions& out) {
  const auto keys = holds_.on(instrument);
  for (const auto& key : keys) {
    lift(key, author, reason, out);
    watch(key).hold_lifted();
    accept_truth(key, author + ": " + reason, now, out);
  }
  return keys.size();
}

/// Whoever releases a hold says that the exchange is right: otherwise the same drift would only
/// become the same hold again.
void reconcile_core::accept_truth(const position_key& key, const std::string& evidence,
                                  const stamp& now, reconcile_actions& out) {
  const auto in = input_for(key, now);
  if (!is_known(in.seen.content))
    return;
  drift_report accepted;
  accepted.truth_amount = amount_of(in.seen.content);
  accepted.ledger_amount = in.line ? in.line->amount : quantity{};
  accepted.cause = "released_by_operator";
  accepted.evidence = evidence;
  if (accepted.truth_amount == accepted.ledger_amount)
    return;
  watch(key).agreed(in.seen, in.as_of);
  adopt(accepted, in, out);
}

bool reconcile_core::had_its_close(const position_key& key) const {
  return closed_holds_.contains(holds_.find(key)->id);
}

arming_outcome reconcile_core::arm(const arming_order& order, const stamp& now,
                                   reconcile_actions& out) {
  const auto held = holds_.on(order.instrument);
  if (!held.empty() &&
      std::ranges::all_of(held, [&](const auto& key) { return had_its_close(key); }))
    return {desk_.armed(order.instrument, now.steady),
            "the close for the hold that stands was proposed already; there is one for each hold",
            {}};
  auto outcome = desk_.arm(order, now);
  std::ranges::move(std::exchange(outcome.records, {}), std::back_inserter(out.records));
  if (outcome.refusal.empty())
    for (const auto& key : held)
      compare(key, now, out);
  return outcome;
}

arming_outcome reconcile_core::disarm(const symbol& instrument, const std::string& author,
                                      const std::string& reason, reconcile_actions& out) {
  auto outcome = desk_.disarm(instrument, author, reason);
  std::ranges::move(std::exchange(outcome.records, {}), std::back_inserter(out.records));
  return outcome;
}

// ---- time

void reconcile_core::tick(const stamp& now, reconcile_actions& out) {
  std::ranges::move(desk_.expire(now.steady), std::back_inserter(out.records));
  std::ranges::move(searches_.due(now.steady), std::back_inserter(out.searches));
  for (const auto& key : holds_.positions())
    compare(key, now, out);
}

std::optional<instant> reconcile_core::next_due() const {
  const auto pause = searches_.next_due();
  const auto arming = desk_.next_end();
  if (pause && arming)
    return std::min(*pause, *arming);
  return pause ? pause : arming;
}

}  // namespace sluice
