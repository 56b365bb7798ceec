// The writing end of a stream connection, as the rest of the server sees it.
#pragma once

#include <memory>
#include <string>

namespace sluice::simulator {

class stream_session {
 public:
  virtual ~stream_session() = default;
  /// Queues a message; a reader too slow for the queue is dropped.
  virtual void send(std::shared_ptr<const std::string> text) = 0;
  /// Drops the connection without a close frame.
  virtual void drop() = 0;
};

}  // namespace sluice::simulator
