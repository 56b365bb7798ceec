// The checks of these settings: every fault is named, none stops the search for the next.
#include "sluice/planning/settings.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>

namespace sluice {
namespace {

constexpr milliseconds longest{24 * 3'600'000};
constexpr std::size_t queue_ceiling = 1'000'000;
/// 32 bytes each: 3.2 GB would be more than a machine of this class has to give.
constexpr std::size_t ids_ceiling = 100'000'000;

void check_span(std::vector<setting_fault>& faults, std::string_view key, milliseconds value,
                milliseconds least, milliseconds most) {
  if (value < least || value > most)
    faults.push_back(
        {std::string{key}, fmt::format("is {}, must be from {} to {}", format_duration(value),
                                       format_duration(least), format_duration(most))});
}

void check_count(std::vector<setting_fault>& faults, std::string_view key, std::size_t value,
                 std::size_t least, std::size_t most) {
  if (value < least || value > most)
    faults.push_back(
        {std::string{key}, fmt::format("is {}, must be from {} to {}", value, least, most)});
}

}  // namespace

std::vector<setting_fault> intake_settings::validate() const {
  std::vector<setting_fault> faults;
  const milliseconds one{1};
  check_span(faults, "default_ttl", default_ttl, one, max_ttl);
  check_span(faults, "max_ttl", max_ttl, one, longest);
  check_span(faults, "max_age", max_age, one, longest);
  check_span(faults, "max_clock_lead", max_clock_lead, milliseconds{0}, milliseconds{3'600'000});
  check_count(faults, "entry_queue_max", entry_queue_max, 1, queue_ceiling);
  check_count(faults, "exit_queue_max", exit_queue_max, 1, queue_ceiling);
  check_count(faults, "plans_per_request_max", plans_per_request_max, 1, 1'000);
  check_count(faults, "remembered_ids_max", remembered_ids_max, 1'000, ids_ceiling);
  check_count(faults, "dead_letter_size_max", dead_letter_size_max, 64UL * 1024, 1UL << 40);
  if (!dead_letter_file.empty() && dead_letter_file == file)
    faults.push_back({"dead_letter_file", "is the file that plans are read from"});
  for (const auto& [name, source] : sources)
    for (const auto& f : source.validate())
      faults.push_back({fmt::format("sources.{}.{}", name, f.key), f.text});
  return faults;
}

const source_settings* intake_settings::find(const source_id& s) const {
  const auto at = sources.find(s.str());
  return at == sources.end() ? nullptr : &at->second;
}

bool intake_settings::has_tokens() const {
  return std::any_of(sources.begin(), sources.end(),
                     [](const auto& s) { return !s.second.token_file.empty(); });
}

std::vector<setting_fault> source_settings::validate() const {
  std::vector<setting_fault> faults;
  if (lanes.empty())
    faults.push_back({"lanes", "is empty: leave the source out and refuse unlisted ones instead"});
  check_count(faults, "plans_per_second_max", plans_per_second_max, 0, queue_ceiling);
  check_count(faults, "plans_burst_max", plans_burst_max, 0, queue_ceiling);
  check_count(faults, "open_plans_max", open_plans_max, 0, queue_ceiling);
  if (plans_burst_max > 0 && plans_per_second_max == 0)
    faults.push_back({"plans_burst_max", "needs plans_per_second_max"});
  return faults;
}

std::vector<setting_fault> planner_settings::validate() const {
  std::vector<setting_fault> faults;
  check_span(faults, "duplicate_window", duplicate_window, milliseconds{0},
             milliseconds{3'600'000});
  return faults;
}

std::vector<setting_fault> flatten_settings::validate() const {
  std::vector<setting_fault> faults;
  check_span(faults, "give_up_after", give_up_after, milliseconds{10'000}, longest);
  check_span(faults, "retry_after", retry_after, milliseconds{100}, milliseconds{60'000});
  check_span(faults, "plan_ttl", plan_ttl, milliseconds{1'000}, milliseconds{3'600'000});
  return faults;
}

std::vector<setting_fault> upstream_settings::validate() const {
  std::vector<setting_fault> faults;
  if (!default_source.empty())
    if (const auto id = parse_source_id(default_source); !id || is_own_source(*id))
      faults.push_back({"default_source",
                        "takes 1 to 32 letters, digits or \"._:-\", and none of this process's own "
                        "names"});
  for (const auto& id : entry_sources)
    if (is_own_source(id))
      faults.push_back({"entry_sources", fmt::format("{} is this process's own", id.str())});
  check_count(faults, "entry_open_max", entry_open_max, 1, 100'000);
  check_count(faults, "exit_open_max", exit_open_max, 1, 100'000);
  check_count(faults, "waiting_max", waiting_max, 1, 100'000);
  check_span(faults, "permit_ttl", permit_ttl, milliseconds{1'000}, milliseconds{3'600'000});
  return faults;
}

}  // namespace sluice
