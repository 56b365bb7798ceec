// Takes batches of lines from a bounded queue and writes them; says so when lines were lost.
#include "log_writer.hpp"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

namespace sluice::status {

struct log_writer::state {
  std::mutex mutex{};
  std::condition_variable work{};
  std::condition_variable progress{};
  std::unique_ptr<log_sinks> sinks{};  ///< The writing thread's alone.
  std::size_t queue_lines_max{0};
  std::deque<log_entry_ptr> queue{};
  std::uint64_t pushed{0};
  std::uint64_t written{0};
  std::uint64_t dropped{0};
  std::uint64_t dropped_told{0};
  std::uint64_t failures{0};
  std::uint64_t reopens_asked{0};
  std::uint64_t reopens_done{0};
  bool stopping{false};
  bool ended{false};
  std::mutex telling{};  ///< Held while `tell` runs.
  reopen_teller tell{};  ///< None any more once the writer is gone.
};

struct log_writer::thread_handle {
  std::thread thread{};
};

namespace {

std::string drop_line(const log_entry& last, std::uint64_t count) {
  const field lost{"count", count};
  const auto format = last.json.empty() ? &format_log_line : &format_json_line;
  return format(last.at, log_level::warn, "log", "lines_dropped", {&lost, 1});
}

/// Writes one batch; gives the lines the sinks could not take.
std::uint64_t write_batch(log_sinks& sinks, const std::deque<log_entry_ptr>& batch,
                          std::uint64_t lost) {
  std::uint64_t failures = 0;
  for (const auto& line : batch)
    if (!sinks.write(line->json.empty() ? line->line : line->json, line->level))
      ++failures;
  if (lost > 0 && !batch.empty() && !sinks.write(drop_line(*batch.back(), lost), log_level::warn))
    ++failures;
  if (!sinks.flush() && failures == 0)
    ++failures;
  return failures;
}

}  // namespace

/// When the file is opened anew; the writing thread's alone.
class log_writer::reopening {
 public:
  reopening(state& all, milliseconds pause)
      : all_(all), pause_(pause), owed_(!all.sinks->not_opened().empty()) {}

  /// Opens it where that was asked for, or is due after a failure. Gives the failures.
  std::uint64_t run(bool asked) {
    const auto now = std::chrono::steady_clock::now();
    if (!asked && now < due_)
      return 0;
    const bool opened = all_.sinks->reopen();
    due_ = opened ? never : now + pause_;
    if (asked || (opened && owed_))
      tell(opened);
    owed_ = !opened && (asked || owed_);
    return opened ? 0 : 1;
  }
  /// The file did not take a line.
  void lost() {
    if (due_ == never)
      due_ = std::chrono::steady_clock::now() + pause_;
  }

 private:
  void tell(bool opened) {
    const std::lock_guard lock(all_.telling);
    if (all_.tell)
      all_.tell(opened);
  }

  state& all_;
  milliseconds pause_;
  static constexpr auto never = std::chrono::steady_clock::time_point::max();
  std::chrono::steady_clock::time_point due_{never};
  bool owed_;  ///< That it is not open was told.
};

log_writer::log_writer(std::unique_ptr<log_sinks> sinks, std::size_t queue_lines_max,
                       reopen_teller tell, milliseconds retry_pause)
    : state_(std::make_shared<state>()), thread_(std::make_unique<thread_handle>()) {
  state_->sinks = std::move(sinks);
  state_->queue_lines_max = queue_lines_max;
  state_->tell = std::move(tell);
  thread_->thread = std::thread{[s = state_, retry_pause] {
    reopening file{*s, retry_pause};
    std::unique_lock lock(s->mutex);
    while (true) {
      const auto asked = [&] { return s->reopens_asked > s->reopens_done; };
      s->work.wait(lock, [&] { return !s->queue.empty() || s->stopping || asked(); });
      if (s->queue.empty() && s->stopping && !asked())
        break;
      std::deque<log_entry_ptr> batch;
      batch.swap(s->queue);
      const bool reopen = asked();
      const std::uint64_t reopens = s->reopens_asked;
      const std::uint64_t lost = s->dropped - std::exchange(s->dropped_told, s->dropped);
      lock.unlock();
      std::uint64_t failures = file.run(reopen);
      if (const auto unwritten = write_batch(*s->sinks, batch, lost); unwritten > 0) {
        file.lost();
        failures += unwritten;
      }
      lock.lock();
      s->reopens_done = reopens;
      s->written += batch.size();
      s->failures += failures;
      s->progress.notify_all();
    }
    s->ended = true;
    s->progress.notify_all();
  }};
}

log_writer::~log_writer() {
  stop(milliseconds{2'000});
}

void log_writer::push(log_entry_ptr line) {
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->stopping)
      return;
    if (state_->queue.size() >= state_->queue_lines_max) {
      ++state_->dropped;
      return;
    }
    state_->queue.push_back(std::move(line));
    ++state_->pushed;
  }
  state_->work.notify_one();
}

void log_writer::reopen() {
  {
    const std::lock_guard lock(state_->mutex);
    ++state_->reopens_asked;
  }
  state_->work.notify_one();
}

bool log_writer::flush(milliseconds limit) {
  std::unique_lock lock(state_->mutex);
  const std::uint64_t target = state_->pushed;
  const std::uint64_t reopens = state_->reopens_asked;
  return state_->progress.wait_for(lock, limit, [&] {
    return (state_->written >= target && state_->reopens_done >= reopens) || state_->ended;
  });
}

void log_writer::stop(milliseconds limit) {
  if (!thread_->thread.joinable())
    return;
  bool ended = false;
  {
    std::unique_lock lock(state_->mutex);
    state_->stopping = true;
    state_->work.notify_one();
    ended = state_->progress.wait_for(lock, limit, [&] { return state_->ended; });
  }
  if (ended) {
    thread_->thread.join();
    return;
  }
  thread_->thread.detach();
  const std::lock_guard lock(state_->telling);
  state_->tell = nullptr;
}

std::uint64_t log_writer::dropped() const {
  const std::lock_guard lock(state_->mutex);
  return state_->dropped;
}

std::uint64_t log_writer::write_failures() const {
  const std::lock_guard lock(state_->mutex);
  return state_->failures;
}

}  // namespace sluice::status
