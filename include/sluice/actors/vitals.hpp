// What the stages show of themselves to status: single numbers, each written by one stage.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sluice/actors/stall.hpp"
#include "sluice/actors/workload.hpp"
#include "sluice/domain/ids.hpp"
#include "sluice/domain/override.hpp"
#include "sluice/domain/standing_state.hpp"
#include "sluice/domain/verdict.hpp"
#include "sluice/truth/rounds.hpp"

namespace sluice::actors {

/// Whether the process is not ready because of it.
enum class finding_kind : std::uint8_t { blocks, warning };
/// Something that preflight found wrong.
struct finding {
  std::string reason{};  ///< A word: "hedge_mode".
  std::string detail{};  ///< What is wrong, with numbers, and how to cure it.
  finding_kind kind{finding_kind::blocks};
  friend bool operator==(const finding&, const finding&) = default;
};
/// Each part is looked at by itself, again and again; `stops` by the stop guard, `exits` by the
/// exit engine, `redis` by the bridge, `settings` at a reload, `plan_file` by who follows it.
enum class preflight_part : std::uint8_t {
  account,
  clock,
  symbols,
  budget,
  stops,
  exits,
  redis,
  settings,
  plan_file
};
inline constexpr std::size_t preflight_part_count = 9;

/// What the dead man's switch does.
struct dead_man_view {
  bool enabled{false};
  bool healthy{true};           ///< Signs of life are given.
  std::vector<symbol> armed{};  ///< Their countdown runs at the venue, or may.
  std::uint64_t left_out{0};    ///< Symbols with open orders that found no place.
};

/// A read that has ended.
struct ended_read {
  symbol scope{};     ///< Empty for the whole account.
  instant sent_at{};  ///< When it was begun.
  instant ended_at{};
  std::string failure{};  ///< Empty when it brought the truth.
};
/// The newest of each kind; none before the first.
struct last_reads {
  std::optional<ended_read> good{};
  std::optional<ended_read> failed{};
};

/// An exit under way of whose orders none has traded since the first of these ended.
struct vain_exit {
  symbol instrument{};
  std::uint64_t tries{0};  ///< Orders that ended without a trade.
  instant since{};         ///< End of the first of them.
  std::string words{};     ///< How the last of them ended.
};

/// Numbers of a running pipeline. Each is an atomic of its own: no two need to agree exactly.
struct vitals {
  // snapshot_manager
  std::atomic<std::uint64_t> reads_total{0};
  std::atomic<std::uint64_t> reads_failed{0};
  std::atomic<std::uint64_t> reads_without_budget{0};
  std::atomic<std::uint64_t> reads_malformed{0};
  std::atomic<std::uint64_t> reads_clock_refused{0};
  std::atomic<std::uint64_t> stream_mutes{0};    ///< The user stream was alive and hid a change.
  std::atomic<std::uint64_t> workers_lost{0};    ///< Died or overran their deadline.
  std::atomic<std::uint64_t> reads_retried{0};   ///< For a plan, over another connection.
  std::atomic<std::int64_t> read_latency_ms{0};  ///< A high quantile of the last account reads.
  // gate
  std::atomic<std::uint64_t> parked_exit{0};
  std::atomic<std::uint64_t> parked_entry{0};
  std::atomic<std::uint64_t> gate_turns{0};  ///< Messages that it has handled to their end.
  // executor
  std::atomic<std::uint64_t> orders_unknown{0};    ///< Now.
  std::atomic<std::uint64_t> orders_under_way{0};  ///< Now: sent or about to be, not resolved.
  std::atomic<std::int64_t> oldest_order_ms{0};  ///< Wall time of its intent; 0 when none is open.
  // reconciler
  std::atomic<std::uint64_t> holds{0};
  // streams
  std::atomic<bool> user_stream_up{false};
  std::atomic<bool> mark_stream_up{false};
  // journal
  std::atomic<std::uint64_t> commits{0};
  std::atomic<std::uint64_t> records{0};
  std::atomic<std::int64_t> uncommitted_since_ms{0};  ///< Wall time; 0 when all is durable.
  std::atomic<std::int64_t> commits_took_ms{0};       ///< Each of the last two, at least.
  std::atomic<std::int64_t> committed_at_ms{0};  ///< Wall time of the last; 0 before the first.
  std::atomic<bool> journal_failed{false};  ///< A commit failed: what came last is not on record.
  // supervisor
  std::atomic<bool> draining{false};
  std::atomic<bool> stopped{false};  ///< It ends for a fault: no order may leave any more.
  // each stage its own
  workloads work{};

