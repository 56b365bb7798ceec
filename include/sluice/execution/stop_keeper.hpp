// Keeps one protective stop at the venue for each open position: takes what happened, returns what
// to do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/record.hpp"
#include "sluice/execution/settings.hpp"

namespace sluice {

/// Make the record durable, then call on_durable with the stop's id.
struct intend_stop {
  stop_changed what{};
};
struct place_stop {
  conditional_request request{};
};
struct cancel_stop {
  client_order_id id{};
};
/// Ask the venue what became of it; on_asked takes the answer.
struct ask_stop {
  client_order_id id{};
};
/// Read the open conditional orders of the symbol, or of the account when it is empty.
struct audit_stops {
  symbol scope{};
};
/// Whether something may happen to the position by this stop that the books cannot tell yet. At the
/// end `became` is the regular order that it turned into: ours, whatever client id it carries.
struct stop_pending {
  position_key position{};
  client_order_id id{};
  bool pending{false};
  order_id became{0};
};
/// An open position has been without a resting stop for longer than the grace, or has one again.
struct guard_changed {
  position_key position{};
  bool guarded{false};
  std::string text{};
};
using stop_action = std::variant<intend_stop, place_stop, cancel_stop, ask_stop, audit_stops,
                                 stop_changed, stop_pending, guard_changed>;
using stop_actions = std::vector<stop_action>;

/// Everything a decision about one position looks at.
struct stop_surroundings {
  truth_view seen{};
  std::optional<price> mark{};  ///< None when there is none that is fresh.
  std::optional<instrument_rules> rules{};
  bool orders_leave{true};  ///< False while the venue, or our budget, lets no order go.
};

struct stop_keeper_options {
  std::string account{};
  stop_settings settings{};
  executor_settings orders{};  ///< Time limits and delays are those of all orders.
  milliseconds truth_age_max{10'000};
  /// Exit states are awaited this long before the configured distance stands in for their stop.
  milliseconds exit_state_wait{1'000};
};

/// Decides on known and fresh truth only; unknown truth changes nothing, and one read in which a
/// position is missing neither: a later one has to agree. Nothing is decided before
/// a whole list of open conditional orders was read in this run. At most one operation per position
/// is under way, and while the outcome of one is unknown no other begins; only what becomes of a
/// stop of the other side keeps none of this side back. A replacement is placed
/// before the old stop is cancelled, unless the venue refuses two at once: then it has to be worth
/// the gap, must be placeable as far as we know, and the old one is put back when the venue refuses
/// it. Conditional orders that
/// are not ours are never touched.
///
/// With `enabled` off nothing is placed, but stops of an earlier run are cancelled once their
/// position is gone, for one left behind would close a later position.
class stop_keeper {
 public:
  explicit stop_keeper(stop_keeper_options options);
  /// From the next decision on.
  void truth_age_max(milliseconds age) { options_.truth_age_max = age; }

  /// Stops that an earlier run left unfinished, and the highest number ever given.
  [[nodiscard]] stop_actions restore(const std::vector<protective_stop>& stops,
                                     std::int64_t last_number, instant now);
  void exit_state_changed(const exit_state& s);

  [[nodiscard]] stop_actions decide(const position_key& key, const stop_surroundings& around,
                                    const stamp& now);
  /// The intent is durable: send it, unless the position is gone.
  [[nodiscard]] stop_actions on_durable(const client_order_id& id, const stop_surroundings& around,
                                        instant now);
  [[nodiscard]] stop_actions on_placed(const client_order_id& id,
                                       const conditional_outcome& outcome, instant now);
  [[nodiscard]] stop_actions on_cancelled(const client_order_id& id,
                                          const change_outcome<conditional_cancelled>& outcome,
                                          instant now);
  [[nodiscard]] stop_actions on_asked(const client_order_id& id,
                                      const read_result<conditional_report>& answer,
                                      instant sent_at, instant now);
  /// What the user stream tells of any conditional order.
  [[nodiscard]] stop_actions on_event(const conditional_report& told, instant now);
  [[nodiscard]] stop_actions on_audit(const symbol& scope,
                                      const read_result<std::vector<conditional_report>>& list,
                                      instant sent_at, const stamp& now);
  /// The user stream is there again: what happened to stops meanwhile was not heard, so the whole
  /// list is read, and once more if one is under way.
  [[nodiscard]] stop_actions on_stream_opened(instant now);
  /// Due questions, audits, and positions whose grace is over: call it about twice a second.
  [[nodiscard]] stop_actions on_tick(instant now);

  /// False when there is nothing to keep and nothing to watch.
  [[nodiscard]] bool is_active() const { return options_.settings.enabled || !stops_.empty(); }
  /// Whether the old stop is on its way out, or gone, and the one it made room for does not stand.
  [[nodiscard]] bool is_moving(const position_key& key) const;
  [[nodiscard]] bool is_moving() const;
  /// Positions with a stop of ours that has not ended, or that were open when last decided upon.
  [[nodiscard]] std::vector<position_key> positions() const;
  [[nodiscard]] std::vector<protective_stop> stops() const;
  /// Of a stop that has not ended.
  [[nodiscard]] std::optional<position_key> position_of(const client_order_id& id) const;
  /// Flagged positions, each with why it has no stop.
  [[nodiscard]] std::vector<std::pair<position_key, std::string>> unguarded() const;

 private:
  struct tracked {
    protective_stop stop{};
    bool seen_at_venue{false};
    bool inherited{false};  ///< Of an earlier run, and not yet looked for in this one.
    bool pending_told{false};
    instant since{};  ///< Of the state.
    std::optional<instant> ask_at{};
    bool asking{false};
    std::size_t asked{0};
    /// When the newest question left that the venue answered without saying what became of it.
    std::optional<instant> asked_in_vain{};
    std::optional<instant> list_at{};  ///< Its symbol's list is read then.
    bool concluded{false};             ///< Its end follows from answers that do not have it.
    bool told_ended{false};  ///< Back from a list after its end was told, and to be asked about.
  };
  struct ended_stop {
    client_order_id id{};
    position_key position{};
    instant at{};
    bool concluded{false};
    bool was_there{false};  ///< At the venue, as far as it said.
  };
  struct slot {
    std::optional<exit_state> exit{};
    std::optional<instant> opened{};  ///< When it was first seen open on this side.
    int sign{0};
    std::int64_t first_number{0};         ///< Stops before it were of another opening.
    std::optional<instant> bare_since{};  ///< Open without a resting stop.
    bool flagged{false};
    std::string why{};                    ///< Why it has no stop.
    instant newer_than{};                 ///< Truth up to then may be from before a trigger.
    std::optional<instant> missing_in{};  ///< The read that was the first not to show it.
    std::optional<instant> retry_at{};    ///< No stop is placed before.
    std::optional<instant> cancel_at{};   ///< No stop is cancelled before, as one was refused.
    int refusals{0};                      ///< In a row.
    std::optional<price> crossed{};       ///< This trigger was refused as crossed.
    bool cancel_first{false};             ///< The venue refuses two at once.
    std::optional<price> rested{};        ///< Trigger of the stop that was cancelled for another.
    bool put_back{false};                 ///< The other one was refused.
    std::optional<instant> move_at{};     ///< No other is tried before, while one rests.
    int moves_refused{0};                 ///< In a row.
    int unseen{0};  ///< Refusals in a row because the venue did not show the cancel yet.
  };

  void keep(const position_key& key, slot& s, const position_open& held,
            const stop_surroundings& around, const stamp& now, stop_actions& out);
  void put_back_later(slot& s, const protective_stop& refused, std::optional<instant> at_least,
                      instant now) const;
  void place(const position_key& key, slot& s, side direction, price trigger, const stamp& now,
             stop_actions& out);
  void cancel(tracked& t, std::string why, instant now, stop_actions& out);
  void cancel_all(const position_key& key, const client_order_id& but, const std::string& why,
                  instant now, stop_actions& out);
  void watch(slot& s, const position_open* held, instant now, bool guarded, stop_actions& out,
             const position_key& key);
  [[nodiscard]] bool may_try(slot& s, side direction, price trigger,
                             const stop_surroundings& around, instant now) const;
  void refused(tracked& t, const order_refused& r, instant now, stop_actions& out);
  void hear(tracked& t, const conditional_report& told, instant now, stop_actions& out);
  void doubt(tracked& t, std::string why, instant now, stop_actions& out);
  void move(tracked& t, stop_state to, std::string detail, instant now, stop_actions& out);
  void adopt(const conditional_report& row, const stamp& now, stop_actions& out);
  void settle(instant now, stop_actions& out);
  void absent(tracked& t, instant sent_at, instant now, stop_actions& out);
  [[nodiscard]] bool busy(const position_key& key, std::optional<side> direction = {}) const;
  [[nodiscard]] bool has_stop(const position_key& key) const;
  void pause(slot& s, std::optional<instant> at_least, instant now) const;
  [[nodiscard]] const ended_stop* ended(const client_order_id& id) const;
  [[nodiscard]] bool one_leaves(const position_key& key, instant now) const;
  [[nodiscard]] bool is_outdated(const ended_stop& e, instant sent_at) const;
  [[nodiscard]] milliseconds list_lag() const;
  [[nodiscard]] tracked* find(const client_order_id& id);

  stop_keeper_options options_;
  std::int64_t last_number_{0};
  bool audited_{false};  ///< The whole account, in this run.
  bool auditing_{false};
  instant audit_at_{};
  std::optional<instant> stream_opened_{};  ///< No list of before counts as the last one.
  std::map<client_order_id, tracked> stops_{};
  std::map<position_key, slot> slots_{};
  std::deque<ended_stop> ended_{};
};

}  // namespace sluice
