// The relations that the exit engine's settings must keep.
#include "sluice/exits/settings.hpp"

namespace sluice {

std::vector<setting_fault> exit_settings::validate() const {
  std::vector<setting_fault> faults;
  if (stop_bp < 0 || stop_bp >= 10'000)
    faults.push_back({"stop_bp", "must be from 0 (no stop) to 9999, below 100 % of the entry"});
  if (target_bp < 0 || target_bp > 1'000'000)
    faults.push_back({"target_bp", "must be from 0 (no target) to 1000000"});
  if (time_limit < milliseconds{0} || time_limit > std::chrono::days{365})
    faults.push_back({"time_limit", "must be from 0ms (no limit) to 365d"});
  if (retry_after < milliseconds{100} || retry_after > milliseconds{600'000})
    faults.push_back({"retry_after", "must be from 100ms to 10m"});
  if (plan_ttl < milliseconds{1'000} || plan_ttl > milliseconds{3'600'000})
    faults.push_back({"plan_ttl", "must be from 1s to 1h"});
  return faults;
}

}  // namespace sluice
