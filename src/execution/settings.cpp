// The relations that the executor's settings must keep.
#include "sluice/execution/settings.hpp"

#include <algorithm>
#include <functional>

namespace sluice {
namespace {

bool grows(const std::vector<milliseconds>& delays) {
  return std::adjacent_find(delays.begin(), delays.end(), std::greater_equal<>{}) == delays.end();
}

}  // namespace

std::vector<setting_fault> executor_settings::validate() const {
  std::vector<setting_fault> faults;
  if (order_timeout < milliseconds{100} || order_timeout > milliseconds{60'000})
    faults.push_back({"order_timeout", "must be from 100ms to 1m"});
  if (recv_window < milliseconds{100} || recv_window > milliseconds{5'000})
    faults.push_back({"recv_window", "must be from 100ms to 5s, the most the venue recommends"});
  if (query_delays.empty() || query_delays.size() > 20)
    faults.push_back({"query_delays", "must have from 1 to 20 delays"});
  else if (query_delays.front() < milliseconds{50})
    faults.push_back({"query_delays", "must not begin before 50ms"});
  else if (!grows(query_delays))
    faults.push_back({"query_delays", "must grow from each delay to the next"});
  else if (query_delays.back() < milliseconds{500})
    faults.push_back({"query_delays", "must end with at least 500ms, for that one repeats"});
  if (fills_wait < milliseconds{0} || fills_wait > milliseconds{60'000})
    faults.push_back({"fills_wait", "must be from 0ms to 1m"});
  if (unknown_alert_after < milliseconds{1'000} || unknown_alert_after > milliseconds{600'000})
    faults.push_back({"unknown_alert_after", "must be from 1s to 10m"});
  return faults;
}

std::vector<setting_fault> stop_settings::validate() const {
  std::vector<setting_fault> faults;
  if (distance_bp < 1 || distance_bp >= 10'000)
    faults.push_back({"distance_bp", "must be from 1 to 9999, below 100 % of the entry"});
  if (tolerance_bp < 0 || tolerance_bp > 1'000)
    faults.push_back({"tolerance_bp", "must be from 0 to 1000"});
  if (audit_period < milliseconds{5'000} || audit_period > milliseconds{3'600'000})
    faults.push_back({"audit_period", "must be from 5s to 1h"});
  if (grace < milliseconds{1'000} || grace > milliseconds{600'000})
    faults.push_back({"grace", "must be from 1s to 10m"});
  if (retry_after < milliseconds{500} || retry_after > milliseconds{600'000})
    faults.push_back({"retry_after", "must be from 500ms to 10m"});
  return faults;
}

std::vector<setting_fault> dead_man_settings::validate() const {
  std::vector<setting_fault> faults;
  if (after < milliseconds{5'000} || after > milliseconds{3'600'000})
    faults.push_back({"after", "must be from 5s to 1h"});
  if (refresh < milliseconds{1'000} || refresh > milliseconds{3'600'000})
    faults.push_back({"refresh", "must be from 1s to 1h"});
  else if (refresh * 2 >= after)
    faults.push_back({"refresh", "must be less than half of after, so that one may be lost"});
  if (symbols_max < 1 || symbols_max > 200)
    faults.push_back({"symbols_max", "must be from 1 to 200"});
  return faults;
}

std::int64_t dead_man_weight_1m(const dead_man_settings& s) {
  constexpr std::int64_t weight = 10;
  constexpr std::int64_t minute = 60'000;
  const auto refreshes = (minute + s.refresh.count() - 1) / s.refresh.count();
  return refreshes * s.symbols_max * weight;
}

}  // namespace sluice
