// Keeps the stream of all mark prices open, and does not take silence for health.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "session.hpp"
#include "stream_link.hpp"
#include "web_socket.hpp"

namespace sluice::exchange {

/// Loop thread only.
class mark_stream {
 public:
  using sink_fn = std::function<void(mark_batch)>;

  mark_stream(io_loop& loop, tls_context& tls, session& venue, const settings& chosen,
              sink_fn sink);

  void start() { connect(); }
  /// Tells the sink that the stream is down; nothing after it.
  void close();

 private:
  void connect();
  void take(const std::vector<std::string>& frames);
  void watch_silence();
  void lost(const std::string& reason);

  io_loop& loop_;
  tls_context& tls_;
  session& venue_;
  settings chosen_;
  sink_fn sink_;
  stream_link link_;
  loop_timer retry_timer_;
  loop_timer silence_timer_;
  std::unique_ptr<web_socket> socket_{};
  bool closed_{false};
};

}  // namespace sluice::exchange
