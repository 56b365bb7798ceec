// Why the gate says no: a closed list of codes, each with what it observed and what it would admit.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "sluice/domain/fixed.hpp"
#include "sluice/domain/time.hpp"

namespace sluice {

/// In the order in which the gate reports them; the first that applies is the verdict's reason.
enum class refusal_code : std::uint8_t {
  plan_expired,
  duplicate_plan,
  source_not_allowed,
  symbol_not_in_universe,
  symbol_not_trading,
  halted,
  reduce_only_state,
  no_exchange_snapshot,
  stale_exchange_state,
  reconcile_hold_active,
  reconcile_required_side_mismatch,
  reconcile_required_qty_mismatch,
  order_in_flight,
  order_unknown,
  cooldown_in_flight,
  no_position,
  already_at_target,
  position_changed,
  would_increase,
  would_flip,
  position_exists,
  no_mark_price,
  stop_beyond_mark,
  below_min_quantity,
  below_min_notional,
  above_max_quantity,
  limit_order_notional,
  limit_symbol_notional,
  limit_account_notional,
  limit_open_positions,
  limit_symbol_entries_minute,
  limit_symbol_entries_hour,
  limit_entries_minute,
  limit_entries_hour,
  limit_margin_unknown,
  limit_margin_use,
  limit_daily_loss,
  limit_drawdown,
  limit_price_collar,
  limit_round_trips,
  limit_losses_in_a_row,
  exchange_unreachable,
  exchange_banned,
  plan_withdrawn,
  nothing_to_withdraw,
  interrupted,
};
inline constexpr std::size_t refusal_code_count = 46;

/// "stale_exchange_state" and so on: the same word in API, log, journal and metrics.
[[nodiscard]] std::string_view to_string(refusal_code c);
[[nodiscard]] std::optional<refusal_code> parse_refusal_code(std::string_view text);
/// True when reading truth from the exchange could make the refusal go away.
[[nodiscard]] bool curable_by_read(refusal_code c);
/// True when the refusal may go away while nothing is read: an order resolves, the books are
/// repaired, a ban ends.
[[nodiscard]] bool curable_by_waiting(refusal_code c);
/// True when the refusal says that the exit wanted has already happened.
[[nodiscard]] bool counts_as_done(refusal_code c);
/// True when the refusal says that the truth at hand is not yet the one to judge the position by:
/// too old, or without an order of ours in it.
[[nodiscard]] bool leaves_position_open(refusal_code c);
/// What is the case, and what helps: a sentence each, for people.
[[nodiscard]] std::string_view cause_of(refusal_code c);
[[nodiscard]] std::string_view cure_of(refusal_code c);

/// A value a refusal observed or a limit it held it against; text only where a name was compared.
using measure = std::variant<std::monostate, milliseconds, quantity, price, notional, std::int64_t,
                             std::string>;

/// "12300ms", "0.005", "BTCUSDT"; empty for monostate.
[[nodiscard]] std::string to_string(const measure& m);

struct refusal {
  refusal_code code{refusal_code::plan_expired};
  measure observed{};
  measure limit{};
  friend bool operator==(const refusal&, const refusal&) = default;
};
/// True when these refusals of an exit say that a position that is proven is where it wanted it.
[[nodiscard]] bool is_at_target(std::span<const refusal> refusals);

}  // namespace sluice
