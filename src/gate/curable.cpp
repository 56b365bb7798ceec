// Which refusals may be gone before a plan's time is over.
#include "curable.hpp"

#include <algorithm>

namespace sluice {
namespace {

/// Does the refusal follow from what the position is said to be?
bool follows_from_position(refusal_code c, const plan& p) {
  switch (c) {
    case refusal_code::no_position:
    case refusal_code::already_at_target:
    case refusal_code::position_changed:
    case refusal_code::reconcile_required_side_mismatch:
    case refusal_code::reconcile_required_qty_mismatch:
    case refusal_code::would_increase:
    case refusal_code::would_flip:
    case refusal_code::position_exists:
    // An order that truth does not show yet counts beside what truth shows of it.
    case refusal_code::limit_symbol_notional:
    case refusal_code::limit_account_notional:
    case refusal_code::limit_open_positions:
      return true;
    case refusal_code::below_min_quantity:
      return std::holds_alternative<reduce_plan>(p.body);
    default:
      return false;
  }
}

/// Could the refusal be gone at `until`, by a read or by itself?
bool passes_before(const refusal& r, const facts& seen, instant until) {
  if (r.code == refusal_code::exchange_banned)
    return *seen.exchange.banned_until < until;
  return curable_by_read(r.code) || curable_by_waiting(r.code);
}

/// What has had an order stays a target while its plan lives, whatever stands in its way for a
/// while: an order to stop may be taken back, a symbol may trade again.
bool ends_an_exit(refusal_code c) {
  switch (c) {
    case refusal_code::plan_expired:
    case refusal_code::source_not_allowed:
    case refusal_code::no_position:
    case refusal_code::already_at_target:
    case refusal_code::position_changed:
    case refusal_code::would_flip:
    case refusal_code::would_increase:
    case refusal_code::below_min_quantity:
      return true;
    default:
      return false;
  }
}

/// As truth says, or as our books do where it may lag or have missed the position once.
bool may_close(const plan& p, const facts& seen) {
  return std::holds_alternative<reduce_plan>(p.body) &&
         (std::holds_alternative<position_open>(seen.position.content) ||
          (seen.ledger && !seen.ledger->is_zero()));
}

}  // namespace

bool curable(const parked_plan& p, const std::vector<refusal>& refusals, const facts& seen) {
  const bool open =
      std::ranges::any_of(refusals, [](const refusal& r) { return leaves_position_open(r.code); });
  const auto may_be_untrue = [&](const refusal& r) {
    return open && follows_from_position(r.code, *p.what);
  };
  if (p.again && lane_of(*p.what) == lane::exit)
    return std::ranges::none_of(
        refusals, [&](const refusal& r) { return ends_an_exit(r.code) && !may_be_untrue(r); });
  const bool held = may_close(*p.what, seen);
  return std::ranges::all_of(refusals, [&](const refusal& r) {
    return passes_before(r, seen, p.until) || may_be_untrue(r) ||
           (held && r.code == refusal_code::symbol_not_in_universe);
  });
}

bool doubts_list(const plan& p, const std::vector<refusal>& refusals, const facts& seen) {
  return may_close(p, seen) && std::ranges::any_of(refusals, [](const refusal& r) {
           return r.code == refusal_code::symbol_not_in_universe ||
                  r.code == refusal_code::symbol_not_trading;
         });
}

}  // namespace sluice
