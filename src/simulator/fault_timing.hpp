// When faults of any kind are in force and how their hits are counted.
#pragma once

#include <algorithm>
#include <vector>

#include "random_source.hpp"
#include "sluice/simulator/faults.hpp"

namespace sluice::simulator {

/// A count that has run out, told apart from 0, which means without end.
inline constexpr std::int64_t spent = -1;

/// Turns "for so long" into an end.
inline void settle(fault_window& w, milliseconds since) {
  if (!w.lasts)
    return;
  w.from = std::max(w.from, since);
  w.until = w.from + *w.lasts;
  w.lasts.reset();
}

[[nodiscard]] inline bool is_open(const fault_window& w, milliseconds since) {
  return since >= w.from && (!w.until || since < *w.until);
}

/// Whether a matching fault hits now: draws its chance and counts the hit.
template <class Fault>
[[nodiscard]] bool strikes(Fault& f, random_source& random) {
  if (f.count == spent)
    return false;
  if (f.chance_percent < 100 && random.between(1, 100) > f.chance_percent)
    return false;
  if (f.count > 0 && --f.count == 0)
    f.count = spent;
  return true;
}

/// Forgets what has run out or is past.
template <class Fault>
void forget_past(std::vector<Fault>& faults, milliseconds since) {
  std::erase_if(faults, [&](const Fault& f) {
    return f.count == spent || (f.window.until && since >= *f.window.until);
  });
}

}  // namespace sluice::simulator
