// The log: one line per event to stderr, a rotated file and a ring in memory, never waiting for
// disk.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sluice/domain/result.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/status/event_channel.hpp"
#include "sluice/status/log_field.hpp"
#include "sluice/status/settings.hpp"

namespace sluice::status {

/// One line as the ring keeps it.
struct log_entry {
  std::int64_t run{0};   ///< As of logger::run().
  std::uint64_t seq{0};  ///< Rises by one per line, from 1 in each run.
  wall_time at{};
  log_level level{log_level::info};
  std::string component{};
  std::string event{};
  std::string line{};  ///< Whole, in logfmt, without line break.
  std::string json{};  ///< The same as JSON, when the sinks are given that; else empty.

  /// The line as an event: built by the first reader that wants it, and shared by all.
  [[nodiscard]] event_frame frame() const;

 private:
  mutable std::once_flag framed_{};
  mutable event_frame frame_{};
};
using log_entry_ptr = std::shared_ptr<const log_entry>;

/// Gives lines as they come; must not block, log, subscribe or unsubscribe.
using log_sink = std::function<void(std::span<const log_entry_ptr>)>;
/// Both clocks at once; tests give their own.
using log_clock = std::function<stamp()>;

/// Counted since start.
struct log_counts {
  std::uint64_t lines{0};
  std::uint64_t suppressed{0};      ///< By the rate limit.
  std::uint64_t dropped{0};         ///< Because too many waited for the disk.
  std::uint64_t write_failures{0};  ///< Lines the file did not take, and failed reopens.
};

/// Which lines are shown: a level for all, and those of single components.
struct log_levels {
  log_level all{log_level::info};
  log_level all_configured{log_level::info};
  struct component {
    std::string_view name{};
    log_level level{log_level::info};
    log_level configured{log_level::info};
    bool changed{false};  ///< At run time, for this component alone.
  };
  std::vector<component> components{};
};

/// Ends a subscription when it is destroyed; no call after that.
class log_subscription {
 public:
  log_subscription() = default;
  explicit log_subscription(std::function<void()> end) : end_(std::move(end)) {}
  log_subscription(log_subscription&& other) noexcept : end_(std::exchange(other.end_, nullptr)) {}
  log_subscription& operator=(log_subscription&& other) noexcept;
  ~log_subscription() { end(); }
  void end();

 private:
  std::function<void()> end_{};
};

/// What a subscriber begins with.
struct log_following {
  std::vector<log_entry_ptr> missed{};  ///< What the ring held, oldest first.
  log_subscription live{};
};

/// Thread-safe. Component, event and keys are words of ours; values may be anything.
class logger {
 public:
  using fields = std::initializer_list<field>;

  /// Opens the sinks and starts the writing thread. A file that cannot be opened is told and tried
  /// again with the lines to come, which stderr has meanwhile: exits do not wait for a log.
  [[nodiscard]] static std::unique_ptr<logger> start(const log_settings& settings,
                                                     log_clock clock = {});
  logger(const logger&) = delete;
  logger& operator=(const logger&) = delete;
  /// Flushes, as stop() does.
  ~logger();

  void log(log_level level, std::string_view component, std::string_view event,
           std::span<const field> with);
  void debug(std::string_view component, std::string_view event, fields with = {}) {
    log(log_level::debug, component, event, with);
  }
  void info(std::string_view component, std::string_view event, fields with = {}) {
    log(log_level::info, component, event, with);
  }
  void warn(std::string_view component, std::string_view event, fields with = {}) {
    log(log_level::warn, component, event, with);
  }
  void error(std::string_view component, std::string_view event, fields with = {}) {
    log(log_level::error, component, event, with);
  }
  /// Shown at most once per repeat_period for the same (component, event, key); when it is shown
  /// again it carries suppressed=N.
  void limited(std::string_view key, log_level level, std::string_view component,
               std::string_view event, fields with = {});

  /// True when such a line would be written; to save the work of making its fields.
  [[nodiscard]] bool enabled(log_level level, std::string_view component) const;
  /// From now on, for all components without a level of their own; none: as configured again.
  void level(std::optional<log_level> level);
  /// For one component; none: as configured again.
  void level(std::string_view component, std::optional<log_level> level);
  [[nodiscard]] log_levels levels() const;
  /// Takes level, levels, repeat_period and format of other settings. What was set since at run
  /// time stays set.
  void configure(const log_settings& settings);

  /// Gives what the ring holds after `seq`, and calls `sink` with each line that comes from then
  /// on, in order and without gap or overlap; the first may come before this returns. 0, or a
  /// number that was never given, stands for the whole ring. The logger must outlive the
  /// subscription.
  [[nodiscard]] log_following subscribe(std::uint64_t after, log_sink sink);
  /// Tells the numbers of one run of the process from those of another: when it began, in
  /// milliseconds since 1970.
  [[nodiscard]] std::int64_t run() const;
  /// The ring, oldest first.
  [[nodiscard]] std::vector<log_entry_ptr> recent() const;

  /// Opens the file anew by its name, after logrotate moved it, and logs log_reopened. When that
  /// cannot be done it logs log_reopen_failed, goes on in the old file, and tries again.
  void reopen();
  /// Waits until everything logged so far is written, at most `limit`. False when it was not.
  bool flush(milliseconds limit);
  /// Writes what waits, at most two seconds, and ends the thread. Later lines go to the ring only.
  void stop();
  [[nodiscard]] log_counts counts() const;

 private:
  struct impl;
  explicit logger(std::unique_ptr<impl> running);
  std::unique_ptr<impl> impl_;
};

}  // namespace sluice::status
