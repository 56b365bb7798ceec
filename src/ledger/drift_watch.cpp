// The memory of one position's drift: how long, confirmed how often, explained by what.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sluice/ledger/drift.hpp"

namespace sluice {
namespace {

/// While a hold stands, trades are read again this often: the venue may list them late.
constexpr milliseconds search_again_after{60'000};
/// While a position without books waits for trades that could not be read, likewise...
constexpr milliseconds ask_again_after{10'000};
/// ...and after this long it is adopted without them: without books nothing compares it.
constexpr milliseconds adopt_unread_after{60'000};
/// How old a truth may have been when the journal's line was set to it: no bound is longer.
constexpr milliseconds restored_staleness{30'000};

std::string amounts(const drift_report& r) {
  return fmt::format("ledger {}, truth {}, drift {}", r.ledger_amount.str(), r.truth_amount.str(),
                     r.drift.str());
}

drift_report begin(const drift_input& in) {
  drift_report r;
  r.truth_amount = amount_of(in.seen.content);
  r.ledger_amount = in.line ? in.line->amount : quantity{};
  r.drift = r.truth_amount - r.ledger_amount;
  if (is_known(in.seen.content))
    r.evidence = amounts(r);
  else
    r.evidence = fmt::format("ledger {}, truth unknown", r.ledger_amount.str());
  return r;
}

venue_time venue_now(const drift_input& in) {
  return {in.now.wall.ms + in.venue_ahead.count()};
}

}  // namespace

drift_watch::drift_watch(reconcile_settings settings) : settings_(settings) {}

void drift_watch::line_restored(wall_time changed_at, venue_time last_traded_at) {
  restored_ = {changed_at, last_traded_at};
}

/// Our clock may be wrong, and may have been set since then: its last fill has the venue's time.
void drift_watch::agree_restored(const drift_input& in) {
  const auto was = *std::exchange(restored_, std::nullopt);
  const venue_time told{was.changed_at.ms + in.venue_ahead.count()};
  const bool was_set_back = told > venue_now(in);
  const auto first = was_set_back ? was.last_traded_at : told;
  const auto last = std::max(was_set_back ? venue_now(in) : told, was.last_traded_at);
  agreed_at_ = std::max(agreed_at_, was_set_back ? was.last_traded_at : last);
  evidence_.agree_restored(first, last, restored_staleness);
}

void drift_watch::agreed(const truth_view& seen, venue_time as_of) {
  agreed_at_ = std::max(agreed_at_, as_of);
  evidence_.agree(seen, as_of);
}

void drift_watch::hold_lifted() {
  hold_stands_ = false;
  drifting_since_.reset();
  ripe_since_.reset();
}

drift_report drift_watch::observe(const drift_input& in) {
  if (restored_ && is_known(in.seen.content))
    agree_restored(in);
  auto out = begin(in);
  if (std::holds_alternative<position_open>(in.seen.content))
    missing_in_.reset();
  if (std::holds_alternative<position_flat>(in.seen.content) && !missing_in_)
    missing_in_ = in.seen.as_of;
  note_amount(in, out);
  const auto run = evidence_.explaining(out.drift, cut_of(in.seen, in.as_of), oldest_evidence(in));
  out.kind = classify(in, run, run && evidence_.all_ours(*run), settings_);
  switch (out.kind) {
    case drift_kind::pending:
      break;
    case drift_kind::none:
      settle(in, out);
      break;
    case drift_kind::unledgered:
      // Our own fills may be missing in the journal: a crash between an order's end and its fills.
      want_trades(in, out);
      if (out.trades_wanted || awaits_trades(in, out))
        break;
      out.action = drift_action::adopt;
      out.cause = "adopted_at_start";
      agreed(in.seen, in.as_of);
      break;
    case drift_kind::explained:
    case drift_kind::foreign:
      adopt_explained(in, *run, out);
      break;
    case drift_kind::unexplained:
    case drift_kind::side_flip:
      suspect(in, out);
      break;
  }
  return out;
}

void drift_watch::note_amount(const drift_input& in, const drift_report& out) {
  if (out.drift == drift_)
    return;
  drift_ = out.drift;
  drift_changed_at_ = in.now.steady;
}

/// A trade much older than the drift is no evidence of it, whatever the sums say.
venue_time drift_watch::oldest_evidence(const drift_input& in) const {
  if (!in.line)
    return {};  // All of the position or nothing, and only ours: no age makes that wrong.
  auto from = drifting_since_ ? drifting_since_venue_ : venue_now(in);
  if (agreed_at_.ms != 0)
    from = std::min(from, agreed_at_);
  return {from.ms - settings_.evidence_window.count()};
}

/// Ends a suspicion, and forgets evidence that this truth already has in it.
void drift_watch::settle(const drift_input& in, drift_report& out) {
  // It ended without them, and will be forgotten.
  if (in.line && out.drift.is_zero())
    out.trades = evidence_.take_unrecorded(oldest_evidence(in));
  drifting_since_.reset();
  ripe_since_.reset();
  if (!out.drift.is_zero())
    want_trades(in, out);
  else
    agreed(in.seen, in.as_of);
  if (!hold_stands_)
    return;
  if (std::holds_alternative<position_flat>(in.seen.content) &&
      !is_surely_flat(in.seen, missing_in_))
    return;
  hold_stands_ = false;
  out.action = drift_action::release_hold;
  out.cause = repaired_by_.empty() ? "drift_gone" : "repaired: " + repaired_by_;
  repaired_by_.clear();
}

void drift_watch::adopt_explained(const drift_input& in, const evidence_run& run,
                                  drift_report& out) {
  out.evidence += "; accounted for by " + evidence_.in_words(run);
  out.trades = evidence_.trades_of(run);
  if (out.kind == drift_kind::foreign && settings_.foreign == foreign_policy::hold) {
    place(out, hold_cause::foreign_fill);
    evidence_.mark_recorded(run);
    return;
  }
  out.action = drift_action::adopt;
  out.cause = out.kind == drift_kind::foreign ? "foreign_fill" : "explained";
  if (hold_stands_)
    repaired_by_ = out.cause;
  evidence_.spend(run, in.seen, in.as_of);
  drifting_since_.reset();
  ripe_since_.reset();
  agreed_at_ = std::max(agreed_at_, in.as_of);
}

void drift_watch::suspect(const drift_input& in, drift_report& out) {
  if (!drifting_since_) {
    drifting_since_ = in.now.steady;
    drifting_since_venue_ = venue_now(in);
    last_read_ = in.seen.as_of;
    confirmed_ = 0;
  } else if (in.seen.as_of > last_read_) {
    last_read_ = in.seen.as_of;
    ++confirmed_;
  }
  const bool ripe = is_ripe(in, out);
  want_trades(in, out);
  describe(out);
  if (!ripe || out.trades_wanted)
    return;
  place(out,
        out.kind == drift_kind::side_flip ? hold_cause::side_flip : hold_cause::unexplained_drift);
  // Not before: whose a trade is may be learned in the meantime. And also while the hold stands,
  // for the venue may list them late.
  out.trades = evidence_.take_unrecorded(oldest_evidence(in));
}

bool drift_watch::is_ripe(const drift_input& in, drift_report& out) {
  // A fill of ours restarts the window: truth may still be on its way.
  const auto quiet_since =
      std::max(*drifting_since_, in.line->last_fill_at.value_or(instant::min()));
  const auto quiet_for = between(quiet_since, in.now.steady);
  out.evidence += fmt::format("; stands for {}, confirmed by {} newer reads",
                              format_duration(quiet_for), confirmed_);
  if (quiet_for < settings_.quiet_window || confirmed_ < settings_.confirmations) {
    ripe_since_.reset();
    return false;
  }
  if (!ripe_since_)
    ripe_since_ = in.now.steady;
  return true;
}

/// When the drift is first seen with this amount, and again when it is about to become a hold.
void drift_watch::want_trades(const drift_input& in, drift_report& out) const {
  auto needed = drift_changed_at_;
  if (drifting_since_)
    needed = std::max(needed, *drifting_since_);
  if (ripe_since_)
    needed = std::max(needed, *ripe_since_);
  if (hold_stands_ && search_ && in.now.steady - search_->sent_at >= search_again_after)
    needed = in.now.steady;
  if (!search_ || search_->sent_at < needed)
    out.trades_wanted = needed;
}

/// What is adopted is never looked at again: a fill of ours in it would be in no record.
bool drift_watch::awaits_trades(const drift_input& in, drift_report& out) const {
  if (search_->failure.empty() || in.now.steady - drift_changed_at_ >= adopt_unread_after)
    return false;
  if (in.now.steady - search_->sent_at >= ask_again_after)
    out.trades_wanted = in.now.steady;
  return true;
}

void drift_watch::describe(drift_report& out) const {
  if (!search_)
    out.evidence += "; trades not read yet";
  else if (!search_->failure.empty())
    out.evidence += "; trades could not be read: " + search_->failure;
  else
    out.evidence += fmt::format("; the newest {} trades were read", search_->trades);
  if (evidence_.empty())
    out.evidence += "; no fill seen that the ledger does not have";
  else if (out.kind == drift_kind::side_flip)
    out.evidence += "; seen: " + evidence_.all_in_words();
  else
    out.evidence += "; not accounted for by " + evidence_.all_in_words();
}

void drift_watch::place(drift_report& out, hold_cause cause) {
  if (hold_stands_)
    return;
  hold_stands_ = true;
  out.action = drift_action::place_hold;
  out.holds_for = cause;
  out.cause = to_string(cause);
}

}  // namespace sluice
