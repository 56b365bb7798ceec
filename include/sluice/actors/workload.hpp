// How busy a stage is: messages that wait in its mailbox, and its longest handler of late.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace sluice::actors {

/// Every stage, by its name in metrics.
enum class stage_name : std::uint8_t {
  supervisor,
  journal,
  snapshot_manager,
  gate,
  executor,
  planner,
  intake,
  exit_engine,
  reconciler,
  stop_guard,
  dead_man,
  flattener,
  redis_bridge,
  user_stream,
  market_stream,
  universe_keeper,
  watchdog,
  status,
  settings_keeper,
  service,
};
inline constexpr std::size_t stage_count = 20;
[[nodiscard]] std::string_view to_string(stage_name s);

/// Written by whoever sends to the stage (`queued`) and by the stage (`handled`), read by anybody.
class workload {
 public:
  using moment = std::chrono::steady_clock::time_point;

  /// A message came into the mailbox.
  void queued() { waiting_.fetch_add(1, std::memory_order_relaxed); }
  /// One was taken out of it, and its handler ran from `began` to `ended`.
  void handled(moment began, moment ended);

  [[nodiscard]] std::uint64_t waiting() const { return waiting_.load(std::memory_order_relaxed); }
  /// Messages handled so far, those put off aside.
  [[nodiscard]] std::uint64_t handled() const { return handled_.load(std::memory_order_relaxed); }
  /// The longest handler that ended in this minute of the clock or the one before.
  [[nodiscard]] std::chrono::nanoseconds longest(moment now) const;

 private:
  std::atomic<std::uint64_t> waiting_{0};
  std::atomic<std::uint64_t> handled_{0};
  std::atomic<std::int64_t> minute_{0};   ///< Of the clock, that `longest_` is about.
  std::atomic<std::int64_t> longest_{0};  ///< Nanoseconds.
  std::atomic<std::int64_t> before_{0};   ///< The same of the minute before.
};

using workloads = std::array<workload, stage_count>;

}  // namespace sluice::actors
