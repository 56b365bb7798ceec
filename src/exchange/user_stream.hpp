// The account's event stream: listenKey, keep-alive, frames into events.
#pragma once

#include <string>
#include <vector>

#include "sluice/exchange/frames.hpp"
#include "stream_keeper.hpp"

namespace sluice::exchange {

/// Loop thread only.
class user_stream {
 public:
  using sink_fn = std::function<void(std::vector<user_event>)>;

  user_stream(io_loop& loop, tls_context& tls, session& venue, const settings& chosen,
              sink_fn sink);

  void start() { keeper_.start(); }
  /// Somebody knows that it is mute: a new connection with a fresh key.
  void renew(const std::string& reason);
  /// Tells the sink that the stream is closed; nothing after it.
  void close();

 private:
  [[nodiscard]] stream_hooks hooks();
  void find(const std::function<void(stream_target)>& found);
  [[nodiscard]] frames_taken take(const std::vector<std::string>& frames);
  void extend_key();
  void key_not_extended(const read_failure& why);
  [[nodiscard]] user_event event_of(user_frame frame, instant received);
  void tell(user_event_body body);

  session& venue_;
  settings chosen_;
  sink_fn sink_;
  secret key_{};  ///< Of the present connection.
  loop_timer keep_alive_timer_;
  instant key_good_at_{};  ///< When the venue was last asked for it, and gave or extended it.
  std::uint64_t round_{
      0};  ///< Grows with every loss: answers that belong to an older one are void.
  stream_keeper keeper_;
};

}  // namespace sluice::exchange
