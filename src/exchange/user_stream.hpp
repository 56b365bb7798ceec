// Keeps the account's event stream open: listenKey, keep-alive, reconnect, frames into events.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "session.hpp"
#include "sluice/exchange/frames.hpp"
#include "stream_link.hpp"
#include "web_socket.hpp"

namespace sluice::exchange {

/// Loop thread only.
class user_stream {
 public:
  using sink_fn = std::function<void(std::vector<user_event>)>;

  user_stream(io_loop& loop, tls_context& tls, session& venue, const settings& chosen,
              sink_fn sink);

  void start() { ask_for_key(); }
  /// Tells the sink that the stream is closed; nothing after it.
  void close();

 private:
  void ask_for_key();
  void connect(const std::string& key);
  void opened();
  void take(const std::vector<std::string>& frames);
  void extend_key();
  void lost(const std::string& reason, std::optional<instant> not_before = std::nullopt);
  [[nodiscard]] user_event event_at(instant received, user_event_body body) const;

  io_loop& loop_;
  tls_context& tls_;
  session& venue_;
  settings chosen_;
  sink_fn sink_;
  stream_link link_;
  loop_timer retry_timer_;
  loop_timer keep_alive_timer_;
  std::unique_ptr<web_socket> socket_{};
  std::uint64_t round_{
      0};  ///< Grows with every loss: answers that belong to an older one are void.
  bool closed_{false};
};

}  // namespace sluice::exchange
