// What an event channel's handle and the session that writes it share: a bounded queue of frames.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>

#include "sluice/status/event_channel.hpp"
#include "waker.hpp"

namespace sluice::status {

/// How many event readers there may be; outlives the server with the channels that hold a seat.
class reader_seats {
 public:
  explicit reader_seats(std::size_t most) : most_(most) {}

  [[nodiscard]] bool take();
  void leave();
  void count_dropped() { ++dropped_; }
  [[nodiscard]] std::uint64_t taken() const { return taken_; }
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

 private:
  std::size_t most_;
  std::atomic<std::uint64_t> taken_{0};
  std::atomic<std::uint64_t> dropped_{0};
};

/// Thread-safe. Open until closed by the sender, ended by the session, or overflowed.
class channel_state {
 public:
  /// A channel nobody reads: closed from the start.
  channel_state() = default;
  /// Holds a seat that was taken already and leaves it when it ends.
  channel_state(std::shared_ptr<reader_seats> seats, std::size_t buffer_size_max,
                std::vector<event_frame> initial);
  channel_state(const channel_state&) = delete;
  channel_state& operator=(const channel_state&) = delete;
  ~channel_state();

  bool push(event_frame frame);
  bool push_unbounded(const std::vector<event_frame>& frames);
  void close();
  /// True when nothing more can be sent: closed by the sender, overflowed, or ended.
  [[nodiscard]] bool closed() const;
  void on_closed(std::function<void()> callback);

  // The session's side.

  void attach(waker* session);
  /// Moves what waits into `out` (cleared before). It counts against the bound until written() says
  /// that it left. False when nothing waits.
  bool take(std::string& out);
  void written();
  [[nodiscard]] bool overflowed() const;
  /// The session is done with it: no wake-up after this, and the callback runs.
  void end();

 private:
  enum class phase { open, closing, overflowed, ended };

  void wake_locked();

  mutable std::mutex mutex_{};
  phase phase_{phase::ended};
  std::shared_ptr<reader_seats> seats_{};
  std::size_t buffer_size_max_{0};
  std::vector<event_frame> queue_{};
  // Bytes held against the bound; replayed frames are not among them.
  std::size_t bytes_queued_{0};
  std::size_t bytes_under_way_{0};
  waker* session_{nullptr};
  bool woken_{false};
  std::function<void()> callback_{};
};

}  // namespace sluice::status
