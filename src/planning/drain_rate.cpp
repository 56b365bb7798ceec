// A ring of seconds; one that was overtaken counts as empty.
#include "sluice/planning/drain_rate.hpp"

#include <algorithm>

namespace sluice {
namespace {

std::int64_t second_of(instant at) {
  return std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
}

}  // namespace

void drain_rate::left(instant now) {
  const auto number = second_of(now);
  auto& cell = seconds_[static_cast<std::size_t>(number % seconds_kept)];
  if (cell.number != number)
    cell = {number, 0};
  ++cell.left;
}

std::chrono::seconds drain_rate::until_free(std::size_t places, instant now) const {
  const auto present = second_of(now);
  std::size_t count = 0;
  for (const auto& cell : seconds_)
    if (present - cell.number < seconds_kept)
      count += cell.left;
  if (count == 0)
    return longest;
  const auto wait = (places * static_cast<std::size_t>(seconds_kept) + count - 1) / count;
  return std::chrono::seconds{
      std::clamp<std::int64_t>(static_cast<std::int64_t>(wait), 1, longest.count())};
}

}  // namespace sluice
