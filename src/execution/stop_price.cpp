// Chooses and rounds the trigger of a protective stop.
#include "sluice/execution/stop_price.hpp"

namespace sluice {
namespace {

constexpr std::int64_t bp_scale = 10'000;

price at_distance(const position_open& held, std::int64_t distance_bp) {
  const wide_int away = static_cast<wide_int>(held.entry.raw()) * distance_bp / bp_scale;
  const auto distance = price::from_raw(static_cast<std::int64_t>(away));
  return held.amount.sign() > 0 ? held.entry - distance : held.entry + distance;
}

/// Up for a long position, down for a short one.
price towards_entry(price wanted, price tick, int sign) {
  const auto below = floor_to_step(wanted, tick);
  return sign > 0 && below < wanted ? below + tick : below;
}

bool is_of(const exit_state& exit, const position_open& held) {
  return exit.active && exit.initial.sign() == held.amount.sign();
}

}  // namespace

std::optional<price> wanted_stop_price(const position_open& held,
                                       const std::optional<exit_state>& exit,
                                       std::int64_t distance_bp, const instrument_rules& rules) {
  if (rules.tick.sign() <= 0)
    return std::nullopt;
  std::optional<price> wanted;
  if (exit && is_of(*exit, held))
    wanted = exit->stop;
  if (!wanted && held.entry.sign() > 0)
    wanted = at_distance(held, distance_bp);
  if (!wanted)
    return std::nullopt;
  const auto rounded = towards_entry(*wanted, rules.tick, held.amount.sign());
  const bool too_high = rules.max_price.sign() > 0 && rounded > rules.max_price;
  if (rounded.sign() <= 0 || rounded < rules.min_price || too_high)
    return std::nullopt;
  return rounded;
}

bool is_near(price trigger, price wanted, std::int64_t tolerance_bp) {
  const wide_int difference = (trigger - wanted).abs().raw();
  return difference * bp_scale <= static_cast<wide_int>(wanted.abs().raw()) * tolerance_bp;
}

}  // namespace sluice
