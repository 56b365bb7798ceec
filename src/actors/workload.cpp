// Longest handlers are kept for two minutes of the clock, so that a scrape every minute misses
// none.
#include "sluice/actors/workload.hpp"

#include <algorithm>

#include "workload_metrics.hpp"

namespace sluice::actors {
namespace {

constexpr std::array<std::string_view, stage_count> names{
    "supervisor",   "journal",     "snapshot_manager", "gate",
    "executor",     "planner",     "intake",           "exit_engine",
    "reconciler",   "stop_guard",  "dead_man",         "flattener",
    "redis_bridge", "user_stream", "market_stream",    "universe_keeper",
    "watchdog",     "status",      "settings_keeper",  "service"};

std::int64_t minute_of(workload::moment at) {
  return std::chrono::duration_cast<std::chrono::minutes>(at.time_since_epoch()).count();
}

}  // namespace

std::string_view to_string(stage_name s) {
  return names.at(static_cast<std::size_t>(s));
}

void workload::handled(moment began, moment ended) {
  waiting_.fetch_sub(1, std::memory_order_relaxed);
  handled_.fetch_add(1, std::memory_order_relaxed);
  const auto minute = minute_of(ended);
  if (const auto last = minute_.load(); minute != last) {
    before_ = minute == last + 1 ? longest_.load() : 0;
    longest_ = 0;
    minute_ = minute;
  }
  const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(ended - began).count();
  if (took > longest_.load(std::memory_order_relaxed))
    longest_ = took;
}

std::chrono::nanoseconds workload::longest(moment now) const {
  const auto passed = minute_of(now) - minute_;
  if (passed <= 0)
    return std::chrono::nanoseconds{std::max(longest_.load(), before_.load())};
  return std::chrono::nanoseconds{passed == 1 ? longest_.load() : 0};
}

void show_in(status::metrics& metrics, const workloads& all, workload::moment now) {
  for (std::size_t i = 0; i < stage_count; ++i) {
    const auto name = names.at(i);
    metrics.set(status::metric::mailbox_messages, {name}, static_cast<double>(all[i].waiting()));
    metrics.set(status::metric::handler_longest, {name},
                std::chrono::duration<double>(all[i].longest(now)).count());
  }
}

}  // namespace sluice::actors
