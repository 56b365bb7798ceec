// Whether a stream is up, what to tell about it, and when to try again: the pure part of both
// streams.
#pragma once

#include <string>
#include <utility>

#include "sluice/domain/time.hpp"
#include "sluice/exchange/backoff.hpp"

namespace sluice::exchange {

class stream_link {
 public:
  stream_link(milliseconds min, milliseconds max) : waits_(min, max) {}

  void opened(instant now) {
    up_ = true;
    opened_at_ = now;
  }

  /// What to do about a stream that is gone or could not be opened.
  struct loss {
    bool worth_telling{false};  ///< It was up, or fails for another reason than last time.
    milliseconds wait{};        ///< Before the next attempt.
  };
  [[nodiscard]] loss lost(const std::string& reason, instant now, std::uint32_t random) {
    // One that opens and dies at once must not be retried at full speed for ever.
    if (up_ && now - opened_at_ >= proven_after)
      waits_.reset();
    const bool tell = std::exchange(up_, false) || reason != last_reason_;
    last_reason_ = reason;
    return {tell, waits_.next(random)};
  }

  [[nodiscard]] bool up() const { return up_; }

 private:
  static constexpr milliseconds proven_after{10'000};

  backoff waits_;
  bool up_{false};
  instant opened_at_{};
  std::string last_reason_{};
};

}  // namespace sluice::exchange
