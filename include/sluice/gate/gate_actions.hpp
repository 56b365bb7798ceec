// What goes into and out of the gate's core, as values, so that its actor only passes them on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sluice/gate/permit.hpp"

namespace sluice {

using plan_ptr = std::shared_ptr<const plan>;

/// The terminal answer to one plan.
struct plan_verdict {
  plan_ptr what{};
  verdict outcome{};
  facts seen{};  ///< Exactly what the verdict was made from.
  int times_judged{1};
  bool again{false};  ///< Not the first judgement: the executor had it before, and hears of this.
};

/// Truth of a position is wanted, proven by a read sent after `newer_than`.
struct read_wanted {
  position_key position{};
  lane traffic{lane::entry};
  instant newer_than{};
};

/// A read that somebody asked for, or a routine one, came to its end.
struct read_done {
  std::optional<position_key> position{};  ///< None: the whole account.
  std::string failure{};                   ///< Why it brought nothing; empty when truth was read.
  bool not_for_exits{false};  ///< Kept back by us, out of a share that is not that of exits.
};

/// How far the order of a permit has come.
enum class flight_step : std::uint8_t {
  sent,     ///< It left.
  unknown,  ///< Nobody can say whether it exists.
  resolved  ///< Nothing more can happen to it, or it was never sent.
};

struct order_moved {
  position_key position{};
  plan_id plan{};
  flight_step step{flight_step::sent};
  instant at{};           ///< When we learned it.
  venue_time venue_at{};  ///< The venue's time of its last execution; 0 when it gave none.
  /// Whether truth from before it no longer holds: something was traded, or the venue refused the
  /// order because the position is not what we think.
  bool outdates_truth{false};
  /// Resolved, but its plan will be judged again: until then no entry may come before it.
  bool goes_on{false};
  // Of one that traded something, as far as known:
  std::optional<std::uint64_t> truth_before{};  ///< What truth of the position was at before it.
  venue_time traded_at{};                       ///< Its last trade.
  bool comes_again{false};  ///< Resolved, and its plan will be judged again, of whatever kind.
};

/// An order that was not yet resolved when the process ended.
struct recovered_order {
  position_key position{};
  order_in_flight order{};
  quantity adds{};  ///< What it may add to the position; zero when it only reduces.
};

/// What our books say of a position, signed.
struct booked {
  position_key position{};
  quantity amount{};
};

/// Everything that has to happen after one input, in order: verdicts first.
struct gate_actions {
  std::vector<plan_verdict> verdicts{};
  std::vector<permit> permits{};
  std::vector<read_wanted> reads{};
  /// The account's margin is wanted, by a read sent after this instant.
  std::optional<instant> margin_from{};
  /// The list of symbols is wanted anew: it is in doubt.
  bool symbols{false};

  void clear() {
    verdicts.clear();
    permits.clear();
    reads.clear();
    margin_from.reset();
    symbols = false;
  }
};

struct gate_stats {
  std::size_t parked_exit{0};
  std::size_t parked_entry{0};
  std::size_t in_flight{0};  ///< Positions with an order not yet resolved and reflected.
  std::size_t reads_outstanding{0};
  std::uint64_t parking_full{0};  ///< Plans denied because their lane had no room to wait.
};

}  // namespace sluice
