// Moves of best mark and stop, and the completion of new states.
#include "sluice/exits/exit_moves.hpp"

#include <algorithm>
#include <limits>

namespace sluice {
namespace {

/// `risk` times `r`, towards gain for a positive sign.
price away(price from, price risk, ratio r, int sign) {
  const wide_int raw =
      from.raw() + static_cast<wide_int>(sign) * risk.raw() * r.raw() / fixed_scale;
  return price::from_raw(static_cast<std::int64_t>(
      std::clamp<wide_int>(raw, 0, std::numeric_limits<std::int64_t>::max())));
}

bool is_beyond(price a, price b, int sign) {
  return sign > 0 ? a > b : a < b;
}

void raise_stop(exit_state& s, price to, stop_mover by, int sign) {
  if (to.sign() <= 0 || (s.stop && !is_beyond(to, *s.stop, sign)))
    return;
  s.stop = to;
  s.stop_by = by;
}

void move_peak(exit_state& s, price mark, const exit_policy& policy, int sign) {
  const auto best = s.peak.is_zero() ? s.entry : s.peak;
  if (!is_beyond(away(best, s.risk, policy.peak_step_r, sign), mark, sign))
    s.peak = mark;
}

void move_stop(exit_state& s, price mark, const exit_policy& policy, int sign) {
  const auto best = r_peak(s);
  if (best && !policy.trail_distance_r.is_zero() && *best >= policy.trail_after_r)
    raise_stop(s, away(s.peak, s.risk, policy.trail_distance_r, -sign), stop_mover::trailing, sign);
  const auto r = r_at(s, mark);
  if (!r || policy.break_even_after_r.is_zero() || *r < policy.break_even_after_r)
    return;
  if (const auto level = break_even_price(s, policy.exit_fee_bp);
      level && is_beyond(mark, *level, sign))
    raise_stop(s, *level, stop_mover::break_even, sign);
}

void skip_tranches(exit_state& s, const exit_view& view, const exit_policy& policy) {
  const auto r = r_at(s, *view.mark);
  const auto count = static_cast<int>(policy.tranches.size());
  while (r && s.tranches < count &&
         *r >= policy.tranches[static_cast<std::size_t>(s.tranches)].at_r &&
         view.amount.abs() <= left_after_tranches(s.initial, policy, s.tranches + 1))
    ++s.tranches;
}

}  // namespace

exit_state moved_by(const exit_state& state, const exit_view& view, const exit_policy& policy) {
  const int sign = view.amount.sign();
  if (!policy.enabled || !state.active || sign == 0 || sign != state.initial.sign() || !view.mark ||
      state.risk.sign() <= 0 || state.entry.sign() <= 0)
    return state;
  auto next = state;
  move_peak(next, *view.mark, policy, sign);
  move_stop(next, *view.mark, policy, sign);
  skip_tranches(next, view, policy);
  return next;
}

void complete(exit_state& s, const exit_policy& policy) {
  const int sign = s.initial.sign();
  if (!s.stop)
    s.stop = default_stop(s.entry, sign, policy.stop_bp);
  if (!s.target)
    s.target = default_target(s.entry, sign, policy.target_bp);
  if (!s.time_limit && policy.time_limit > milliseconds{0})
    s.time_limit = policy.time_limit;
}

void measure_risk(exit_state& s) {
  const int sign = s.initial.sign();
  // A stop on the side of gain is crossed at once and measures no risk.
  if (s.risk.is_zero() && s.stop && s.entry.sign() > 0 && is_beyond(s.entry, *s.stop, sign))
    s.risk = (s.entry - *s.stop).abs();
}

exit_picture picture_of(const exit_state& state, const exit_view& view, const exit_policy& policy) {
  exit_picture p;
  if (view.mark)
    p.r = r_at(state, *view.mark);
  if (!state.peak.is_zero())
    p.r_peak = r_peak(state);
  p.kill_score = kill_score(kill_inputs_of(state, view, policy));
  if (state.tranches < static_cast<int>(policy.tranches.size()))
    p.next_tranche = state.tranches + 1;
  p.is_protected = is_protected(state, policy);
  return p;
}

}  // namespace sluice
