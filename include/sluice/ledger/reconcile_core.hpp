// What the reconciler does with each thing it is told: books, comparisons, holds, searches, closes.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/ledger/close_desk.hpp"
#include "sluice/ledger/drift.hpp"
#include "sluice/ledger/hold_book.hpp"
#include "sluice/ledger/ledger.hpp"
#include "sluice/ledger/own_orders.hpp"
#include "sluice/ledger/trade_search.hpp"

namespace sluice {

/// What the reconciler may look at besides what it is told.
class book_view {
 public:
  book_view() = default;
  book_view(const book_view&) = delete;
  book_view& operator=(const book_view&) = delete;
  virtual ~book_view() = default;

  [[nodiscard]] virtual truth_view position(const position_key& key) const = 0;
  /// Positions that are open by what is known.
  [[nodiscard]] virtual std::vector<position_key> open_positions() const = 0;
  /// Zero when the symbol is not known.
  [[nodiscard]] virtual quantity step(const symbol& instrument) const = 0;
};

/// A line of the journal and when the journal changed it last.
struct restored_line {
  ledger_line line{};
  wall_time changed_at{};
};
/// An order of ours as the venue numbers it.
struct restored_order {
  symbol instrument{};
  order_id order{0};
  own_order_name name{};
};

/// What an earlier run left.
struct restored_books {
  std::vector<restored_line> lines{};
  std::unordered_map<symbol, std::vector<trade_id>> trade_ids{};
  std::size_t trade_ids_max{0};  ///< A symbol with fewer ids than this has all it ever had.
  std::vector<hold> holds{};     ///< Open ones.
  std::int64_t last_hold_id{0};
  std::vector<close_arming> armings{};  ///< Not ended.
  std::int64_t last_arming_id{0};
  std::vector<restored_order> own_orders{};  ///< Oldest first.
  std::vector<std::int64_t> closed_holds{};  ///< Ids of open ones whose close was proposed.
  std::vector<restored_order> unbooked{};    ///< Traded more than there are fills on record.
};

struct hold_move {
  hold what{};
  bool active{true};
};
struct line_move {
  position_key position{};
  quantity amount{};
};

/// What has to be done, in this order within each list.
struct reconcile_actions {
  std::vector<record_body> records{};
  std::vector<hold_move> holds{};
  std::vector<line_move> lines{};
  std::vector<symbol> searches{};  ///< Read the newest trades of these.
  std::vector<plan> plans{};       ///< For the planner.
  std::int64_t fills{0};           ///< Of ours, newly counted.
  void clear() { *this = {}; }
};

/// An order of ours began or ended.
struct order_pending {
  position_key position{};
  bool pending{false};
  order_id venue_id{0};  ///< At its end; 0 when the venue never gave one.
  own_order_name name{};
  bool lacks_fills{false};  ///< At its end: it traded more than its trades that were told.
};

/// Pure. Every input may add to `out`, which the caller carries out and clears.
class reconcile_core {
 public:
  reconcile_core(const book_view& view, reconcile_settings settings, const restored_books& found,
                 const stamp& now);

  /// What the start itself has to tell: armings whose time is over.
  void begin(reconcile_actions& out);
  void take(fill_recorded f, const stamp& now, reconcile_actions& out);
  void order_moved(const order_pending& change, const stamp& now, reconcile_actions& out);
  void compare(const position_key& key, const stamp& now, reconcile_actions& out);
  void compare_all(const stamp& now, reconcile_actions& out);
  void trades_read(const symbol& instrument, const read_result<std::vector<fill>>& trades,
                   const stamp& now, reconcile_actions& out);
  /// How far the venue's clock is ahead of our wall clock now. Trades have the venue's time alone,
  /// and some truths have none: those are compared by it.
  void venue_clock(milliseconds ahead) { venue_ahead_ = ahead; }
  /// Other rules from the next comparison on. Holds stand until they are released; armed closes end
  /// no later than the new longest time from now.
  void settings_changed(const reconcile_settings& settings, const stamp& now,
                        reconcile_actions& out);
  /// Pauses and armings that are over; and what holds stand on is looked at again.
  void tick(const stamp& now, reconcile_actions& out);

