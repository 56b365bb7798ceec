// Keeps faults of the venue until they are due, and adds up its clock's errors.
#include "venue_faults.hpp"

namespace sluice::simulator {

void venue_faults::add(venue_fault f, milliseconds since) {
  settle(f.window, since);
  const bool of_clock =
      f.effect == venue_effect::clock_step || f.effect == venue_effect::clock_drift;
  if (of_clock && f.window.from < since)
    f.window.from = since;
  (of_clock ? clocks_ : waiting_).push_back(std::move(f));
}

void venue_faults::clear() {
  waiting_.clear();
  clocks_.clear();
}

std::vector<venue_fault> venue_faults::due(milliseconds since) {
  std::vector<venue_fault> now;
  for (const auto& f : waiting_)
    if (since >= f.window.from)
      now.push_back(f);
  std::erase_if(waiting_, [&](const venue_fault& f) { return since >= f.window.from; });
  return now;
}

std::optional<milliseconds> venue_faults::next_due() const {
  std::optional<milliseconds> next;
  for (const auto& f : waiting_)
    if (!next || f.window.from < *next)
      next = f.window.from;
  return next;
}

milliseconds venue_faults::clock_offset(milliseconds since) const {
  milliseconds offset{0};
  for (const auto& f : clocks_) {
    if (since < f.window.from)
      continue;
    const auto end = f.window.until ? std::min(*f.window.until, since) : since;
    if (f.effect == venue_effect::clock_drift)
      offset += milliseconds{(end - f.window.from).count() * f.number / 1'000'000};
    else if (is_open(f.window, since))
      offset += milliseconds{f.number};
  }
  return offset;
}

}  // namespace sluice::simulator
