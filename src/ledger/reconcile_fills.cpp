// Fills as they reach the books: ours into the line, once; those of others as evidence.
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "sluice/ledger/reconcile_core.hpp"

namespace sluice {
namespace {

/// Forced closes by which a repeated event is recognised.
constexpr std::size_t forced_told_max = 1'000;

/// The venue closed something by itself: a person should know, whatever becomes of it.
notice forced_close(const fill& f) {
  return {std::string(to_string(f.given_by)),
          fmt::format("{} {} {} at {}", f.instrument.str(), to_string(f.direction), f.amount.str(),
                      f.at.str())};
}

notice refused_fill(const fill& f) {
  return {"fill_refused",
          fmt::format("{} trade {} of order {}: the books cannot tell whether they have it",
                      f.instrument.str(), f.id, f.order)};
}

}  // namespace

void reconcile_core::take(fill_recorded f, const stamp& now, reconcile_actions& out) {
  const position_key key{f.what.instrument, f.what.leg};
  if (f.ours)
    take_own(std::move(f), now, out);
  else
    take_foreign(std::move(f), now, out);
  compare(key, now, out);
}

void reconcile_core::take_foreign(fill_recorded f, const stamp& now, reconcile_actions& out) {
  const position_key key{f.what.instrument, f.what.leg};
  // A search may have found the trade before its event came: only the event tells who gave the
  // order.
  if (f.what.given_by != order_giver::client && is_untold(key.instrument, f.what.id))
    out.records.emplace_back(forced_close(f.what));
  if (watch(key).note({f.what, false, now.steady, {}, true}))
    out.records.emplace_back(std::move(f));
}

bool reconcile_core::is_untold(const symbol& instrument, trade_id id) {
  const std::pair told{instrument, id};
  if (std::ranges::find(forced_told_, told) != forced_told_.end())
    return false;
  forced_told_.push_back(told);
  if (forced_told_.size() > forced_told_max)
    forced_told_.pop_front();
  return true;
}

void reconcile_core::take_own(fill_recorded f, const stamp& now, reconcile_actions& out) {
  const position_key key{f.what.instrument, f.what.leg};
  own_.learn(key.instrument, f.what.order, {f.what.client_id, f.plan});
  if (f.plan.empty())
    if (const auto known = own_.find(key.instrument, f.what.order))
      f.plan = known->plan;
  // A search was faster than its event, and whose it is was not known: the line has it already.
  const auto scope = watch(key).has_adopted(f.what.id) ? fill_scope::sums_only : scope_of(f.plan);
  const auto effect = books_.apply(f.what, now.steady, scope);
  if (effect == fill_effect::duplicate)
    return;
  if (effect == fill_effect::refused) {
    if (watch(key).note({f.what, true, now.steady, f.plan, false}))
      out.records.emplace_back(refused_fill(f.what));
    return;
  }
  const bool taken_for_others = watch(key).forget(f.what.id);
  // A part of the drift that it closes is a part of what explains the rest.
  if (is_reconcile_close(f.plan))
    watch(key).note({f.what, true, now.steady, f.plan, true, false});
  const auto change = signed_amount(f.what);
  const auto trade = f.what.id;
  record_own(std::move(f), effect, out);
  if (taken_for_others && effect == fill_effect::applied)
    record_change(key, change, trade, out);
}

/// The journal has this trade as another's, and refuses it as ours: its line is set.
void reconcile_core::record_change(const position_key& key, quantity change, trade_id trade,
                                   reconcile_actions& out) {
  const auto line = books_.line(key).value_or(ledger_line{});
  out.records.emplace_back(ledger_adjusted{
      key, line.amount - change, line.amount, "contained",
      fmt::format("trade {} was taken for another's and is ours", trade), line.entry});
}

/// The journal adds every fill of ours to its line; where ours did not move, it is set back.
void reconcile_core::record_own(fill_recorded f, fill_effect effect, reconcile_actions& out) {
  const auto line = books_.line({f.what.instrument, f.what.leg}).value_or(ledger_line{});
  const auto change = signed_amount(f.what);
  const auto trade = f.what.id;
  const bool beside = is_reconcile_close(f.plan);
  ++out.fills;
  f.entry_after = line.entry;
  out.records.emplace_back(std::move(f));
  out.lines.push_back({line.position, line.amount});
  if (effect != fill_effect::contained)
    return;
  out.records.emplace_back(ledger_adjusted{
      line.position, line.amount + change, line.amount, beside ? "reconcile_close" : "contained",
      fmt::format("trade {} {}", trade,
                  beside ? "closed what the ledger never had"
                         : "is older than the truth that the ledger was set to"),
      line.entry});
}

}  // namespace sluice