  /// Why the truth of a symbol cannot be accepted now: an order of ours there is not resolved, or
  /// no truth newer than our last fill has been read. Empty when nothing stands in the way.
  [[nodiscard]] std::string release_obstacle(const symbol& instrument, const stamp& now);
  /// Releases the holds of a symbol and accepts the truth there. Returns how many there were.
  [[nodiscard]] std::size_t release(const symbol& instrument, const std::string& author,
                                    const std::string& reason, const stamp& now,
                                    reconcile_actions& out);
  /// Refused too where every hold of the symbol has had its close.
  [[nodiscard]] arming_outcome arm(const arming_order& order, const stamp& now,
                                   reconcile_actions& out);
  [[nodiscard]] arming_outcome disarm(const symbol& instrument, const std::string& author,
                                      const std::string& reason, reconcile_actions& out);
  /// The planner has the plan of a close: its arming is used up.
  void close_taken(const plan_id& id, reconcile_actions& out);
  /// The planner does not take it: arming and hold are as they were, and after a pause it is
  /// proposed again.
  void close_not_taken(const plan_id& id, const stamp& now);

  [[nodiscard]] const hold_book& holds() const { return holds_; }
  [[nodiscard]] const ledger& books() const { return books_; }
  [[nodiscard]] std::optional<instant> next_due() const;

 private:
  drift_watch& watch(const position_key& key);
  void take_foreign(fill_recorded f, const stamp& now, reconcile_actions& out);
  [[nodiscard]] bool is_untold(const symbol& instrument, trade_id id);
  void take_own(fill_recorded f, const stamp& now, reconcile_actions& out);
  void record_own(fill_recorded f, fill_effect effect, reconcile_actions& out);
  void record_change(const position_key& key, quantity change, trade_id trade,
                     reconcile_actions& out);
  void seek_fills_of(const symbol& instrument, order_id order);
  void seek_unbooked(const stamp& now, reconcile_actions& out);
  void book_unbooked(const symbol& instrument, const std::vector<fill>& trades, const stamp& now,
                     reconcile_actions& out);
  enum class lost_fill : std::uint8_t {
    booked,
    too_early,  ///< No truth that surely has it.
    differs     ///< Truth has it, and is not what the books say.
  };
  [[nodiscard]] lost_fill book_as_contained(const fill& f, bool beside_hold, const stamp& now,
                                            reconcile_actions& out);
  [[nodiscard]] drift_input input_for(const position_key& key, const stamp& now);
  void act_on(const drift_report& report, const drift_input& in, reconcile_actions& out);
  void record_missing(const drift_report& report, const drift_input& in, reconcile_actions& out);
  /// Of ours, not finished.
  struct unresolved {
    int orders{0};
    int stops{0};  ///< Perhaps triggered; nearly always only not asked for yet.
  };

  /// Orders of a symbol that traded more than there are fills on record.
  struct unbooked_orders {
    std::unordered_set<order_id> ids{};
    std::optional<instant> next_at{};  ///< Of a read; none yet: at once.
    milliseconds pause{10'000};        ///< After that read.
    int answers{0};
    int differing{0};  ///< Answers that could not be booked for a difference alone.
  };

  void adopt_before_order(const position_key& key, const stamp& now, reconcile_actions& out);
  void adopt(const drift_report& report, const drift_input& in, reconcile_actions& out);
  void lift(const position_key& key, const std::string& author, const std::string& reason,
            reconcile_actions& out);
  void accept_truth(const position_key& key, const std::string& evidence, const stamp& now,
                    reconcile_actions& out);
  void search(const symbol& instrument, instant newer_than, const stamp& now,
              reconcile_actions& out);
  void search_ended(const symbol& instrument, const search_result& ended, const stamp& now,
                    reconcile_actions& out);
  void note_trades(const symbol& instrument, const std::vector<fill>& trades, const stamp& now);
  void close_if_armed(const drift_report& report, const drift_input& in, reconcile_actions& out);
  [[nodiscard]] bool had_its_close(const position_key& key) const;
  void end_used_armings();

  const book_view& view_;
  reconcile_settings settings_;
  milliseconds venue_ahead_{0};
  ledger books_{};
  std::unordered_map<position_key, drift_watch> watches_{};
  std::unordered_map<position_key, unresolved> pending_{};
  std::unordered_map<symbol, unbooked_orders> unbooked_{};
  std::unordered_set<position_key> seen_flat_{};  ///< In this run: what opens now is a drift.
  hold_book holds_;
  own_orders own_{};
  trade_search searches_{};
  close_desk desk_;
  std::unordered_set<std::int64_t> closed_holds_{};  ///< Their close was proposed: once for each.
  std::unordered_map<plan_id, hold> proposed_{};  ///< Closes whose plan was neither taken nor not.
  instant propose_after_{};
  std::vector<record_body> overdue_{};
  std::deque<std::pair<symbol, trade_id>> forced_told_{};  ///< Newest last, bounded.
};

}  // namespace sluice
