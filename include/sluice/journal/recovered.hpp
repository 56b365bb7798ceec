// What a start needs of the journal: the state a crash left behind, as values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "sluice/domain/record.hpp"
#include "sluice/domain/standing_state.hpp"

namespace sluice::journal {

/// One of our orders with its current state, as the journal has it.
struct stored_order {
  plan_id plan{};
  order_request request{};
  int attempt{1};
  std::uint64_t truth_version{0};
  order_state state{order_state::intended};
  order_id venue_id{0};
  quantity executed{};
  std::string detail{};
  wall_time intended_at{};
  wall_time changed_at{};
  std::optional<quantity> held{};  ///< As in its intent; only of orders that are not resolved.
  venue_time held_since{};
};

/// What our fills and the recorded adjustments add up to.
struct ledger_line {
  position_key position{};
  quantity amount{};    ///< Signed; zero once closed.
  price entry{};        ///< Zero when flat, or not known (written by an older version).
  notional realised{};  ///< Before fees.
  std::map<std::string, notional> fees{};  ///< Paid, by asset.
  std::int64_t fills{0};
  venue_time last_traded_at{};
  wall_time changed_at{};  ///< Of the record that changed it last.
};

/// One of our orders as the venue names it: tells whose a trade is that names its order only.
struct own_order {
  symbol instrument{};
  order_id venue_id{0};
  client_order_id client_id{};
  plan_id plan{};
};

/// A plan that was allowed, and whose carrying out has no end in the journal. Its instants belong
/// to the process that took it in.
struct unfinished_plan {
  plan what{};
  int orders{0};        ///< That were sent or may have been.
  int last_attempt{0};  ///< Of a resolved order.
  quantity executed{};  ///< By resolved orders.
  /// Of the resolved order with the highest attempt.
  quantity last_amount{};
  quantity last_executed{};
  std::optional<quantity> position_before{};  ///< |truth| that its last order was permitted for.
};

/// Tells a repeated plan without keeping its text: stable_hash of its id, and content_hash.
struct plan_identity {
  std::uint64_t id_hash{0};
  std::uint64_t content_hash{0};
};

/// The venue's symbols and rules as this account last read them. `content.read_at` means nothing
/// in this process: `read_at` does.
struct kept_universe {
  wall_time read_at{};
  universe content{};
};

/// One flatten; without an outcome while it runs.
struct flatten_line {
  flatten_order what{};
  std::optional<flatten_end> outcome{};
  std::optional<std::string> left{};  ///< What stayed open, and why.
  std::optional<wall_time> ended_at{};
};

/// A cancel that was allowed, or had no verdict yet, of a plan that may have gone on.
struct withdrawal {
  plan_id target{};
  plan_id by{};
};

/// A record that limits are counted from. There may be hundreds of thousands of one day, and any
/// record takes a kilobyte.
struct limit_record {
  std::int64_t seq{0};
  stamp at{};
  std::variant<order_intended, fill_recorded, ledger_adjusted, funding_booked, equity_peaked>
      body{};
};

struct recovered {
  std::int64_t last_seq{0};  ///< 0 in a new journal.
  stamp last_at{};           ///< Of that record, by the clocks of the process that wrote it.
  /// Accepted, but the process ended before their verdict, oldest first. Their instants belong to
  /// the process that took them in: only the wall times still mean something. Those of receipt and
  /// deadline are by the wall clock as `last_at` has it, if it was set back since.
  std::vector<plan> undecided_plans{};
  std::vector<unfinished_plan> unfinished_plans{};  ///< Oldest first.
  std::vector<withdrawal> withdrawals{};            ///< The same.
  std::vector<stored_order> unresolved_orders{};    ///< Oldest first.
  std::vector<hold> holds{};
  std::int64_t last_hold_id{0};  ///< The highest ever given.
  std::vector<ledger_line> ledger{};
  std::unordered_map<symbol, std::vector<trade_id>>
      trade_ids{};  ///< Newest first, as many as asked; not those of others that the
                    ///< ledger has not followed yet.
  std::vector<exit_state> exits{};  ///< Active ones.
  /// Open plans that executed something and ended within ten minutes of the last record, and whose
  /// position has no exit state of theirs or of later; in the order of their ends.
  std::vector<plan> opened_lately{};
  standing_state state{};  ///< In force when the process ended.
  /// The last one that was ordered otherwise than by the halt file: what holds without it.
  standing_state ordered_state{};
  std::vector<setting_override> overrides{};  ///< Not ended, oldest first.
  std::int64_t last_override_id{0};           ///< The highest ever given.
  std::vector<close_arming> armings{};        ///< Not ended, oldest first.
  std::int64_t last_arming_id{0};
  /// Those that run, and before them the last ones that ended; each group by id.
  std::vector<flatten_line> flattens{};
  std::int64_t last_flatten_id{0};
  /// Known to the venue, newest first, bounded; then those that protective stops became.
  std::vector<own_order> own_orders{};
  /// Of the newest of them those that traded more than there are fills of theirs on record.
  std::vector<own_order> unbooked_orders{};
  /// Orders of others whose trades were told with their client ids, newest first, bounded.
  std::vector<own_order> foreign_orders{};
  std::vector<protective_stop> stops{};  ///< Not ended, oldest first.
  std::int64_t last_stop_number{0};      ///< The highest ever given.
  std::optional<kept_universe> last_universe{};
  /// What limits are counted from, in order: fills, funding fees and intents of the UTC day
  /// that the last record is of and of the one before, and the peaks of the account's equity.
  std::vector<limit_record> limit_records{};
  std::string universe_fault{};        ///< Why a universe that is there cannot be used; else empty.
  std::vector<plan_identity> plans{};  ///< Accepted, oldest first: the newest of them, bounded.
};

}  // namespace sluice::journal
