// The check of the gate's settings: every fault is named, none stops the search for the next.
#include "sluice/gate/settings.hpp"

#include <fmt/format.h>

#include <string_view>

namespace sluice {
namespace {

constexpr milliseconds longest{24 * 3'600'000};
constexpr std::size_t parked_ceiling = 100'000;

void check_span(std::vector<setting_fault>& faults, std::string_view key, milliseconds value,
                milliseconds least) {
  if (value < least || value > longest)
    faults.push_back(
        {std::string{key}, fmt::format("is {}, must be from {} to {}", format_duration(value),
                                       format_duration(least), format_duration(longest))});
}

void check_count(std::vector<setting_fault>& faults, std::string_view key, std::size_t value) {
  if (value < 1 || value > parked_ceiling)
    faults.push_back(
        {std::string{key}, fmt::format("is {}, must be from 1 to {}", value, parked_ceiling)});
}

}  // namespace

std::vector<setting_fault> gate_settings::validate() const {
  std::vector<setting_fault> faults;
  const milliseconds one{1};
  check_span(faults, "stale_after_exit", limits.stale_after_exit, one);
  check_span(faults, "stale_after_entry", limits.stale_after_entry, one);
  check_span(faults, "cooldown", limits.cooldown, milliseconds{0});
  check_span(faults, "mark_stale_after", limits.mark_stale_after, one);
  check_span(faults, "permit_ttl", permit_ttl, one);
  check_span(faults, "park_entry", park_entry, milliseconds{0});
  check_span(faults, "read_retry", read_retry, milliseconds{10});
  check_span(faults, "read_lost_after", read_lost_after, read_retry);
  check_count(faults, "parked_exit_max", parked_exit_max);
  check_count(faults, "parked_entry_max", parked_entry_max);
  return faults;
}

}  // namespace sluice
