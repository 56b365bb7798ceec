// One round: read both kinds, cancel what has to go, read again.
#include "sluice/planning/resting_orders.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace sluice {
namespace {

/// Somebody may place an order while positions are being closed.
constexpr std::chrono::seconds look_again{30};
/// The longest pause between rounds that achieve nothing: a read of the account costs the venue's
/// budget 80.
constexpr milliseconds pause_max{30'000};
constexpr std::size_t doublings_max = 4;
/// So long those whose truths have come wait for the others, to go together.
constexpr std::chrono::seconds truth_grace{5};

}  // namespace

bool protects(const conditional_report& r) {
  return r.close_position || only_reduces(r.reduce_only, r.leg, r.direction);
}

/// An order that rests may open what a conditional one protects, and one that is gone may have:
/// both are looked for before the protection is taken away. What opens and has no id goes with it.
std::vector<cancel_wish> resting_orders::wishes(const resting_view& view) {
  std::vector<cancel_wish> out;
  std::set<symbol> regular;
  for (const auto& r : last_.regular)
    regular.insert(r.instrument);
  for (const auto& on : regular)
    out.push_back({on, cancel_kind::all_regular, {}});
  std::set<symbol> guarded;
  std::set<symbol> opened = regular;
  for (const auto& r : last_.conditional)
    if (protects(r))
      guarded.insert(r.instrument);
    else if (!r.client_id.empty())
      opened.insert(r.instrument);
  std::set<symbol> all;
  for (const auto& r : last_.conditional)
    if (!guarded.contains(r.instrument) && view.flat_as_of(r.instrument))
      all.insert(r.instrument);
    else if (!protects(r) && !r.client_id.empty())
      out.push_back({r.instrument, cancel_kind::one_conditional, r.client_id});
  for (const auto& on : all)
    out.push_back({on, cancel_kind::all_conditional, {}});
  guards_.clear();
  for (const auto& on : guarded)
    if (last_.regular_known && !opened.contains(on) && view.flat_as_of(on))
      guards_.try_emplace(on);
  return out;
}

/// One read may be false, as everywhere: two of them have to show it flat.
std::vector<cancel_wish> resting_orders::proven(const resting_view& view) {
  std::vector<cancel_wish> out;
  for (auto at = guards_.begin(); at != guards_.end();) {
    auto& [on, first] = *at;
    const auto flat = view.flat_as_of(on);
    if (!flat) {
      at = guards_.erase(at);
      continue;
    }
    if (first && *flat > *first)
      out.push_back({on, cancel_kind::all_conditional, {}});
    else if (!first && *flat > last_.answered_at)
      first = flat;
    ++at;
  }
  if (out.size() < guards_.size() && view.now - last_.answered_at < truth_grace)
    out.clear();
  return out;
}

void resting_orders::pause(instant now, bool failed, std::size_t& tries) {
  ++tries;
  if (tries == 1 && !failed) {
    not_before_ = now;
    return;
  }
  const milliseconds wait{retry_after_.count() << std::min(tries - 1, doublings_max)};
  not_before_ = now + std::max(std::min(wait, pause_max), retry_after_);
}

bool resting_orders::is_due(const resting_view& view) const {
  if (view.now < not_before_)
    return false;
  if (!tried_ || again_)
    return true;
  if (view.all_flat_since && begun_ < *view.all_flat_since)
    return true;
  return view.now - begun_ >= look_again;
}

void resting_orders::begin_read(const resting_view& view, resting_actions& out) {
  reading_ = true;
  again_ = false;
  held_ = false;
  fresh_ = false;
  begun_ = view.now;
  out.read = true;
}

void resting_orders::begin_cancels(std::vector<cancel_wish> wanted, resting_actions& out) {
  cancels_ = wanted.size();
  cancel_failed_ = false;
  out.cancels = std::move(wanted);
}

/// Tries count for those that were taken before and are there again.
void resting_orders::take_guards(const std::vector<cancel_wish>& wanted) {
  const auto before = std::exchange(taken_, {});
  bool again = false;
  for (const auto& w : wanted) {
    again = again || before.contains(w.on);
    taken_.insert(w.on);
    guards_.erase(w.on);
  }
  if (!again)
    guard_tries_ = 0;
}

void resting_orders::step(const resting_view& view, resting_actions& out) {
  if (reading_ || cancels_ > 0)
    return;
  auto wanted = fresh_ ? wishes(view) : std::vector<cancel_wish>{};
  takes_guards_ = wanted.empty();
  if (wanted.empty())
    wanted = proven(view);
  if (!view.may_send) {
    held_ = held_ || !wanted.empty() || !guards_.empty();
    if (!wanted.empty())
      return;
  } else if (held_) {
    // Of what was seen before the halt nothing may be left, and what protected it may be needed.
    guards_.clear();
    std::erase_if(wanted, [](const cancel_wish& w) { return w.kind != cancel_kind::all_regular; });
    if (wanted.empty())
      return begin_read(view, out);
    held_ = false;
  }
  if (fresh_ && wanted.empty() && last_.fault.empty())
    tries_ = 0;
  fresh_ = false;
  if (takes_guards_ && !wanted.empty())
    take_guards(wanted);
  if (!wanted.empty())
    return begin_cancels(std::move(wanted), out);
  if (is_due(view))
    begin_read(view, out);
}

void resting_orders::read_answered(resting_read brought, instant now) {
  reading_ = false;
  tried_ = true;
  clear_.reset();
  if (brought.fault.empty() && !last_.fault.empty())
    tries_ = 0;  // What failed so far were looks: what this one finds is not waited for.
  last_ = std::move(brought);
  fresh_ = true;
  guards_.clear();
  if (!last_.fault.empty()) {
    again_ = true;
    return pause(now, true, tries_);
  }
  if (last_.regular.empty() && last_.conditional.empty())
    clear_ = clear_look{begun_, last_.answered_at};
}

std::optional<instant> resting_orders::clear_since(instant after) const {
  return clear_ && clear_->begun >= after ? std::optional(clear_->answered) : std::nullopt;
}

std::optional<instant> resting_orders::awaits_truth_of(const symbol& on) const {
  const auto at = guards_.find(on);
  if (at == guards_.end())
    return std::nullopt;
  return at->second.value_or(last_.answered_at);
}

std::optional<instant> resting_orders::awaits_truth() const {
  std::optional<instant> newest;
  for (const auto& [on, first] : guards_)
    newest = std::max(newest, std::optional(first.value_or(last_.answered_at)));
  return newest;
}

void resting_orders::cancel_answered(bool done, instant now) {
  if (cancels_ == 0)
    return;
  cancel_failed_ = cancel_failed_ || !done;
  if (--cancels_ > 0)
    return;
  again_ = true;
  pause(now, cancel_failed_, takes_guards_ ? guard_tries_ : tries_);
}

bool resting_orders::may_close(const symbol& on) const {
  if (!tried_)
    return false;
  if ((cancels_ == 0 || takes_guards_) && !fresh_)
    return true;
  return std::ranges::none_of(last_.regular,
                              [&](const order_report& r) { return r.instrument == on; });
}

std::string resting_orders::fault() const {
  return tried_ ? last_.fault : std::string{"not read yet"};
}

}  // namespace sluice
