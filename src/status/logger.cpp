// The log's front: levels, rate limit, the ring with its subscribers, and the way to the writer.
#include "sluice/status/logger.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <shared_mutex>

#include "log_writer.hpp"
#include "sluice/status/log_limiter.hpp"

namespace sluice::status {

namespace {

constexpr milliseconds stop_limit{2'000};

stamp real_clock() {
  const auto wall = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::steady_clock::now(),
          {std::chrono::duration_cast<milliseconds>(wall).count()}};
}

/// Which levels are shown; asked by every log call. What is set at run time goes before what is
/// configured, and a component's own level before that of all.
class level_table {
 public:
  explicit level_table(const log_settings& s) { configure(s); }

  [[nodiscard]] bool shows(log_level level, std::string_view component) const {
    if (level < lowest_.load(std::memory_order_relaxed))
      return false;
    const std::shared_lock lock(mutex_);
    return level >= level_of(find_log_component(component));
  }
  void configure(const log_settings& s) {
    const std::unique_lock lock(mutex_);
    standard_ = s.level;
    configured_ = s.levels;
    find_lowest();
  }
  void set(std::optional<log_level> level) {
    const std::unique_lock lock(mutex_);
    set_standard_ = level;
    find_lowest();
  }
  void set(std::string_view component, std::optional<log_level> level) {
    const auto place = find_log_component(component);
    if (!place)
      return;
    const std::unique_lock lock(mutex_);
    set_[*place] = level;
    find_lowest();
  }
  [[nodiscard]] log_levels all() const {
    const std::shared_lock lock(mutex_);
    log_levels out{set_standard_.value_or(standard_), standard_, {}};
    for (std::size_t i = 0; i < log_components.size(); ++i)
      out.components.push_back({log_components[i], level_of(i), configured_[i].value_or(standard_),
                                set_[i].has_value()});
    return out;
  }

 private:
  [[nodiscard]] log_level level_of(std::optional<std::size_t> place) const {
    if (place && set_[*place])
      return *set_[*place];
    if (place && configured_[*place])
      return *configured_[*place];
    return set_standard_.value_or(standard_);
  }
  void find_lowest() {
    log_level lowest = level_of(std::nullopt);
    for (std::size_t i = 0; i < log_components.size(); ++i)
      lowest = std::min(lowest, level_of(i));
    lowest_.store(lowest, std::memory_order_relaxed);
  }

  mutable std::shared_mutex mutex_{};
  log_level standard_{log_level::info};
  component_levels configured_{};
  std::optional<log_level> set_standard_{};
  component_levels set_{};
  std::atomic<log_level> lowest_{log_level::debug};
};

}  // namespace

log_subscription& log_subscription::operator=(log_subscription&& other) noexcept {
  if (this != &other) {
    end();
    end_ = std::exchange(other.end_, nullptr);
  }
  return *this;
}

void log_subscription::end() {
  if (const auto run = std::exchange(end_, nullptr))
    run();
}

event_frame log_entry::frame() const {
  std::call_once(framed_,
                 [this] { frame_ = make_event(fmt::format("{}-{}", run, seq), "log", line); });
  return frame_;
}

struct logger::impl {
  impl(const log_settings& settings, log_clock now, std::unique_ptr<log_sinks> sinks)
      : clock(std::move(now)),
        run(clock().wall.ms),
        levels(settings),
        format(settings.format),
        ring_lines(settings.ring_lines),
        limiter(settings.repeat_period),
        writer(std::move(sinks), settings.queue_lines_max, [this](bool opened) { tell(opened); }) {}

  log_clock clock;
  std::int64_t run;
  level_table levels;
  std::atomic<log_format> format;
  std::size_t ring_lines;

  std::mutex limiter_mutex{};
  log_limiter limiter;
  std::atomic<std::uint64_t> suppressed{0};

  mutable std::mutex ring_mutex{};  ///< Also orders the lines on their way to the writer.
  std::deque<log_entry_ptr> ring{};
  std::uint64_t last_seq{0};
  std::uint64_t last_subscriber{0};
  std::map<std::uint64_t, log_sink> subscribers{};

  log_writer writer;  ///< The last: it tells the others what became of a reopen.

