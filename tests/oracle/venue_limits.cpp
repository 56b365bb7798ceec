// Whether the venue's limits were kept: I10.
#include <algorithm>

#include "oracle.hpp"
#include "records.hpp"

namespace sluice::oracle {
namespace {

/// The most of the venue's weight that we may use, in percent.
constexpr std::int64_t share_max = 80;

}  // namespace

std::vector<violation> check_limits(const history& h) {
  std::vector<violation> found;
  for (const auto& w : h.weights)
    if (w.limit > 0 && w.used * 100 > w.limit * share_max) {
      found.push_back({"I10", "the venue counted " + std::to_string(w.used) + " of " +
                                  std::to_string(w.limit) + " at " + std::to_string(w.at)});
      break;
    }
  std::optional<ms> stopped;  // A pause and a ban outlive the process.
  for (const auto& l : h.wire) {
    if (l.what == wire_event::answered && l.stop_until)
      stopped = std::max(stopped.value_or(0), *l.stop_until);
    // An instant is not before itself; a tenth is what clocks may differ by.
    if (l.what == wire_event::written && stopped && l.at + 100 < *stopped) {
      found.push_back({"I10", l.method + " " + l.path + " left " + std::to_string(*stopped - l.at) +
                                  " ms too early"});
      break;
    }
  }
  return found;
}

}  // namespace sluice::oracle
