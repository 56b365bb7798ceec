// The check of the watchdog's settings in themselves.
#include "sluice/status/stall_settings.hpp"

#include <fmt/format.h>

namespace sluice {

std::vector<setting_fault> stall_settings::validate() const {
  std::vector<setting_fault> out;
  if (window < named_after)
    out.push_back(
        {"window", fmt::format("{} is shorter than named_after, {}: nothing counted in it "
                               "could last long enough",
                               format_duration(window), format_duration(named_after))});
  if (named_after > milliseconds{60'000})
    out.push_back(
        {"named_after", fmt::format("{} is longer than the minute within which a stall is "
                                    "named",
                                    format_duration(named_after))});
  return out;
}

}  // namespace sluice
