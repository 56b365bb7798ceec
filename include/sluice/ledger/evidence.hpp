// Evidence: trades that the ledger does not have, and which of them account for a drift.
#pragma once

#include <cstddef>
#include <deque>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "sluice/domain/order.hpp"
#include "sluice/domain/truth.hpp"

namespace sluice {

/// A trade that the ledger did not apply but that may explain a drift.
struct drift_evidence {
  fill what{};
  bool ours{false};
  instant seen_at{};     ///< When we learned of it.
  plan_id plan{};        ///< Of our order; empty when foreign or not known.
  bool recorded{false};  ///< The journal has it.
  bool told{true};       ///< By an event; false: read back, perhaps long after.
  /// Nobody can say whether the ledger's base has it in it already.
  bool maybe_contained{false};
};

/// Which trades of a position an amount has in it, by the venue's time: all up to `all_until`, none
/// after `none_after`. Of those between the two nobody can say; trades of one millisecond may stand
/// on both sides of a truth.
struct trade_cut {
  venue_time all_until{};
  venue_time none_after{};
};
/// How far the venue's time of a trade and of the position it changed may lie apart.
inline constexpr std::int64_t venue_slack_ms = 20;
/// The same where the venue's time was reckoned by us, from its clock as it was measured or from
/// our wall clock.
inline constexpr std::int64_t clock_slack_ms = 5'000;

/// The cut of a truth: by the venue's time of its content; without one by its time, as reckoned by
/// us, of the instant up to which it was proven; without that either, nothing is certain.
[[nodiscard]] trade_cut cut_of(const truth_view& seen, venue_time as_of);

/// A run of trades that follow each other: indices into the evidence, both included.
struct evidence_run {
  std::size_t first{0};
  std::size_t last{0};
};

/// The trades that add up to exactly `drift`: all that the base surely lacks and that are surely in
/// the truth that ends at `end`, with as few as possible of those nobody can place. None may be
/// older than `oldest`. A part of what happened never explains a drift, whatever its sum.
[[nodiscard]] std::optional<evidence_run> run_explaining(quantity drift,
                                                         const std::deque<drift_evidence>& evidence,
                                                         const trade_cut& end, venue_time oldest);

/// The trades of one position that the ledger lacks, and up to where ledger and truth last agreed.
class evidence_book {
 public:
  /// False when its trade id was noted before. One that the base has in it is noted, not kept.
  bool note(const drift_evidence& e);
  /// The order of these trades turned out to be ours.
  void claim(order_id order, const plan_id& plan);
  /// The ledger has this trade now. True when the journal has it already, as another's.
  bool forget(trade_id id);
  /// The ledger took over a truth that has this trade in it: it is in the run that explained that
  /// truth, or older than its last trade.
  [[nodiscard]] bool was_spent(trade_id id) const { return id <= spent_up_to_; }
  /// The journal has these now.
  void mark_recorded(const evidence_run& run);
  /// Trades of others that no record has, surely of after the base and none older than `oldest`:
  /// for the caller to record, and recorded from here on. They explain what they explained before.
  [[nodiscard]] std::vector<drift_evidence> take_unrecorded(venue_time oldest);

  /// Ledger and truth are the same: what this truth has in it explains nothing later.
  void agree(const truth_view& seen, venue_time as_of);
  /// The line comes from the journal, which last changed it between these two times: truth was then
  /// at most `staleness` old.
  void agree_restored(venue_time first, venue_time last, milliseconds staleness);

  [[nodiscard]] std::optional<evidence_run> explaining(quantity drift, const trade_cut& end,
                                                       venue_time oldest) const;
  /// Takes the run out, because the ledger follows the truth that has it in it.
  void spend(const evidence_run& run, const truth_view& seen, venue_time as_of);

  [[nodiscard]] std::vector<drift_evidence> trades_of(const evidence_run& run) const;
  [[nodiscard]] bool all_ours(const evidence_run& run) const;
  [[nodiscard]] bool empty() const { return evidence_.empty(); }
  /// In words, the first few of them: "trade 7 buy 2 at 100 by foreign order web_1, ...".
  [[nodiscard]] std::string in_words(const evidence_run& run) const;
  [[nodiscard]] std::string all_in_words() const;

 private:
  void begin_at(const trade_cut& base);
  [[nodiscard]] bool stands_before_base(const drift_evidence& e) const;

  std::deque<drift_evidence> evidence_{};  ///< Ascending by trade id, bounded.
  std::deque<trade_id> noted_{};           ///< Newest last, bounded.
  trade_cut base_{};                       ///< Of the last agreement.
  trade_id spent_up_to_{0};
};

}  // namespace sluice
