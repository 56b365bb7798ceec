// Level-triggered: a step looks at all that waits, so that nothing depends on a single event.
#include "sluice/planning/upstream_desk.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace sluice {
namespace {

/// A truth that was asked for is asked for again after this.
constexpr milliseconds ask_again_after{1'000};

upstream_refusal refusal_of(const upstream_wish& w, upstream_fault fault, std::string reason) {
  return {fault, std::move(reason), w.id, w.instrument};
}

}  // namespace

upstream_desk::upstream_desk(upstream_settings settings, intake_settings intake, plan_lookup known)
    : settings_(std::move(settings)),
      intake_(std::move(intake)),
      known_(std::move(known)),
      door_(intake_, {}),
      refused_(intake_.max_age) {}

void upstream_desk::deliver(stream_entry entry, std::int64_t server_ms, const arrival& received,
                            upstream_actions& out) {
  const auto& now = received.at;
  now_ = now.steady;
  if (in_hand_.contains(entry.id))
    return;
  // It was told so: nobody counts on it any more, and what is held now is not what it meant.
  if (const auto* before = refused_.find(entry.id, now_))
    return refuse(std::move(entry), upstream_refusal{*before}, out);
  auto reading = read_upstream(entry, {received, server_ms}, settings_, intake_);
  if (std::holds_alternative<upstream_skip>(reading)) {
    ++out.skipped;
    return acknowledge(entry.id, out);
  }
  if (auto* why = std::get_if<upstream_refusal>(&reading)) {
    // Delivered again after a crash, or published again: it was carried out when it was young.
    if (why->fault == upstream_fault::plan_too_old && known_(why->id)) {
      out.repeated.push_back(why->id);
      return acknowledge(entry.id, out);
    }
    return refuse(std::move(entry), std::move(*why), out);
  }
  auto& wish = std::get<upstream_wish>(reading);
  // The door lets closes of sources without a table in: a lost exit is worse.
  const auto refusal = door_.refusal_by_table(wish.source, lane_of(wish));
  if (refusal == desk_refusal::lane_closed ||
      (refusal != desk_refusal::none && lane_of(wish) == lane::entry))
    return refuse(std::move(entry),
                  refusal_of(wish, upstream_fault::source_not_allowed,
                             door_words(refusal, wish.source, lane_of(wish))),
                  out);
  if (is_part(wish) && is_same(wish)) {
    out.repeated.push_back(wish.id);
    return acknowledge(entry.id, out);
  }
  auto& queue = waiting_[index(lane_of(wish))];
  if (queue.size() >= settings_.waiting_max)
    return refuse(std::move(entry),
                  refusal_of(wish, upstream_fault::queue_full,
                             fmt::format("{} entries of its lane wait already", queue.size())),
                  out);
  in_hand_.emplace(entry.id, wish.id);
  queue.push_back({std::move(entry), std::move(wish), now});
}

void upstream_desk::step(const upstream_view& view, upstream_actions& out) {
  now_ = view.now.steady;
  for (const auto traffic : {lane::exit, lane::entry}) {
    auto& queue = waiting_[index(traffic)];
    std::deque<waiting_entry> left;
    bool full = false;
    for (auto& w : queue) {
      const auto now = full && !is_old(w, view.now) ? outcome::lane_full : consider(w, view, out);
      full = full || now == outcome::lane_full;
      if (now != outcome::gone)
        left.push_back(std::move(w));
    }
    queue = std::move(left);
  }
}

upstream_desk::outcome upstream_desk::consider(waiting_entry& w, const upstream_view& view,
                                               upstream_actions& out) {
  const auto traffic = lane_of(w.wish);
  if (is_old(w, view.now)) {
    const auto waited = between(w.received.steady, view.now.steady);
    refuse(std::move(w), upstream_fault::plan_too_old,
           fmt::format(
               "waited {} for its turn, an order's end, a proven truth, marks or symbols on offer",
               format_duration(waited)),
           out);
    return outcome::gone;
  }
  if (const auto at = open_.find(w.wish.id); at != open_.end()) {
    join(at->second, w, out);
    return outcome::gone;
  }
  const auto open_max = traffic == lane::exit ? settings_.exit_open_max : settings_.entry_open_max;
  if (!view.judges || open_count_[index(traffic)] >= open_max)
    return outcome::lane_full;
  if (traffic == lane::entry && !view.may_open(w.wish.instrument))
    return outcome::waits;
  if (!needs_truth(w.wish))
    return offer(w, {}, out);
  // A read of it would take a row of the table for ever, and weight that is kept for exits.
  if (!view.may_be_held(w.wish.instrument)) {
    auto why = fmt::format("nobody lists {}, and nothing of it is held", w.wish.instrument.str());
    refuse(std::move(w), upstream_fault::symbol_not_in_universe, std::move(why), out);
    return outcome::gone;
  }
  if (!is_settled(w, view) || !has_truth(w, view, out))
    return outcome::waits;
  const auto held = view.truth({w.wish.instrument, position_side::both}).content;
  if (closes_other_side(w.wish, held)) {
    refuse(std::move(w), upstream_fault::other_side,
           fmt::format("it closes the other side: held is {}", amount_of(held).str()), out);
    return outcome::gone;
  }
  // A part of nothing would be a target of zero, and close whatever is opened next.
  if (is_part(w.wish) && amount_of(held).is_zero()) {
    if (will_open(w.wish.instrument))
      return outcome::waits;
    refuse(std::move(w), upstream_fault::no_position, "it closes a part of nothing: held is 0",
           out);
    return outcome::gone;
  }
  return offer(w, held, out);
}

upstream_desk::outcome upstream_desk::offer(waiting_entry& w, const truth& held,
                                            upstream_actions& out) {
  out.plans.push_back(plan_for_upstream(w.wish, held, w.received, intake_));
  ++open_count_[index(lane_of(w.wish))];
  open_wish open{w.wish, {}, false, false};
  open.entries.push_back(std::move(w));
  auto id = open.wish.id;
  open_.emplace(std::move(id), std::move(open));
  return outcome::gone;
}

bool upstream_desk::is_old(const waiting_entry& w, const stamp& now) const {
  return w.wish.age + between(w.received.steady, now.steady) > intake_.max_age;
}

bool upstream_desk::is_settled(const waiting_entry& w, const upstream_view& view) const {
  return !is_part(w.wish) || (!under_way(w.wish.instrument) &&
                              !view.ours.under_way({w.wish.instrument, position_side::both}));
}

bool upstream_desk::under_way(const symbol& instrument) const {
  return std::ranges::any_of(open_,
                             [&](const auto& o) { return o.second.wish.instrument == instrument; });
}

bool upstream_desk::will_open(const symbol& instrument) const {
  return std::ranges::any_of(waiting_[index(lane::entry)],
                             [&](const auto& w) { return w.wish.instrument == instrument; });
}

bool upstream_desk::is_doubted(waiting_entry& w, const truth_view& seen) const {
  if (!std::holds_alternative<position_flat>(seen.content)) {
    w.missing_in.reset();
    return false;
  }
  if (!is_part(w.wish) || will_open(w.wish.instrument) || is_surely_flat(seen, w.missing_in))
    return false;
  w.missing_in = w.missing_in.value_or(seen.as_of);
  return true;
}

bool upstream_desk::has_truth(waiting_entry& w, const upstream_view& view, upstream_actions& out) {
  const position_key key{w.wish.instrument, position_side::both};
  const auto seen = view.truth(key);
  const bool counts = !is_part(w.wish) || view.ours.has_seen(seen, key);
  if (is_known(seen.content) && counts &&
      between(seen.as_of, view.now.steady) <= view.stale_after && !is_doubted(w, seen)) {
    asked_.erase(key);
    return true;
  }
  const auto at = asked_.find(key);
  if (at == asked_.end() || between(at->second, view.now.steady) >= ask_again_after) {
    // What was asked for and never waited for again must not pile up.
    if (asked_.size() > 2 * settings_.waiting_max)
      asked_.clear();
    asked_[key] = view.now.steady;
    out.reads.push_back(key);
  }
  return false;
}

/// The same plan again while its first entry is under way, or another one under its name.
void upstream_desk::join(open_wish& open, waiting_entry& w, upstream_actions& out) {
  if (!(open.wish == w.wish))
    return refuse(std::move(w), upstream_fault::duplicate_plan,
                  "the plan_id is that of another plan", out);
  out.repeated.push_back(w.wish.id);
  if (open.durable)
    acknowledge(w.entry.id, out);
  else
    open.entries.push_back(std::move(w));
}

void upstream_desk::taken(const plan_id& id, plan_identity as, upstream_actions& out) {
  const auto at = open_.find(id);
  if (at == open_.end())
    return;
  auto& open = at->second;
  if (as == plan_identity::conflict && !is_same(open.wish))
    return refuse(at, upstream_fault::duplicate_plan, "the plan_id is that of another plan", out);
  const auto entries = std::exchange(open.entries, {});
  for (const auto& e : entries)
    acknowledge(e.entry.id, out);
  open.durable = true;
  if (as != plan_identity::fresh)
    out.repeated.push_back(id);
  if (as != plan_identity::fresh || open.judged)
    close(at);
}

bool upstream_desk::symbol_busy(const plan_id& id, const plan_id& other, upstream_actions& out) {
  const auto at = open_.find(id);
  if (at == open_.end())
    return false;
  if (!is_part(at->second.wish)) {
    refuse(at, upstream_fault::symbol_busy, fmt::format("{} has not ended", other.str()), out);
    return false;
  }
  auto& queue = waiting_[index(lane_of(at->second.wish))];
  auto& entries = at->second.entries;
  queue.insert(queue.begin(), std::move_iterator(entries.begin()),
               std::move_iterator(entries.end()));
  close(at);
  return true;
}

void upstream_desk::not_taken(const plan_id& id) {
  const auto at = open_.find(id);
  if (at == open_.end())
    return;
  for (const auto& e : at->second.entries)
    in_hand_.erase(e.entry.id);
  close(at);
}

bool upstream_desk::judged(const plan_id& id) {
  const auto at = open_.find(id);
  if (at == open_.end())
    return expected_.erase(id) > 0;
  at->second.judged = true;
  if (at->second.durable)
    close(at);
  return true;
}

bool upstream_desk::is_in_hand(const plan_id& id) const {
  return std::ranges::any_of(in_hand_, [&](const auto& entry) { return entry.second == id; });
}

/// A part of a position became another target then than it would now, and is the same plan still.
bool upstream_desk::is_same(const upstream_wish& w) const {
  const auto* close = std::get_if<upstream_close>(&w.what);
  const auto before = known_(w.id);
  return close && before && before->source == w.source && before->instrument == w.instrument &&
         before->kind == "reduce" && before->reason == words_of(*close);
}

void upstream_desk::refuse(stream_entry entry, upstream_refusal why, upstream_actions& out) {
  in_hand_.erase(entry.id);
  const bool answers =
      !why.id.empty() && !open_.contains(why.id) && !is_in_hand(why.id) && !known_(why.id);
  refused_.put(entry.id, why, now_);
  out.refused.push_back({std::move(entry), std::move(why), answers});
}

void upstream_desk::refuse(std::unordered_map<plan_id, open_wish>::iterator at,
                           upstream_fault fault, std::string reason, upstream_actions& out) {
  auto entries = std::exchange(at->second.entries, {});
  const auto why = refusal_of(at->second.wish, fault, std::move(reason));
  close(at);
  for (auto& e : entries)
    refuse(std::move(e.entry), why, out);
}

void upstream_desk::refuse(waiting_entry w, upstream_fault fault, std::string reason,
                           upstream_actions& out) {
  auto why = refusal_of(w.wish, fault, std::move(reason));
  refuse(std::move(w.entry), std::move(why), out);
}

void upstream_desk::acknowledge(const std::string& entry_id, upstream_actions& out) {
  in_hand_.erase(entry_id);
  out.done.push_back(entry_id);
}

void upstream_desk::close(std::unordered_map<plan_id, open_wish>::iterator at) {
  --open_count_[index(lane_of(at->second.wish))];
  open_.erase(at);
}

}  // namespace sluice
