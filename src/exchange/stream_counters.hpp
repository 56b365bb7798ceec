// Counters of the streams, written by the loop and read from any thread.
#pragma once

#include <atomic>

#include "sluice/domain/exchange_port.hpp"

namespace sluice::exchange {

struct stream_counters {
  std::atomic<std::int64_t> opened{0};
  std::atomic<std::int64_t> lost{0};
  std::atomic<std::int64_t> overlapped{0};
  std::atomic<std::int64_t> duplicates_dropped{0};
  std::atomic<std::int64_t> ignored{0};

  [[nodiscard]] stream_counts view() const {
    return {opened, lost, overlapped, duplicates_dropped, ignored};
  }
};

}  // namespace sluice::exchange
