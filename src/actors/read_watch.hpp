// What reads say of the venue and of themselves: kinds of failures, latency, a symbol that keeps
// failing.
#pragma once

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "latency_window.hpp"
#include "sluice/actors/vitals.hpp"
#include "sluice/truth/read_scheduler.hpp"

namespace sluice::actors {

/// Counts into vitals; for the snapshot manager alone.
class read_watch {
 public:
  /// A good reply; gives the high quantile of latencies, once there are enough of them.
  std::optional<milliseconds> took(milliseconds latency, vitals& shown) {
    latency_.add(latency);
    const auto high = latency_.high();
    shown.read_latency_ms = high.count();
    return latency_.is_telling() ? std::optional(high) : std::nullopt;
  }

  static void failed(failure_kind kind, vitals& shown) {
    shown.reads_failed += 1;
    if (kind == failure_kind::rate_limited)
      shown.reads_without_budget += 1;
    else if (kind == failure_kind::malformed)
      shown.reads_malformed += 1;
    else if (kind == failure_kind::clock_off)
      shown.reads_clock_refused += 1;
  }

  /// Shows the symbol whose own reads have failed most often in a row.
  void symbol_read(read_target target, bool good, const symbol_directory& names, vitals& shown) {
    if (failing_.empty() && (good || target.is_account()))
      return;
    if (target.is_account()) {
      if (!good)
        return;
      failing_.clear();  // Proven all the same; whatever still fails is counted anew.
    } else if (good)
      failing_.erase(target.index());
    else
      ++failing_[target.index()];
    const auto worst =
        std::ranges::max_element(failing_, {}, [](const auto& f) { return f.second; });
    if (worst == failing_.end())
      shown.failing_symbol(std::nullopt);
    else
      shown.failing_symbol(std::pair{names.name_of(worst->first).str(), worst->second});
  }

 private:
  latency_window latency_{};
  std::unordered_map<symbol_index, std::uint64_t> failing_{};  ///< Failures in a row.
};

}  // namespace sluice::actors
