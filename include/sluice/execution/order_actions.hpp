// What the machine of one order asks its shell to do, as values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sluice/domain/exchange_port.hpp"
#include "sluice/domain/record.hpp"

namespace sluice {

/// Place this order, always with the same id. Its intent is durable.
struct send_order {
  order_request request{};
};
/// Ask the venue for the order by its client id.
struct query_order {
  symbol instrument{};
  client_order_id id{};
};
/// Call on_timer at this instant or later. Each one replaces the one before.
struct set_timer {
  instant at{};
};
/// Read all trades of the order from the venue.
struct read_order_fills {
  symbol instrument{};
  order_id id{0};
};
/// Read truth and trades of the position, both sent after `newer_than`, and give on_absence_checked
/// what they show.
struct check_absence {
  position_key position{};
  instant newer_than{};
};
/// Read truth of the position, sent after `newer_than`: the order is sent again on nothing older.
struct want_truth {
  position_key position{};
  instant newer_than{};
};
/// Journal this and tell who watches.
struct report_change {
  order_changed what{};
};
/// Tell an operator.
struct raise_alert {
  std::string event{};
  std::string text{};
};

/// Why an order ended as it did.
enum class finish_cause : std::uint8_t {
  venue,           ///< The venue said so.
  refused,         ///< The venue refused it.
  too_late,        ///< The permit had run out before it could be sent.
  position_moved,  ///< The truth was no longer the one the permit was given for: judge again.
  not_permitted,   ///< Trading was halted, or only exits were permitted, before it could be sent.
  never_arrived    ///< Proven never to have reached the venue.
};
[[nodiscard]] std::string_view to_string(finish_cause c);

/// The venue has said its last word, or nothing was sent. Comes once, before order_settled: trades
/// that are still missing hold up nobody but the books.
struct order_finished {
  order_state state{order_state::rejected};
  finish_cause cause{finish_cause::venue};
  quantity executed{};
  /// 0 when nothing was executed, no time was given, or it was not one trade alone: then only a
  /// read sent after the end shows all of it.
  venue_time last_executed_at{};
  venue_time last_trade_at{};             ///< Of the trades that are known; 0 without one.
  int venue_code{0};                      ///< Of a refusal, e.g. -2022.
  refusal_cure cure{refusal_cure::none};  ///< Of a refusal.
  bool for_operator{false};               ///< Of a refusal: only a person can mend it.
  std::optional<instant> retry_at{};      ///< Of a refusal: when the venue will listen again.
  std::string detail{};
};

/// Nothing more can happen; the machine may be dropped.
struct order_settled {
  bool fills_complete{true};  ///< False when the venue did not give all fills in time.
};

using order_action =
    std::variant<send_order, query_order, set_timer, read_order_fills, check_absence, want_truth,
                 report_change, raise_alert, order_finished, order_settled>;
using order_actions = std::vector<order_action>;

}  // namespace sluice
