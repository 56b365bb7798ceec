// The arithmetic of freshness: which periods keep a promised bound, and whether the budget bears
// it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "sluice/domain/result.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// Where freshness comes from.
enum class freshness_strategy : std::uint8_t {
  adaptive,        ///< Stream and account-wide reads; single reads on demand and for proof.
  per_symbol,      ///< Every symbol by its own read, earliest deadline first.
  open_positions,  ///< Single reads of open positions; everything else on demand.
};
/// "adaptive", "per_symbol", "open_positions".
[[nodiscard]] std::string_view to_string(freshness_strategy s);
[[nodiscard]] std::optional<freshness_strategy> parse_freshness_strategy(std::string_view text);

struct freshness_request {
  freshness_strategy strategy{freshness_strategy::adaptive};
  milliseconds bound{2'000};            ///< No known truth may become older than this.
  std::size_t symbols{566};             ///< In the universe.
  std::size_t positions{0};             ///< Open now; what open_positions has to read.
  milliseconds latency{300};            ///< Of one read, a high quantile.
  std::int64_t weight_limit_1m{2'400};  ///< The venue's; 0 when it has been lifted.
  int share_percent{50};                ///< Of that limit, for routine reads.
  std::int64_t weight_single{5};        ///< Of one read of one symbol.
  std::int64_t weight_account{5};       ///< Of one account-wide read.
  std::size_t concurrency{32};          ///< Reads at once, of which routine has its part.
};

struct freshness_plan {
  milliseconds account_period{0};  ///< Between the sends of account-wide reads; 0: none.
  milliseconds symbol_period{0};   ///< Between the sends of reads of one symbol; 0: on demand only.
  /// A routine read unanswered for this long must be given up. Under `adaptive` it is the period:
  /// a lost read that held its place for longer would cost more than the one poll allowed for.
  milliseconds give_up_after{0};
  std::int64_t weight_1m{0};  ///< What the routine reads cost, rounded up.

  friend bool operator==(const freshness_plan&, const freshness_plan&) = default;
};

/// The periods that keep the bound, or an error (errc::out_of_range) whose text has the arithmetic
/// and what to change. Ages count from the send of a read, so a reply is `latency` old on arrival.
///
/// adaptive: the largest period with 2 * period + latency <= bound, so that one lost poll still
/// keeps it. There is one account-wide read in flight at a time, so the period is at least latency.
/// per_symbol, open_positions: every symbol (every open position) once per bound - latency. There
/// is no allowance for a lost poll: a symbol whose read was lost is late until the next one.
[[nodiscard]] result<freshness_plan> plan_freshness(const freshness_request& request);

/// For a bound that cannot be kept: the shortest periods that places and budget allow. Assumes that
/// the request has places and a share of the budget at all (else once a minute).
[[nodiscard]] freshness_plan fastest_plan(const freshness_request& request);
/// The highest age that a plan of this request keeps; under `adaptive` with one lost poll.
[[nodiscard]] milliseconds bound_kept_by(const freshness_plan& plan,
                                         const freshness_request& request);

}  // namespace sluice