  void tell(bool opened) {
    const auto level = opened ? log_level::info : log_level::error;
    if (levels.shows(level, "log"))
      write(clock(), level, "log", opened ? "log_reopened" : "log_reopen_failed", {});
  }
  void write(const stamp& now, log_level level, std::string_view component, std::string_view event,
             std::span<const field> with) {
    auto made = std::make_shared<log_entry>();
    made->run = run;
    made->at = now.wall;
    made->level = level;
    made->component = component;
    made->event = event;
    made->line = format_log_line(now.wall, level, component, event, with);
    if (format == log_format::json)
      made->json = format_json_line(now.wall, level, component, event, with);
    const std::lock_guard lock(ring_mutex);
    made->seq = ++last_seq;
    const log_entry_ptr line = std::move(made);
    if (ring.size() >= ring_lines)
      ring.pop_front();
    ring.push_back(line);
    for (const auto& [number, sink] : subscribers)
      sink({&line, 1});
    writer.push(line);
  }
};

logger::logger(std::unique_ptr<impl> running) : impl_(std::move(running)) {}
logger::~logger() {
  stop();
}

std::unique_ptr<logger> logger::start(const log_settings& settings, log_clock clock) {
  auto sinks = log_sinks::open(settings);
  const auto not_opened = sinks->not_opened();
  auto running = std::make_unique<impl>(settings, clock ? std::move(clock) : log_clock{real_clock},
                                        std::move(sinks));
  std::unique_ptr<logger> log{new logger{std::move(running)}};
  if (!not_opened.empty())
    log->error("log", "log_file_not_opened", {{"why", not_opened}});
  return log;
}

void logger::log(log_level level, std::string_view component, std::string_view event,
                 std::span<const field> with) {
  if (enabled(level, component))
    impl_->write(impl_->clock(), level, component, event, with);
}

void logger::limited(std::string_view key, log_level level, std::string_view component,
                     std::string_view event, fields with) {
  if (!enabled(level, component))
    return;
  const stamp now = impl_->clock();
  std::string whole{component};
  whole.append(1, '\0').append(event).append(1, '\0').append(key);
  std::optional<std::uint64_t> left_out;
  {
    const std::lock_guard lock(impl_->limiter_mutex);
    left_out = impl_->limiter.admit(whole, now.steady);
  }
  if (!left_out) {
    ++impl_->suppressed;
    return;
  }
  if (*left_out == 0) {
    impl_->write(now, level, component, event, with);
    return;
  }
  std::vector<field> counted{with};
  counted.emplace_back("suppressed", *left_out);
  impl_->write(now, level, component, event, counted);
}

bool logger::enabled(log_level level, std::string_view component) const {
  return impl_->levels.shows(level, component);
}

void logger::level(std::optional<log_level> level) {
  impl_->levels.set(level);
}

void logger::level(std::string_view component, std::optional<log_level> level) {
  impl_->levels.set(component, level);
}

log_levels logger::levels() const {
  return impl_->levels.all();
}

void logger::configure(const log_settings& settings) {
  impl_->levels.configure(settings);
  impl_->format = settings.format;
  const std::lock_guard lock(impl_->limiter_mutex);
  impl_->limiter.period(settings.repeat_period);
}

log_following logger::subscribe(std::uint64_t after, log_sink sink) {
  const std::lock_guard lock(impl_->ring_mutex);
  if (after > impl_->last_seq)
    after = 0;
  std::vector<log_entry_ptr> missed;
  for (const auto& line : impl_->ring)
    if (line->seq > after)
      missed.push_back(line);
  const std::uint64_t number = ++impl_->last_subscriber;
  impl_->subscribers.emplace(number, std::move(sink));
  const auto end = [this, number] {
    std::map<std::uint64_t, log_sink>::node_type ended;  // Destroyed after the lock is released.
    const std::lock_guard removal(impl_->ring_mutex);
    ended = impl_->subscribers.extract(number);
  };
  return {std::move(missed), log_subscription{end}};
}

std::int64_t logger::run() const {
  return impl_->run;
}

std::vector<log_entry_ptr> logger::recent() const {
  const std::lock_guard lock(impl_->ring_mutex);
  return {impl_->ring.begin(), impl_->ring.end()};
}

void logger::reopen() {
  impl_->writer.reopen();
}

bool logger::flush(milliseconds limit) {
  return impl_->writer.flush(limit);
}

void logger::stop() {
  impl_->writer.stop(stop_limit);
}

log_counts logger::counts() const {
  log_counts counts;
  {
    const std::lock_guard lock(impl_->ring_mutex);
    counts.lines = impl_->last_seq;
  }
  counts.suppressed = impl_->suppressed;
  counts.dropped = impl_->writer.dropped();
  counts.write_failures = impl_->writer.write_failures();
  return counts;
}

}  // namespace sluice::status
