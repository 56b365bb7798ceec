// Checks of the settings in themselves, each fault in words with what would be accepted.
#include "sluice/truth/settings.hpp"

#include <fmt/format.h>

#include <string_view>
#include <unordered_set>

#include "sluice/domain/ids.hpp"

namespace sluice {
namespace {

using faults = std::vector<setting_fault>;

void check_range(faults& out, std::string_view key, milliseconds value, milliseconds low,
                 milliseconds high) {
  if (value < low || value > high)
    out.push_back({std::string{key}, fmt::format("{} is not from {} to {}", format_duration(value),
                                                 format_duration(low), format_duration(high))});
}

void check_range(faults& out, std::string_view key, std::size_t value, std::size_t low,
                 std::size_t high) {
  if (value < low || value > high)
    out.push_back({std::string{key}, fmt::format("{} is not from {} to {}", value, low, high)});
}

}  // namespace

std::vector<setting_fault> validate(const snapshot_settings& s) {
  using namespace std::chrono_literals;
  faults out;
  check_range(out, "bound", s.bound, 50ms, 1h);
  check_range(out, "concurrency", s.concurrency, 1, 1'024);
  check_range(out, "latency", s.latency, 1ms, 1min);
  if (s.budget_share_percent < 1 || s.budget_share_percent > 100)
    out.push_back(
        {"budget_share_percent", fmt::format("{} is not from 1 to 100", s.budget_share_percent)});
  check_range(out, "demand_timeout", s.demand_timeout, 10ms, 1min);
  check_range(out, "read_timeout", s.read_timeout, 10ms, 1min);
  check_range(out, "read_lag_grace", s.read_lag_grace, 0ms, 1min);
  check_range(out, "verification_delay", s.verification_delay, 0ms, 1min);
  return out;
}

std::vector<setting_fault> validate(const universe_settings& s) {
  using namespace std::chrono_literals;
  faults out;
  check_range(out, "refresh", s.refresh, 1s, 24h);
  check_range(out, "max_age", s.max_age, 1s, 7 * 24h);
  if (s.max_age < s.refresh)
    out.push_back({"max_age", fmt::format("{} is shorter than refresh, {}: the rules would be too "
                                          "old before they are read again",
                                          format_duration(s.max_age), format_duration(s.refresh))});
  check_range(out, "last_good_max_age", s.last_good_max_age, 1s, 7 * 24h);
  if (s.last_good_max_age < s.max_age)
    out.push_back({"last_good_max_age",
                   fmt::format("{} is shorter than max_age, {}",
                               format_duration(s.last_good_max_age), format_duration(s.max_age))});
  check_range(out, "capacity", s.capacity, 1, 65'536);
  if (s.allow.size() > s.capacity)
    out.push_back({"allow", fmt::format("names {} symbols, more than the capacity of {}",
                                        s.allow.size(), s.capacity)});
  std::unordered_set<std::string_view> seen;
  for (const auto& text : s.allow) {
    if (const auto parsed = parse_symbol(text); !parsed)
      out.push_back({"allow", fmt::format("\"{}\": {}", text, parsed.error().text)});
    if (!seen.insert(text).second)
      out.push_back({"allow", fmt::format("\"{}\" is named twice", text)});
  }
  return out;
}

std::vector<setting_fault> validate(const stall_settings& s) {
  std::vector<setting_fault> out;
  if (s.window < s.named_after)
    out.push_back(
        {"window", fmt::format("{} is shorter than named_after, {}: nothing counted in it "
                               "could last long enough",
                               format_duration(s.window), format_duration(s.named_after))});
  if (s.named_after > milliseconds{60'000})
    out.push_back(
        {"named_after", fmt::format("{} is longer than the minute within which a stall is "
                                    "named",
                                    format_duration(s.named_after))});
  return out;
}

}  // namespace sluice
