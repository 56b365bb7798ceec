// One reader of server-sent events, from the side that sends: bounded, thread-safe, never blocking.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sluice::status {

/// One event as it goes over the wire, built once and shared by all readers.
using event_frame = std::shared_ptr<const std::string>;

/// Builds a frame. `id` and `name` may be empty (then left out) and lose any line break; line
/// breaks in `data` become further data lines, as the format wants it.
[[nodiscard]] event_frame make_event(std::string_view id, std::string_view name,
                                     std::string_view data);

class channel_state;

/// A reader. All functions may be called from any thread. Dropping the last handle ends the stream.
class event_channel {
 public:
  explicit event_channel(std::shared_ptr<channel_state> state);
  event_channel(const event_channel&) = delete;
  event_channel& operator=(const event_channel&) = delete;
  ~event_channel();

  /// Queues one event. False when the reader is gone, or was dropped now because more than the
  /// buffer's bound waits for it.
  bool send(event_frame frame);
  bool send(std::string_view id, std::string_view name, std::string_view data);
  /// Queues what the reader missed, once, before live events; not held against the bound: the
  /// caller bounds it.
  bool replay(const std::vector<event_frame>& frames);
  /// Ends the stream after what is queued.
  void close();
  [[nodiscard]] bool closed() const;
  /// Called once, on the server's thread, when the stream has ended for whatever reason; at once,
  /// on the caller's, when it already has. Must not block. It is released after the call.
  void on_closed(std::function<void()> callback);

 private:
  std::shared_ptr<channel_state> state_;
};

}  // namespace sluice::status
