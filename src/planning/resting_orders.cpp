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

std::vector<cancel_wish> resting_orders::wishes(const resting_view& view) const {
  std::vector<cancel_wish> out;
  std::set<symbol> regular;
  for (const auto& r : last_.regular)
    regular.insert(r.instrument);
  for (const auto& on : regular)
    out.push_back({on, cancel_kind::all_regular, {}});
  std::set<symbol> conditional;
  // What protects stays while a regular order may rest that opens what it would protect: one that
  // was seen is looked for again after its cancel, which may have failed.
  const auto nothing_opens = [&](const symbol& on) {
    return last_.regular_known && !regular.contains(on) && view.flat(on);
  };
  for (const auto& r : last_.conditional)
    if (nothing_opens(r.instrument))
      conditional.insert(r.instrument);
    else if (!protects(r) && !r.client_id.empty())
      out.push_back({r.instrument, cancel_kind::one_conditional, r.client_id});
  for (const auto& on : conditional)
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

void resting_orders::step(const resting_view& view, resting_actions& out) {
  if (reading_ || cancels_ > 0)
    return;
  if (fresh_) {
    auto wanted = wishes(view);
    if (!wanted.empty() && !view.may_send)
      return;
    fresh_ = false;
    if (!wanted.empty()) {
      cancels_ = wanted.size();
      cancel_failed_ = false;
      out.cancels = std::move(wanted);
      return;
    }
    if (last_.fault.empty())
      tries_ = 0;
  }
  if (!is_due(view))
    return;
  reading_ = true;
  again_ = false;
  begun_ = view.now;
  out.read = true;
}

void resting_orders::read_answered(resting_read brought, instant now) {
  reading_ = false;
  tried_ = true;
  clear_.reset();
  if (brought.fault.empty() && !last_.fault.empty())
    tries_ = 0;  // What failed so far were looks: what this one finds is not waited for.
  last_ = std::move(brought);
  fresh_ = true;
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
