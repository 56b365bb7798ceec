// The relations that the reconciler's settings must keep.
#include "sluice/ledger/settings.hpp"

namespace sluice {

std::vector<setting_fault> reconcile_settings::validate() const {
  std::vector<setting_fault> faults;
  if (quiet_window < milliseconds{0} || quiet_window > milliseconds{600'000})
    faults.push_back({"quiet_window", "must be from 0ms to 10m"});
  if (confirmations < 1 || confirmations > 100)
    faults.push_back({"confirmations", "must be from 1 to 100: one look proves nothing"});
  if (period < milliseconds{100} || period > milliseconds{600'000})
    faults.push_back({"period", "must be from 100ms to 10m"});
  if (tolerance_percent < 0 || tolerance_percent > 10)
    faults.push_back({"tolerance_percent", "must be from 0 to 10"});
  if (evidence_window < milliseconds{1'000} || evidence_window > milliseconds{86'400'000})
    faults.push_back({"evidence_window", "must be from 1s to 24h"});
  if (evidence_window < quiet_window)
    faults.push_back({"evidence_window", "must not be shorter than quiet_window"});
  if (close_max < milliseconds{0} || close_max > milliseconds{86'400'000})
    faults.push_back({"close_max", "must be from 0s, for never, to 24h"});
  return faults;
}

}  // namespace sluice
