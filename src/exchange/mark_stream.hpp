// The stream of all mark prices, as batches; it takes neither silence nor old marks for health.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "stream_keeper.hpp"

namespace sluice::exchange {

/// Loop thread only.
class mark_stream {
 public:
  using sink_fn = std::function<void(mark_batch)>;

  mark_stream(io_loop& loop, tls_context& tls, session& venue, const settings& chosen,
              sink_fn sink);

  void start() { keeper_.start(); }
  /// Tells the sink that the stream is down; nothing after it.
  void close();

 private:
  [[nodiscard]] stream_hooks hooks();
  [[nodiscard]] result<std::vector<mark_row>> read(std::string_view text, instant received) const;
  [[nodiscard]] bool serves(const std::vector<mark_row>& rows, instant received) const;
  [[nodiscard]] frames_taken take(const std::vector<std::string>& frames);

  session& venue_;
  milliseconds age_max_;
  sink_fn sink_;
  stream_keeper keeper_;
};

}  // namespace sluice::exchange
