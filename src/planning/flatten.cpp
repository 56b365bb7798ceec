// The steps of a flatten, and what each thing it hears means for its positions.
#include "sluice/planning/flatten.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice {
namespace {

/// How often truths are asked for that have not come.
constexpr std::chrono::seconds ask_pause{1};
/// A plan has its verdict by its deadline; whoever has heard nothing so much later never will.
constexpr std::chrono::seconds word_grace{10};
/// A plan must have a little time.
constexpr milliseconds plan_life_min{1'000};
constexpr std::size_t told_max = 10;

std::string symbol_in_id(const symbol& s) {
  return parse_plan_id(s.str()) ? s.str() : fmt::format("{:016x}", stable_hash(s.str()));
}

std::string words_of(const refusal& r) {
  auto text = std::string{to_string(r.code)};
  if (const auto observed = to_string(r.observed); !observed.empty())
    text += " " + observed;
  if (const auto limit = to_string(r.limit); !limit.empty())
    text += " (limit " + limit + ")";
  return text;
}

}  // namespace

std::string_view to_string(closing_state s) {
  switch (s) {
    case closing_state::waiting:
      return "waiting";
    case closing_state::closing:
      return "closing";
    case closing_state::flat:
      return "flat";
    case closing_state::blocked:
      return "blocked";
  }
  return "?";
}

plan_id flatten_plan_id(std::int64_t flatten, const position_key& position, std::uint32_t n) {
  return plan_id{fmt::format("{}{}:{}:{}:{}", flatten_plan_prefix, flatten,
                             symbol_in_id(position.instrument), to_string(position.leg), n)};
}

flatten_core::flatten_core(flatten_order what, const flatten_settings& settings,
                           milliseconds permit_ttl, const stamp& now)
    : what_(std::move(what)),
      settings_(settings),
      settled_from_(now.steady + permit_ttl),
      give_up_(now.steady + milliseconds{what_.give_up_at.ms - now.wall.ms}),
      resting_(settings.retry_after) {}

instant flatten_core::threshold(const position_key& key, const order_watch& ours) const {
  return std::max(settled_from_, ours.last_end(key).value_or(settled_from_));
}

void flatten_core::step(const flatten_view& view, flatten_actions& out) {
  end_unheard(view);
  look(view);
  if (is_done(view)) {
    out.ended = end(flatten_end::done);
    return;
  }
  if (view.now.steady >= give_up_) {
    out.ended = end(flatten_end::given_up);
    return;
  }
  tend_orders(view, out);
  propose(view, out);
  want_truths(view, out);
}

/// A plan under way keeps its position unproven, flat or not: one whose end was lost has to end
/// too.
void flatten_core::end_unheard(const flatten_view& view) {
  const auto now = view.now.steady;
  for (auto& [key, l] : legs_)
    if (!l.plan.empty() && now > l.plan_until + word_grace && !view.ours.under_way(key))
      plan_ended(l, "nothing was heard of " + l.plan.str(), now);
}

/// Whether truth shows the position gone for good: one read may be false, and what follows from
/// flat, cancelled stops and the end, is not taken back. The stream is believed of what was seen
/// open: of anything else its word may be old, and only repeated by a read.
bool flatten_core::is_gone(const position_key& key, const truth_view& seen) const {
  if (!std::holds_alternative<position_flat>(seen.content))
    return false;
  if (seen.source == truth_source::stream && legs_.contains(key))
    return true;
  const auto first = missing_.find(key);
  return first != missing_.end() && first->second.version == seen.version &&
         seen.as_of > first->second.as_of;
}

void flatten_core::note_missing(const position_key& key, const truth_view& seen) {
  if (!std::holds_alternative<position_flat>(seen.content))
    missing_.erase(key);
  else if (auto& first = missing_.try_emplace(key, seen).first->second;
           first.version != seen.version)
    first = seen;
}

/// Which positions are proven flat, and which are not.
void flatten_core::look(const flatten_view& view) {
  unproven_.clear();
  if (!account_read_ && view.account_as_of > settled_from_)
    account_read_ = view.account_as_of;
  seen_any_ = seen_any_ || !view.positions.empty();
  for (const auto& [key, seen] : view.positions) {
    if (const auto* open = std::get_if<position_open>(&seen.content))
      legs_[key].amount = open->amount;
    const auto known = legs_.find(key);
    const bool asked = known != legs_.end() && !known->second.plan.empty();
    note_missing(key, seen);
    const bool proven = is_gone(key, seen) && !asked && !view.ours.under_way(key) &&
                        seen.as_of > threshold(key, view.ours);
    if (known != legs_.end())
      known->second.flat = proven;
    if (!proven)
      unproven_.emplace(key, !is_known(seen.content));
  }
  if (!unproven_.empty() || !seen_any_)
    all_flat_since_.reset();
  else if (!all_flat_since_)
    all_flat_since_ = view.now.steady;
}

/// As of when every tracked position of the symbol is proven flat. Whether one stands that is not
/// tracked yet, as after a restart, only reads of the whole account can say: two of them, as one
/// may be false.
std::optional<instant> flatten_core::flat_as_of(const symbol& on, const flatten_view& view) const {
  const auto of_it = [&](const auto& entry) { return entry.first.instrument == on; };
  if (std::ranges::any_of(unproven_, of_it))
    return std::nullopt;
  std::optional<instant> oldest;
  for (const auto& [key, seen] : view.positions)
    if (key.instrument == on)
      oldest = std::min(oldest.value_or(seen.as_of), seen.as_of);
  if (oldest || !account_agrees(view))
    return oldest;
  for (const auto side : {position_side::both, position_side::long_, position_side::short_}) {
    const position_key key{on, side};
    if (view.account_as_of <= threshold(key, view.ours) || view.ours.under_way(key))
      return std::nullopt;
  }
  return view.account_as_of;
}

/// A second read of the whole account says what the first did.
bool flatten_core::account_agrees(const flatten_view& view) const {
  return account_read_ && view.account_as_of > account_read_;
}

void flatten_core::tend_orders(const flatten_view& view, flatten_actions& out) {
  const auto flat = [&](const symbol& on) { return flat_as_of(on, view); };
  resting_actions wanted;
  resting_.step({view.now.steady, view.stopped.empty(), all_flat_since_, flat}, wanted);
  out.read_orders = wanted.read;
  out.cancels = std::move(wanted.cancels);
}

void flatten_core::propose(const flatten_view& view, flatten_actions& out) {
  const auto now = view.now.steady;
  for (const auto& [key, seen] : view.positions) {
    if (!std::holds_alternative<position_open>(seen.content))
      continue;
    auto& l = legs_[key];
    if (!view.stopped.empty()) {
      l.reason = view.stopped;
      continue;
    }
    if (view.ours.under_way(key) && (l.plan.empty() || now > l.plan_until))
      l.reason = "an order of ours is not resolved yet";
    const auto last = view.ours.last_end(key);
    const bool reflected = !last || seen.as_of > *last;
    if (!l.plan.empty() || view.ours.under_way(key) || !reflected || now < l.again_at ||
        now + plan_life_min > give_up_ || !resting_.may_close(key.instrument))
      continue;
    out.plans.push_back(next_plan(key, l, view.now));
  }
}

plan flatten_core::next_plan(const position_key& key, leg& l, const stamp& now) const {
  ++l.plans;
  l.allowed = false;
  l.plan = flatten_plan_id(what_.id, key, l.plans);
  l.plan_until = std::min(now.steady + settings_.plan_ttl, give_up_);
  return {.id = l.plan,
          .source = source_id{std::string{flatten_source}},
          .instrument = key.instrument,
          .leg = key.leg,
          .body = reduce_plan{.target = {}, .reason = "flatten"},
          .created_at = {},
          .received = now,
          .deadline = l.plan_until,
          .deadline_wall = {now.wall.ms + between(now.steady, l.plan_until).count()}};
}

void flatten_core::want_truths(const flatten_view& view, flatten_actions& out) {
  const auto now = view.now.steady;
  if (now < ask_again_)
    return;
  const auto clear =
      all_flat_since_ ? resting_.clear_since(*all_flat_since_) : std::optional<instant>{};
  if (const auto needed = std::max({settled_from_, clear.value_or(settled_from_),
                                    account_read_.value_or(settled_from_),
                                    resting_.awaits_truth().value_or(settled_from_)});
      what_.instrument.empty() && now > needed && view.account_as_of <= needed) {
    out.reads.emplace_back();
    out.newer_than = needed;
  }
  for (const auto& [key, seen] : view.positions) {
    auto needed = threshold(key, view.ours);
    if (clear)
      needed = std::max(needed, *clear);
    if (const auto look = resting_.awaits_truth_of(key.instrument))
      needed = std::max(needed, *look);
    if (const auto first = missing_.find(key); first != missing_.end() && !is_gone(key, seen))
      needed = std::max(needed, first->second.as_of);
    const bool open = std::holds_alternative<position_open>(seen.content);
    const bool old = !is_known(seen.content) || seen.as_of <= needed;
    // What is open is closed first; only our own order has to be seen in it.
    if (!old || now <= needed || (open && !view.ours.last_end(key)) || view.ours.under_way(key))
      continue;
    out.reads.push_back(key);
    out.newer_than = std::max(out.newer_than, needed);
  }
  if (!out.reads.empty())
    ask_again_ = now + ask_pause;
}

/// Nothing rests by reads sent when all was flat, and all is flat by truths newer than their
/// answers. Of the whole account that is known only when all of it was read since.
bool flatten_core::is_done(const flatten_view& view) const {
  if (!all_flat_since_)
    return false;
  const auto clear = resting_.clear_since(*all_flat_since_);
  if (!clear ||
      (what_.instrument.empty() && (!account_agrees(view) || view.account_as_of <= *clear)))
    return false;
  return std::ranges::all_of(view.positions,
                             [&](const auto& p) { return p.second.as_of > *clear; });
}

flatten_core::leg* flatten_core::leg_of(const plan_id& id) {
  if (id.empty())
    return nullptr;
  const auto at =
      std::ranges::find_if(legs_, [&](const auto& entry) { return entry.second.plan == id; });
  return at == legs_.end() ? nullptr : &at->second;
}

void flatten_core::plan_ended(leg& l, std::string why, instant now) const {
  l.plan = {};
  l.allowed = false;
  l.reason = std::move(why);
  l.again_at = now + settings_.retry_after;
}

void flatten_core::plan_repeated(const plan_id& id) {
  if (auto* l = leg_of(id))
    l->plan = {};
}

void flatten_core::plan_not_taken(const plan_id& id, std::string why, instant now) {
  if (auto* l = leg_of(id))
    plan_ended(*l, std::move(why), now);
}

void flatten_core::judged(const plan_judged& verdict, instant now) {
  auto* l = leg_of(verdict.plan);
  if (!l)
    return;
  const auto& refusals = verdict.outcome.refusals;
  if (verdict.outcome.kind == verdict_kind::allow) {
    l->allowed = true;
    l->reason.clear();
  } else if (refusals.empty() || counts_as_done(refusals.front().code)) {
    plan_ended(*l, {}, now);
  } else {
    plan_ended(*l, words_of(refusals.front()), now);
  }
}

void flatten_core::finished(const plan_finished& end, instant now) {
  auto* l = leg_of(end.plan);
  if (!l)
    return;
  plan_ended(*l,
             end.how == plan_end::done
                 ? std::string{}
                 : fmt::format("the plan ended {}: {}", to_string(end.how), end.detail),
             now);
}

std::string flatten_core::what_stands() const {
  std::string text;
  std::size_t told = 0;
  std::size_t stale = 0;
  for (const auto& [key, unknown] : unproven_) {
    const auto at = legs_.find(key);
    if (at == legs_.end() && !unknown) {
      ++stale;
      continue;
    }
    if (++told > told_max)
      continue;
    text += fmt::format("{}{} {} {}", text.empty() ? "" : "; ", key.instrument.str(),
                        to_string(key.leg), unknown ? "is not known" : at->second.amount.str());
    if (at != legs_.end() && !at->second.reason.empty())
      text += ": " + at->second.reason;
  }
  const auto add = [&](std::string more) { text += (text.empty() ? "" : "; ") + std::move(more); };
  if (!seen_any_)
    add("no position was known yet");
  if (told > told_max)
    add(fmt::format("and {} more", told - told_max));
  if (stale > 0)
    add(fmt::format("{} positions are not proven flat", stale));
  if (const auto fault = resting_.fault(); !fault.empty())
    add("open orders: " + fault);
  else if (resting_.regular() + resting_.conditional() > 0)
    add(fmt::format("{} regular and {} conditional orders rest", resting_.regular(),
                    resting_.conditional()));
  return text;
}

flatten_ended flatten_core::end(flatten_end why) const {
  auto left = why == flatten_end::done ? std::string{} : what_stands();
  if (why == flatten_end::given_up && left.empty())
    left = "the last proof was missing";
  return {what_, why, std::move(left)};
}

flatten_progress flatten_core::progress() const {
  flatten_progress p;
  p.what = what_;
  for (const auto& [key, l] : legs_) {
    closing_line line{key, closing_state::waiting, l.amount, l.plans, {}, l.reason};
    if (l.plans > 0)
      line.last_plan = flatten_plan_id(what_.id, key, l.plans);
    if (l.flat) {
      line.state = closing_state::flat;
      line.reason.clear();
    } else if (!l.plan.empty()) {
      line.state = closing_state::closing;
    } else if (!l.reason.empty()) {
      line.state = closing_state::blocked;
    }
    p.positions.push_back(std::move(line));
  }
  p.unproven = unproven_.size();
  p.regular = resting_.regular();
  p.conditional = resting_.conditional();
  p.orders_fault = resting_.fault();
  return p;
}

}  // namespace sluice
