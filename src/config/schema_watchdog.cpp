// The keys of [watchdog]: when something that stands still is named.
#include "builder.hpp"
#include "describe.hpp"

namespace sluice::config {

using std::chrono::hours;
using std::chrono::minutes;

section describe_watchdog(stall_settings& s) {
  section_builder b{"watchdog", "When something that stands still is named a stall."};
  b.duration({"named_after", "A condition that holds for this long is a stall."}, s.named_after,
             {milliseconds{100}, minutes{1}});
  b.duration({"window", "Over which failures and denials are counted."}, s.window,
             {milliseconds{1'000}, hours{1}});
  b.integer({"failures_min", "Failures of one kind within the window that are a symptom."},
            s.failures_min, {1, 10'000});
  b.integer({"verdicts_min", "Fewer verdicts within the window say nothing about shares."},
            s.verdicts_min, {1, 1'000'000});
  b.integer({"denial_share_percent_max",
             "Share of the verdicts of the window that one reason may deny. Percent."},
            s.denial_share_percent_max, {1, 100});
  b.duration({"order_open_max", "From an order's intent to a known outcome."}, s.order_open_max,
             {milliseconds{1'000}, hours{1}});
  b.duration({"commit_max", "From a record to its being durable."}, s.commit_max,
             {milliseconds{10}, minutes{1}});
  b.validate([&s] { return ::sluice::validate(s); });
  return std::move(b).take();
}

}  // namespace sluice::config
