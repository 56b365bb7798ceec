// What the stages show of themselves to status: single numbers, each written by one stage.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <string>

#include "sluice/domain/verdict.hpp"

namespace sluice::actors {

/// Whether something is known, and if so what.
enum class known : std::uint8_t { unknown, no, yes };

/// Numbers of a running pipeline. Each is an atomic of its own: no two need to agree exactly.
struct vitals {
  // snapshot_manager
  std::atomic<std::uint64_t> reads_total{0};
  std::atomic<std::uint64_t> reads_failed{0};
  std::atomic<std::uint64_t> workers_lost{0};    ///< Died or overran their deadline.
  std::atomic<std::int64_t> read_latency_ms{0};  ///< A high quantile of the last account reads.
  std::atomic<std::int64_t> account_period_ms{0};
  // gate
  std::atomic<std::uint64_t> parked_exit{0};
  std::atomic<std::uint64_t> parked_entry{0};
  std::atomic<trading_state> state{trading_state::active};
  // executor
  std::atomic<std::uint64_t> orders_unknown{0};    ///< Now.
  std::atomic<std::uint64_t> orders_under_way{0};  ///< Now: sent or about to be, not resolved.
  // reconciler
  std::atomic<std::uint64_t> holds{0};
  // streams
  std::atomic<bool> user_stream_up{false};
  std::atomic<bool> mark_stream_up{false};
  // universe_keeper
  std::atomic<known> hedge_mode{known::unknown};
  std::atomic<known> can_trade{known::unknown};
  // journal
  std::atomic<std::uint64_t> commits{0};
  std::atomic<std::uint64_t> records{0};
  // supervisor
  std::atomic<bool> draining{false};

  /// Whether the exchange can be reached, with the reason when not.
  [[nodiscard]] reach exchange() const {
    const std::lock_guard lock(mutex_);
    return exchange_;
  }
  void exchange(reach now) {
    const std::lock_guard lock(mutex_);
    exchange_ = std::move(now);
  }

 private:
  mutable std::mutex mutex_{};
  reach exchange_{false, "not asked yet", std::nullopt};
};

}  // namespace sluice::actors
