// The memory of one position's drift: how long, confirmed how often, explained by what.
#include <fmt/format.h>

#include <algorithm>

#include "sluice/ledger/drift.hpp"

namespace sluice {
namespace {

/// More unexplained fills of others than this, and the oldest are no evidence any more.
constexpr std::size_t evidence_max = 200;
/// Trade ids by which a repeated note is recognised.
constexpr std::size_t noted_max = 1'000;
/// Fills named in an evidence text; the rest is counted.
constexpr std::size_t fills_named_max = 5;

std::string in_words(const drift_evidence& e) {
  const auto& f = e.what;
  const auto whose = e.ours                              ? std::string_view{"our"}
                     : f.given_by == order_giver::client ? std::string_view{"foreign"}
                                                         : to_string(f.given_by);
  return fmt::format("trade {} {} {} at {} by {} order {}", f.id, to_string(f.direction),
                     f.amount.str(), f.at.str(), whose,
                     f.client_id.empty() ? std::to_string(f.order) : f.client_id.str());
}

std::string in_words(const std::deque<drift_evidence>& evidence, std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < std::min(count, fills_named_max); ++i)
    text += (i == 0 ? "" : ", ") + in_words(evidence[i]);
  if (count > fills_named_max)
    text += fmt::format(" and {} more", count - fills_named_max);
  return text;
}

std::string amounts(const drift_report& r) {
  return fmt::format("ledger {}, truth {}, drift {}", r.ledger_amount.str(), r.truth_amount.str(),
                     r.drift.str());
}

drift_report begin(const drift_input& in, drift_kind kind) {
  drift_report r;
  r.kind = kind;
  r.truth_amount = amount_of(in.seen.content);
  r.ledger_amount = in.line ? in.line->amount : quantity{};
  r.drift = r.truth_amount - r.ledger_amount;
  if (is_known(in.seen.content))
    r.evidence = amounts(r);
  else
    r.evidence = fmt::format("ledger {}, truth unknown", r.ledger_amount.str());
  return r;
}

}  // namespace

drift_watch::drift_watch(reconcile_settings settings) : settings_(settings) {}

bool drift_watch::note_foreign_fill(const fill& f, instant seen_at) {
  return note(f, false, seen_at);
}

bool drift_watch::note_own_fill(const fill& f, instant seen_at) {
  return note(f, true, seen_at);
}

bool drift_watch::note(const fill& f, bool ours, instant seen_at) {
  if (f.id <= 0 || std::find(noted_.begin(), noted_.end(), f.id) != noted_.end())
    return false;
  noted_.push_back(f.id);
  if (noted_.size() > noted_max)
    noted_.pop_front();
  const auto place = std::find_if(evidence_.begin(), evidence_.end(),
                                  [&](const auto& e) { return e.what.id > f.id; });
  evidence_.insert(place, drift_evidence{f, ours, seen_at});
  if (evidence_.size() > evidence_max)
    evidence_.pop_front();
  return true;
}

void drift_watch::hold_lifted() {
  hold_stands_ = false;
  drifting_since_.reset();
}

drift_report drift_watch::observe(const drift_input& in) {
  auto out = begin(in, classify(in, evidence_, settings_));
  switch (out.kind) {
    case drift_kind::pending:
      break;
    case drift_kind::none:
      settle(in, out);
      break;
    case drift_kind::unledgered:
      out.action = drift_action::adopt;
      out.cause = "adopted_at_start";
      break;
    case drift_kind::explained:
    case drift_kind::foreign:
      adopt_explained(out);
      break;
    case drift_kind::unexplained:
    case drift_kind::side_flip:
      suspect(in, out);
      break;
  }
  return out;
}

/// Ends a suspicion, and forgets evidence that this truth already has in it.
void drift_watch::settle(const drift_input& in, drift_report& out) {
  drifting_since_.reset();
  std::erase_if(evidence_, [&](const drift_evidence& e) {
    return e.seen_at < in.seen.as_of ||
           (in.seen.changed_at.ms != 0 && e.what.traded_at <= in.seen.changed_at);
  });
  if (!hold_stands_)
    return;
  hold_stands_ = false;
  out.action = drift_action::release_hold;
  out.cause = "drift_gone";
}

void drift_watch::adopt_explained(drift_report& out) {
  const auto count = fills_explaining(out.drift, evidence_);
  out.evidence += "; accounted for by " + in_words(evidence_, count);
  if (out.kind == drift_kind::foreign && settings_.foreign == foreign_policy::hold) {
    place(out, hold_cause::foreign_fill);
    return;
  }
  out.action = drift_action::adopt;
  out.cause = out.kind == drift_kind::foreign ? "foreign_fill" : "explained";
  evidence_.erase(evidence_.begin(), evidence_.begin() + std::ptrdiff_t(count));
}

void drift_watch::suspect(const drift_input& in, drift_report& out) {
  if (!drifting_since_) {
    drifting_since_ = in.now;
    last_read_ = in.seen.as_of;
    confirmed_ = 0;
  } else if (in.seen.as_of > last_read_) {
    last_read_ = in.seen.as_of;
    ++confirmed_;
  }
  // A fill of ours restarts the window: truth may still be on its way.
  const auto quiet_since =
      std::max(*drifting_since_, in.line->last_fill_at.value_or(instant::min()));
  const auto quiet_for = between(quiet_since, in.now);
  out.evidence += fmt::format("; stands for {}, confirmed by {} newer reads",
                              format_duration(quiet_for), confirmed_);
  if (evidence_.empty())
    out.evidence += "; no fill seen that the ledger does not have";
  else
    out.evidence += "; not accounted for by " + in_words(evidence_, evidence_.size());
  if (quiet_for >= settings_.quiet_window && confirmed_ >= settings_.confirmations)
    place(out, out.kind == drift_kind::side_flip ? hold_cause::side_flip
                                                 : hold_cause::unexplained_drift);
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
