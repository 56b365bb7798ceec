// What the gate does with each thing it is told: judge, park, ask for a read, judge again.
#include "sluice/gate/gate_core.hpp"

#include <algorithm>
#include <utility>

#include "curable.hpp"
#include "sluice/gate/judge.hpp"

namespace sluice {
namespace {

position_key key_of(const plan& p) {
  return {p.instrument, p.leg};
}

/// So much before its deadline a plan that waits is judged for the last time, so that its verdict
/// says what stood in its way, in time, and not only that it is too late.
duration last_word_before(duration life) {
  return std::min<duration>(milliseconds{50}, life / 10);
}

/// The terminal answer made outside of the rules.
plan_verdict denied(parked_plan p, facts seen, refusal why) {
  return {
      .what = std::move(p.what),
      .outcome = {.kind = verdict_kind::deny, .refusals = {std::move(why)}, .terms = std::nullopt},
      .seen = std::move(seen),
      .times_judged = p.times_judged,
      .again = p.again};
}

}  // namespace

gate_core::gate_core(std::shared_ptr<const gate_view> boards, gate_settings settings, run_mode mode)
    : boards_(std::move(boards)),
      settings_(std::move(settings)),
      mode_(mode),
      exit_sources_(settings_.exit_sources.begin(), settings_.exit_sources.end()),
      entry_sources_(settings_.entry_sources.begin(), settings_.entry_sources.end()),
      parked_(settings_.parked_exit_max, settings_.parked_entry_max),
      reads_(settings_.read_retry, settings_.read_lost_after),
      exposure_(boards_) {}

void gate_core::submit(plan_ptr p, const stamp& now, gate_actions& out, bool again) {
  const auto key = key_of(*p);
  // An exit that waits for the same position must not come behind this one.
  if (lane_of(*p) == lane::entry && !parked_.empty())
    judge_waiting(key, now, out);
  if (again)
    absences_.try_emplace(key);  // It has had an order, so there was something to close.
  if (again)
    if (const auto by = flights_.judged_again(key, p->id)) {
      auto seen = facts_for(*p, now);
      parked_plan gone{
          .what = std::move(p), .ticket = 0, .until = {}, .times_judged = 1, .again = true};
      out.verdicts.push_back(
          denied(std::move(gone), std::move(seen), {refusal_code::plan_withdrawn, by->str(), {}}));
      return judge_waiting(key, now, out);
    }
  judge_one({.what = std::move(p), .ticket = 0, .until = {}, .times_judged = 0, .again = again},
            now, out);
  if (again)
    judge_waiting(key, now, out);
}

void gate_core::read_finished(const read_done& done, const stamp& now, gate_actions& out) {
  reads_.finished(done, now.steady);
  // A failed read changed nothing that could be judged; the pause for its repetition runs.
  if (!done.failure.empty())
    return;
  if (!done.position) {
    judge_all(parked_.take_all(), now, out);
    return;
  }
  judge_waiting(*done.position, now, out);
  if (!parked_.waits(*done.position))
    reads_.forget(*done.position, now.steady);
}

void gate_core::truth_moved(const position_key& key, const stamp& now, gate_actions& out) {
  look_at_absence(key, boards_->position(key));
  judge_waiting(key, now, out);
}

void gate_core::moved(const order_moved& m, const stamp& now, gate_actions& out) {
  const auto entry = flights_.entry_of(m.position, m.plan);
  const bool over = m.step == flight_step::resolved;
  if (entry && !over)
    exposure_.entry_sent(m.plan, m.position.instrument, m.at);
  if (entry && over && m.outdates_truth)
    exposure_.entry_traded(m.position.instrument, *entry, m.at + settings_.read_lag_grace);
  flights_.moved(m, settings_.read_lag_grace);
  // Entries of other positions may have waited for the margin after this one.
  if (entry && over && settings_.limits.risk.needs_margin())
    return judge_all(parked_.take_all(), now, out);
  judge_waiting(m.position, now, out);
}

void gate_core::tick(const stamp& now, gate_actions& out) {
  judge_all(parked_.take_due(now.steady), now, out);
  for (const auto& key : reads_.due(now.steady)) {
    judge_waiting(key, now, out);
    reads_.forget(key, now.steady);
  }
  reads_.rearm();
}

void gate_core::fill_seen(const position_key& key, instant at) {
  auto [last, added] = last_fill_.try_emplace(key, at);
  if (!added)
    last->second = std::max(last->second, at);
}

void gate_core::filled_before(const position_key& key, const plan_id& plan, instant at,
                              instant now) {
  fill_seen(key, at);
  const auto shown = at + settings_.read_lag_grace;
  if (shown < now)
    return;
  flights_.traded_before(key, plan, at, shown);
  // Of which worth is not known: until a margin is read that shows it, none is believed.
  exposure_.entry_traded(key.instrument, {}, shown);
}

void gate_core::hold_set(const hold& h, const stamp& now, gate_actions& out) {
  auto& here = holds_[h.position];
  std::erase_if(here, [&](const hold& other) { return other.id == h.id; });
  here.push_back(h);
  judge_waiting(h.position, now, out);
}

void gate_core::hold_cleared(const hold& h, const stamp& now, gate_actions& out) {
  const auto at = holds_.find(h.position);
  if (at == holds_.end())
    return;
  std::erase_if(at->second, [&](const hold& other) { return other.id == h.id; });
  if (at->second.empty())
    holds_.erase(at);
  judge_waiting(h.position, now, out);
}

void gate_core::flatten_set(const flatten_order& o, const stamp& now, gate_actions& out) {
  std::erase_if(flattens_, [&](const flatten_order& other) { return other.id == o.id; });
  flattens_.push_back(o);
  judge_all(parked_.take_all(), now, out);
}

void gate_core::flatten_cleared(std::int64_t id) {
  std::erase_if(flattens_, [&](const flatten_order& o) { return o.id == id; });
}

void gate_core::ledger_moved(const position_key& key, quantity amount, const stamp& now,
                             gate_actions& out) {
  // A fill that truth may not show yet: what it said before says nothing of it.
  if (auto& before = books_[key]; std::exchange(before, amount).is_zero() && !amount.is_zero())
    absences_.insert_or_assign(key, absence{.version = boards_->position(key).version});
  exposure_.booked(key, amount);
  judge_waiting(key, now, out);
}

void gate_core::reach_changed(const reach& r, const stamp& now, gate_actions& out) {
  exchange_ = r;
  judge_all(parked_.take_all(), now, out);
}

void gate_core::symbols_changed(const stamp& now, gate_actions& out) {
  judge_all(parked_.take_all(), now, out);
}

void gate_core::trading_state_changed(trading_state s, const stamp& now, gate_actions& out) {
  state_ = s;
  judge_all(parked_.take_all(), now, out);
}

void gate_core::settings_in_force(const gate_settings& s, std::vector<std::int64_t> override_ids,
                                  const stamp& now, gate_actions& out) {
  settings_ = s;
  exit_sources_ = {s.exit_sources.begin(), s.exit_sources.end()};
  entry_sources_ = {s.entry_sources.begin(), s.entry_sources.end()};
  reads_.pauses(s.read_retry, s.read_lost_after);
  overrides_ = std::move(override_ids);
  judge_all(parked_.take_all(), now, out);
}

void gate_core::recover(std::span<const recovered_order> orders, std::span<const hold> holds,
                        std::span<const booked> books) {
  for (const auto& line : books) {
    books_[line.position] = line.amount;
    exposure_.booked(line.position, line.amount);
  }
  for (const auto& order : orders)
    flights_.recovered(order);
  for (const auto& h : holds)
    holds_[h.position].push_back(h);
}

std::optional<instant> gate_core::next_deadline() const {
  const auto due = parked_.next_due();
  const auto again = reads_.next_due();
  if (!due || !again)
    return due ? due : again;
  return std::min(*due, *again);
}

gate_stats gate_core::stats() const {
  return {.parked_exit = parked_.size(lane::exit),
          .parked_entry = parked_.size(lane::entry),
          .in_flight = flights_.positions(),
          .reads_outstanding = reads_.outstanding(),
          .parking_full = parking_full_};
}

std::optional<equity_peaked> gate_core::margin_read(const margin_reading& m, const stamp& now,
                                                    gate_actions& out) {
  auto peak = exposure_.margin_read(m, now);
  judge_all(parked_.take_all(), now, out);
  return peak;
}

void gate_core::judge_waiting(const position_key& key, const stamp& now, gate_actions& out) {
  if (parked_.waits(key))
    judge_all(parked_.take(key), now, out);
}

void gate_core::judge_all(std::vector<parked_plan> plans, const stamp& now, gate_actions& out) {
  for (auto& p : plans)
    judge_one(std::move(p), now, out);
}

void gate_core::judge_one(parked_plan p, const stamp& now, gate_actions& out) {
  auto seen = facts_for(*p.what, now);
  ++p.times_judged;
  if (p.ticket == 0)
    p.until = waits_until(*p.what, now);
  auto found = judge(*p.what, seen, settings_.permit_ttl);
  if (auto* given = std::get_if<permit>(&found))
    return allow(std::move(p), std::move(seen), std::move(*given), out);
  if (std::holds_alternative<cancel_admitted>(found))
    return withdraw(std::move(p), std::move(seen), out);
  const auto& refusals = std::get<refused>(found).refusals;
  out.symbols = out.symbols || doubts_list(*p.what, refusals, seen);
  if (keep_waiting(p, refusals, seen, out))
    return;
  out.verdicts.push_back({.what = std::move(p.what),
                          .outcome = to_verdict(found),
                          .seen = std::move(seen),
                          .times_judged = p.times_judged,
                          .again = p.again});
}

instant gate_core::waits_until(const plan& p, const stamp& now) const {
  const instant last = p.deadline - last_word_before(p.deadline - now.steady);
  if (lane_of(p) == lane::exit)
    return last;
  return std::min(last, now.steady + settings_.park_entry);
}

bool gate_core::keep_waiting(const parked_plan& p, const std::vector<refusal>& refusals,
                             const facts& seen, gate_actions& out) {
  // What has had an order waits for a routine read at least.
  const bool may_wait = settings_.read_on_demand || p.again;
  if (!may_wait || seen.now.steady >= p.until || !curable(p, refusals, seen))
    return false;
  if (!parked_.park(p)) {
    ++parking_full_;
    return false;
  }
  if (settings_.read_on_demand) {
    want_read(*p.what, refusals, seen, out);
    want_margin(refusals, out);
  }
  return true;
}

/// Once for each entry that is over. Before it is, no reading could be believed.
void gate_core::want_margin(const std::vector<refusal>& refusals, gate_actions& out) {
  const auto from = exposure_.margin_from();
  if ((margin_asked_ && *margin_asked_ >= from) || flights_.entry_unresolved() ||
      std::ranges::count(refusals, refusal_code::limit_margin_unknown, &refusal::code) == 0)
    return;
  margin_asked_ = from;
  out.margin_from = from;
}

void gate_core::want_read(const plan& p, const std::vector<refusal>& refusals, const facts& seen,
                          gate_actions& out) {
  const auto key = key_of(p);
  const auto reflected = flights_.reflected_after(key, seen.now.steady);
  // While an order is not resolved no read could help: the gate waits to hear of it.
  const bool helps = std::ranges::any_of(refusals, [&](const refusal& r) {
    return curable_by_read(r.code) && (r.code != refusal_code::order_in_flight || reflected);
  });
  if (!helps)
    return;
  const auto traffic = lane_of(p);
  const instant fresh_from = seen.now.steady - truth_age_limit(p, seen);
  const read_wanted wanted{key, traffic, std::max(fresh_from, reflected.value_or(fresh_from))};
  if (reads_.ask(wanted, seen.now.steady))
    out.reads.push_back(wanted);
}

void gate_core::allow(parked_plan p, facts seen, permit given, gate_actions& out) {
  const bool opens = std::holds_alternative<open_plan>(p.what->body);
  flights_.permitted(given.position(), given.plan(),
                     {opens ? given.terms().amount : quantity{}, seen.mark.value_or(price{})},
                     seen.now.steady);
  out.verdicts.push_back(
      {.what = std::move(p.what),
       .outcome = {.kind = verdict_kind::allow, .refusals = {}, .terms = given.terms()},
       .seen = std::move(seen),
       .times_judged = p.times_judged,
       .again = p.again});
  out.permits.push_back(std::move(given));
}

void gate_core::withdraw(parked_plan cancel, facts seen, gate_actions& out) {
  const auto& target = std::get<cancel_plan>(cancel.what->body).target;
  auto waiting = take_waiting(target);
  const bool for_successor = cancel.what->source.str() == planner_source;
  if (!waiting && !flights_.withdraw(target, cancel.what->id, !for_successor)) {
    refusal nothing{refusal_code::nothing_to_withdraw, target.str(), {}};
    out.verdicts.push_back(denied(std::move(cancel), std::move(seen), std::move(nothing)));
    return;
  }
  if (waiting) {
    refusal why{refusal_code::plan_withdrawn, cancel.what->id.str(), {}};
    auto target_seen = facts_for(*waiting->what, seen.now);
    out.verdicts.push_back(denied(std::move(*waiting), std::move(target_seen), std::move(why)));
  }
  out.verdicts.push_back(
      {.what = std::move(cancel.what),
       .outcome = {.kind = verdict_kind::allow, .refusals = {}, .terms = std::nullopt},
       .seen = std::move(seen),
       .times_judged = cancel.times_judged,
       .again = cancel.again});
}

plan_preview gate_core::preview(const plan& p, const stamp& now) {
  auto out = preview_of(p, facts_for(p, now), settings_.permit_ttl);
  const parked_plan as_if{.what = std::make_shared<const plan>(p),
                          .ticket = 0,
                          .until = waits_until(p, now),
                          .times_judged = 0};
  out.would_wait = !out.outcome.refusals.empty() && settings_.read_on_demand &&
                   now.steady < as_if.until && curable(as_if, out.outcome.refusals, out.seen);
  return out;
}

}  // namespace sluice
