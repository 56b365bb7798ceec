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
  return faults;
}

}  // namespace sluice
