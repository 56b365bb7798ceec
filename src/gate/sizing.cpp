// How much an order may trade: never more than asked or held, never rounded up, always on the step.
#include <algorithm>

#include "sluice/gate/judge.hpp"

namespace sluice {
namespace {

/// The smallest part of a position that an order could still close on its own.
quantity tradable_least(const instrument_facts& i) {
  return std::max(i.min_quantity, i.step);
}

/// At most max_quantity, and so that what stays is zero or can still be traded.
quantity cut_to_max(quantity wanted, quantity held, const instrument_facts& i) {
  if (i.max_quantity.sign() <= 0 || wanted <= i.max_quantity)
    return wanted;
  const quantity cut = floor_to_step(i.max_quantity, i.step);
  const quantity rest = held - cut;
  if (rest.is_zero() || rest >= tradable_least(i))
    return cut;
  return std::max(floor_to_step(held - tradable_least(i), i.step), quantity{});
}

std::optional<quantity> size_reduce(const reduce_plan& wish, const facts& f) {
  if (!is_known(f.position.content))
    return std::nullopt;
  const quantity held = amount_of(f.position.content).abs();
  const instrument_facts i = f.instrument.value_or(instrument_facts{});
  const quantity target = reachable_target(wish.target, i.step);
  if (held <= target)
    return std::nullopt;
  quantity part = floor_to_step(held - target, i.step);
  if (held - part < tradable_least(i)) {
    // The venue takes whole steps alone: what a grown step leaves over goes only when nothing else
    // is left.
    const quantity whole = floor_to_step(held, i.step);
    part = whole.is_zero() ? held : whole;
  }
  return cut_to_max(part, held, i);
}

/// How far the price may move until the stop is crossed; none when it is already.
std::optional<price> stop_distance(const open_plan& wish, price mark) {
  if (!wish.stop)
    return std::nullopt;
  const price distance = wish.direction == side::buy ? mark - *wish.stop : *wish.stop - mark;
  return distance.sign() > 0 ? std::optional(distance) : std::nullopt;
}

std::optional<quantity> size_open(const open_plan& wish, const facts& f) {
  const instrument_facts i = f.instrument.value_or(instrument_facts{});
  if (wish.amount)
    return floor_to_step(std::max(*wish.amount, quantity{}), i.step);
  if (!f.mark || f.mark->sign() <= 0)
    return std::nullopt;
  if (wish.risk) {
    const auto distance = stop_distance(wish, *f.mark);
    if (!distance)
      return std::nullopt;
    return floor_to_step(std::max(*wish.risk / *distance, quantity{}), i.step);
  }
  if (!wish.value)
    return std::nullopt;
  return floor_to_step(std::max(*wish.value / *f.mark, quantity{}), i.step);
}

}  // namespace

std::optional<quantity> safe_quantity(const plan& p, const facts& f) {
  if (const auto* reduce = std::get_if<reduce_plan>(&p.body))
    return size_reduce(*reduce, f);
  if (const auto* open = std::get_if<open_plan>(&p.body))
    return size_open(*open, f);
  return std::nullopt;
}

}  // namespace sluice
