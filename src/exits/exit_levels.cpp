// Each rule of the mark solved for the mark.
#include "sluice/exits/exit_levels.hpp"

#include <algorithm>
#include <limits>

namespace sluice {
namespace {

constexpr std::int64_t basis_points = 10'000;

/// None for what is no price.
std::optional<price> price_of(wide_int raw) {
  if (raw <= 0 || raw > std::numeric_limits<std::int64_t>::max())
    return std::nullopt;
  return price::from_raw(static_cast<std::int64_t>(raw));
}

/// r_at() solved for the mark.
std::optional<price> mark_at(const exit_state& s, ratio r, int side) {
  if (s.risk.sign() <= 0 || s.entry.sign() <= 0)
    return std::nullopt;
  const wide_int gain = static_cast<wide_int>(s.risk.raw()) * r.raw() / fixed_scale;
  return price_of(s.entry.raw() + side * (gain + cost_per_unit(s).raw()));
}

/// Where the distance to liquidation is the buffer, on the side of the mark that loses.
std::optional<price> buffer_edge(const exit_view& view, const exit_policy& policy, int side) {
  if (!view.liquidation || view.liquidation->sign() <= 0 || policy.liquidation_buffer_bp == 0)
    return std::nullopt;
  return price_of(static_cast<wide_int>(view.liquidation->raw()) * basis_points /
                  (basis_points - side * policy.liquidation_buffer_bp));
}

class level_list {
 public:
  level_list(price mark, int side) : mark_(mark), side_(side) {}

  /// `towards`: +1 when the rule applies from there on towards gain, -1 towards loss.
  void add(exit_reason reason, std::optional<price> at, int towards) {
    if (!at)
      return;
    const wide_int left =
        static_cast<wide_int>(towards) * side_ * (static_cast<wide_int>(at->raw()) - mark_.raw());
    const wide_int bp = std::max<wide_int>(left, 0) * basis_points / mark_.raw();
    constexpr wide_int most = std::numeric_limits<std::int64_t>::max();
    found_.push_back({reason, *at, static_cast<std::int64_t>(std::min(bp, most))});
  }

  std::vector<exit_level> sorted() && {
    std::ranges::stable_sort(found_, {}, &exit_level::away_bp);
    return std::move(found_);
  }

 private:
  price mark_;
  int side_;
  std::vector<exit_level> found_{};
};

}  // namespace

std::vector<exit_level> exit_levels(const exit_state& state, const exit_view& view,
                                    const exit_policy& policy) {
  const int side = view.amount.sign();
  if (!policy.enabled || !state.active || side == 0 || side != state.initial.sign() || !view.mark ||
      view.mark->sign() <= 0)
    return {};
  level_list levels{*view.mark, side};
  // A leg of two may be liquidated on the side of its gain, where the rule does not speak.
  const bool single = state.position.leg == position_side::both;
  const auto edge = buffer_edge(view, policy, side);
  if (single || (edge && side * (state.entry.raw() - view.liquidation->raw()) > 0))
    levels.add(exit_reason::liquidation_buffer, edge, -1);
  levels.add(
      state.stop_by == stop_mover::trailing ? exit_reason::trailing : exit_reason::stop_crossed,
      state.stop, -1);
  if (!policy.loss_limit_r.is_zero())
    levels.add(exit_reason::loss_limit, mark_at(state, -policy.loss_limit_r, side), -1);
  levels.add(exit_reason::target_reached, state.target, +1);
  if (const auto next = static_cast<std::size_t>(state.tranches); next < policy.tranches.size())
    levels.add(exit_reason::take_profit, mark_at(state, policy.tranches[next].at_r, side), +1);
  return std::move(levels).sorted();
}

}  // namespace sluice
