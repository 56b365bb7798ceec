// One round: read both kinds, cancel what has to go, read again.
#include "sluice/planning/resting_orders.hpp"

#include <algorithm>
#include <set>

namespace sluice {
namespace {

/// Somebody may place an order while positions are being closed.
constexpr std::chrono::seconds look_again{30};
/// The longest pause between rounds that achieve nothing: a read of the account costs the venue's
/// budget 80.
constexpr milliseconds pause_max{30'000};
constexpr std::size_t doublings_max = 4;

}  // namespace

bool protects(const conditional_report& r) {
  return r.close_position || only_reduces(r.reduce_only, r.leg, r.direction);
}

/// A regular order that rests may open what a conditional one protects, and one that is gone may
/// have: both are looked for before the protection is taken away.
std::vector<cancel_wish> resting_orders::wishes(const resting_view& view) {
  std::vector<cancel_wish> out;
  std::set<symbol> regular;
  for (const auto& r : last_.regular)
    regular.insert(r.instrument);
  for (const auto& on : regular)
    out.push_back({on, cancel_kind::all_regular, {}});
  std::set<symbol> guarded;
  for (const auto& r : last_.conditional)
    if (protects(r))
      guarded.insert(r.instrument);
  protected_.clear();
  std::set<symbol> all;
  for (const auto& r : last_.conditional) {
    const auto& on = r.instrument;
    const auto flat = view.flat_as_of(on);
    if (!guarded.contains(on)) {
      if (flat || r.client_id.empty())
        all.insert(on);
    } else if (flat && last_.regular_known && !regular.contains(on)) {
      (*flat > last_.answered_at ? all : protected_).insert(on);
    }
    if (!protects(r) && !all.contains(on) && !r.client_id.empty())
      out.push_back({on, cancel_kind::one_conditional, r.client_id});
  }
  for (const auto& on : all)
    out.push_back({on, cancel_kind::all_conditional, {}});
  return out;
}

void resting_orders::pause(instant now, bool failed) {
  ++tries_;
  if (tries_ == 1 && !failed) {
    not_before_ = now;
    return;
  }
  const milliseconds wait{retry_after_.count() << std::min(tries_ - 1, doublings_max)};
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
  begun_ = view.now;
  out.read = true;
}

void resting_orders::step(const resting_view& view, resting_actions& out) {
  if (reading_ || cancels_ > 0)
    return;
  if (fresh_ || !protected_.empty()) {
    auto wanted = wishes(view);
    held_ = held_ || (!wanted.empty() && !view.may_send);
    if (!wanted.empty() && !view.may_send)
      return;
    if (held_) {
      // Of what was seen before the halt nothing may be left, and what protected it may be needed.
      held_ = false;
      return begin_read(view, out);
    }
    fresh_ = false;
    if (!wanted.empty()) {
      cancels_ = wanted.size();
      cancel_failed_ = false;
      protected_.clear();
      out.cancels = std::move(wanted);
      return;
    }
    if (last_.fault.empty() && protected_.empty())
      tries_ = 0;
  }
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
  protected_.clear();
  if (!last_.fault.empty()) {
    again_ = true;
    return pause(now, true);
  }
  if (last_.regular.empty() && last_.conditional.empty())
    clear_ = clear_look{begun_, last_.answered_at};
}

std::optional<instant> resting_orders::clear_since(instant after) const {
  return clear_ && clear_->begun >= after ? std::optional(clear_->answered) : std::nullopt;
}

std::optional<instant> resting_orders::awaits_truth_of(const symbol& on) const {
  return protected_.contains(on) ? std::optional(last_.answered_at) : std::nullopt;
}

std::optional<instant> resting_orders::awaits_truth() const {
  return protected_.empty() ? std::nullopt : std::optional(last_.answered_at);
}

void resting_orders::cancel_answered(bool done, instant now) {
  if (cancels_ == 0)
    return;
  cancel_failed_ = cancel_failed_ || !done;
  if (--cancels_ > 0)
    return;
  again_ = true;
  pause(now, cancel_failed_);
}

bool resting_orders::may_close(const symbol& on) const {
  if (!tried_)
    return false;
  if (cancels_ == 0 && !fresh_)
    return true;
  return std::ranges::none_of(last_.regular,
                              [&](const order_report& r) { return r.instrument == on; });
}

std::string resting_orders::fault() const {
  return tried_ ? last_.fault : std::string{"not read yet"};
}

}  // namespace sluice
