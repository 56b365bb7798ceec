// Which reads come round by themselves, how often, and what age of truth that keeps.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

#include "sluice/domain/result.hpp"
#include "sluice/domain/time.hpp"
#include "sluice/domain/truth.hpp"
#include "sluice/truth/freshness.hpp"
#include "sluice/truth/read_scheduler.hpp"
#include "sluice/truth/settings.hpp"
#include "sluice/truth/symbol_directory.hpp"

namespace sluice {

/// What is promised of ages, by which reads, and whether they can keep it.
struct freshness_promise {
  freshness_strategy strategy{freshness_strategy::adaptive};
  milliseconds bound{0};    ///< Promised.
  milliseconds kept{0};     ///< The age these reads keep: the bound, or more when there is a fault.
  milliseconds latency{0};  ///< Of one read, as planned with.
  freshness_plan plan{};
  std::string fault{};  ///< Why the bound cannot be kept, with the arithmetic; else empty.

  friend bool operator==(const freshness_promise&, const freshness_promise&) = default;
};

/// Whether the strategy promises anything of the age of a truth with this content: `open_positions`
/// leaves what is flat to reads on demand, and nobody reads what is flat and no longer listed.
[[nodiscard]] inline bool is_promised(freshness_strategy s, const truth& content, bool listed) {
  return std::holds_alternative<position_open>(content) ||
         (listed && s != freshness_strategy::open_positions);
}

/// Pure. Plans anew whenever anything changes that the arithmetic of freshness.hpp depends on. When
/// the bound cannot be kept it reads as often as places and budget allow, and says what that keeps.
class rounds {
 public:
  explicit rounds(const snapshot_settings& settings);

  [[nodiscard]] const freshness_promise& promise() const { return promise_; }

  // Each returns true when the promise changed by it.
  bool set_universe(std::size_t symbols, std::int64_t weight_limit_1m);
  /// How many symbols come round under open_positions.
  bool set_members(std::size_t symbols);
  /// A high quantile of how long reads take. Raised at once when it is more than a little above
  /// what was planned with; lowered when it has stayed below half of that for a minute, or for five
  /// seconds while the bound cannot be kept.
  bool latency_seen(milliseconds high, instant now);

  /// An operator's choice, with so many open positions now. An error with the arithmetic when it
  /// cannot be kept; then all stays.
  [[nodiscard]] result<void> choose(freshness_strategy strategy, milliseconds bound,
                                    std::size_t open);

  /// A plan asked for this symbol, or a read showed another amount than was known: under
  /// open_positions it stays in the rounds for a while.
  void of_interest(symbol_index one, instant now);
  /// Whether the symbol has a read of its own in every round. Forgets plans of long ago.
  [[nodiscard]] bool comes_round(symbol_index one, bool is_open, instant now);

  /// Whether every symbol has a read of its own, whatever is known of it.
  [[nodiscard]] bool covers_all_singly() const {
    return promise_.strategy == freshness_strategy::per_symbol;
  }
  /// When the symbol that is `place`-th of `count` is to be read first, all being known since
  /// `start`: spread over one period, so that no minute's budget goes in a burst.
  [[nodiscard]] instant first_due(std::size_t place, std::size_t count, instant start) const;
  /// When the read sent at `sent_at` is to be repeated; none when its target has no rounds.
  /// `is_open`: the target is a symbol with an open position. Single reads come up to a sixteenth
  /// of the period early, each differently, where the budget bears it: bunched by an outage they
  /// would stay so.
  [[nodiscard]] std::optional<instant> next_due(read_target target, instant sent_at, bool is_open);

 private:
  bool plan();
  [[nodiscard]] freshness_request request() const;

  snapshot_settings settings_;
  freshness_promise promise_{};
  std::size_t symbols_{0};
  std::size_t members_{0};
  std::int64_t weight_limit_1m_{0};
  milliseconds latency_;
  std::optional<instant> fast_since_{};
  std::unordered_map<symbol_index, instant> wanted_{};  ///< When it was of interest last.
  bool may_come_early_{false};
  std::uint64_t jitter_{0};
};

}  // namespace sluice