  /// What the gate permits, and by whose order.
  [[nodiscard]] standing_state trading() const {
    const std::lock_guard lock(mutex_);
    return trading_;
  }
  void trading(standing_state now) {
    const std::lock_guard lock(mutex_);
    trading_ = std::move(now);
  }
  /// Overrides in force, oldest first.
  [[nodiscard]] std::vector<setting_override> overrides() const {
    const std::lock_guard lock(mutex_);
    return overrides_;
  }
  void overrides(std::vector<setting_override> now) {
    const std::lock_guard lock(mutex_);
    overrides_ = std::move(now);
  }

  /// Whether the exchange can be reached, with the reason when not.
  [[nodiscard]] reach exchange() const {
    const std::lock_guard lock(mutex_);
    return exchange_;
  }
  void exchange(reach now) {
    const std::lock_guard lock(mutex_);
    exchange_ = std::move(now);
  }

  /// What preflight found last, part after part.
  [[nodiscard]] std::vector<finding> findings() const {
    const std::lock_guard lock(mutex_);
    std::vector<finding> all;
    for (const auto& part : findings_)
      all.insert(all.end(), part.begin(), part.end());
    return all;
  }
  /// Replaces what was found of this part; gives those that are new.
  std::vector<finding> found(preflight_part part, std::vector<finding> now) {
    const std::lock_guard lock(mutex_);
    auto& before = findings_[static_cast<std::size_t>(part)];
    std::vector<finding> fresh;
    for (const auto& f : now)
      if (std::ranges::find(before, f.reason, &finding::reason) == before.end())
        fresh.push_back(f);
    before = std::move(now);
    return fresh;
  }

  /// The symbol whose own reads have failed most often in a row; none when none has.
  [[nodiscard]] std::optional<std::pair<std::string, std::uint64_t>> failing_symbol() const {
    const std::lock_guard lock(mutex_);
    return failing_symbol_;
  }
  void failing_symbol(std::optional<std::pair<std::string, std::uint64_t>> now) {
    const std::lock_guard lock(mutex_);
    failing_symbol_ = std::move(now);
  }

  /// The one that has tried in vain for longest; none when none has several times.
  [[nodiscard]] std::optional<vain_exit> failing_exit() const {
    const std::lock_guard lock(mutex_);
    return failing_exit_;
  }
  void failing_exit(std::optional<vain_exit> now) {
    const std::lock_guard lock(mutex_);
    failing_exit_ = std::move(now);
  }

  [[nodiscard]] last_reads reads() const {
    const std::lock_guard lock(mutex_);
    return reads_;
  }
  void ended(ended_read r) {
    const std::lock_guard lock(mutex_);
    (r.failure.empty() ? reads_.good : reads_.failed) = std::move(r);
  }

  /// What is promised of the age of truths, and by which reads.
  [[nodiscard]] freshness_promise promise() const {
    const std::lock_guard lock(mutex_);
    return promise_;
  }
  void promise(freshness_promise now) {
    const std::lock_guard lock(mutex_);
    promise_ = std::move(now);
  }

  [[nodiscard]] std::vector<stall> stalls() const {
    const std::lock_guard lock(mutex_);
    return stalls_;
  }
  void stalls(std::vector<stall> now) {
    const std::lock_guard lock(mutex_);
    stalls_ = std::move(now);
  }

  [[nodiscard]] dead_man_view dead_man() const {
    const std::lock_guard lock(mutex_);
    return dead_man_;
  }
  void dead_man(dead_man_view now) {
    const std::lock_guard lock(mutex_);
    dead_man_ = std::move(now);
  }

 private:
  mutable std::mutex mutex_{};
  standing_state trading_{};
  std::vector<setting_override> overrides_{};
  std::optional<std::pair<std::string, std::uint64_t>> failing_symbol_{};
  std::optional<vain_exit> failing_exit_{};
  last_reads reads_{};
  freshness_promise promise_{};
  dead_man_view dead_man_{};
  std::vector<stall> stalls_{};
  std::array<std::vector<finding>, preflight_part_count> findings_{};
  reach exchange_{false, "not asked yet", std::nullopt};
};

}  // namespace sluice::actors
