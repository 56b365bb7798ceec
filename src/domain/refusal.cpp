// The refusal codes' table: word, what makes it go away by itself, whether it means the exit is
// done.
#include "sluice/domain/refusal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace sluice {
namespace {

/// What makes a refusal go away by itself.
enum class passes : std::uint8_t { never, by_read, by_waiting };

struct row {
  refusal_code code;
  std::string_view word;
  passes away{passes::never};
  bool done{false};
};

constexpr std::array<row, refusal_code_count> rows{{
    {refusal_code::plan_expired, "plan_expired"},
    {refusal_code::duplicate_plan, "duplicate_plan"},
    {refusal_code::source_not_allowed, "source_not_allowed"},
    {refusal_code::symbol_not_in_universe, "symbol_not_in_universe"},
    {refusal_code::symbol_not_trading, "symbol_not_trading"},
    {refusal_code::halted, "halted"},
    {refusal_code::reduce_only_state, "reduce_only_state"},
    {refusal_code::no_exchange_snapshot, "no_exchange_snapshot", passes::by_read},
    {refusal_code::stale_exchange_state, "stale_exchange_state", passes::by_read},
    {refusal_code::reconcile_hold_active, "reconcile_hold_active"},
    {refusal_code::reconcile_required_side_mismatch, "reconcile_required_side_mismatch",
     passes::by_waiting},
    {refusal_code::reconcile_required_qty_mismatch, "reconcile_required_qty_mismatch",
     passes::by_waiting},
    {refusal_code::order_in_flight, "order_in_flight", passes::by_read},
    {refusal_code::order_unknown, "order_unknown", passes::by_waiting},
    {refusal_code::cooldown_in_flight, "cooldown_in_flight"},
    {refusal_code::no_position, "no_position", passes::never, true},
    {refusal_code::already_at_target, "already_at_target", passes::never, true},
    {refusal_code::position_changed, "position_changed"},
    {refusal_code::would_increase, "would_increase"},
    {refusal_code::would_flip, "would_flip"},
    {refusal_code::position_exists, "position_exists"},
    {refusal_code::no_mark_price, "no_mark_price"},
    {refusal_code::stop_beyond_mark, "stop_beyond_mark"},
    {refusal_code::below_min_quantity, "below_min_quantity"},
    {refusal_code::below_min_notional, "below_min_notional"},
    {refusal_code::above_max_quantity, "above_max_quantity"},
    {refusal_code::limit_order_notional, "limit_order_notional"},
    {refusal_code::limit_symbol_notional, "limit_symbol_notional"},
    {refusal_code::limit_account_notional, "limit_account_notional"},
    {refusal_code::limit_open_positions, "limit_open_positions"},
    {refusal_code::limit_symbol_entries_minute, "limit_symbol_entries_minute"},
    {refusal_code::limit_symbol_entries_hour, "limit_symbol_entries_hour"},
    {refusal_code::limit_entries_minute, "limit_entries_minute"},
    {refusal_code::limit_entries_hour, "limit_entries_hour"},
    {refusal_code::limit_margin_unknown, "limit_margin_unknown", passes::by_waiting},
    {refusal_code::limit_margin_use, "limit_margin_use"},
    {refusal_code::limit_daily_loss, "limit_daily_loss"},
    {refusal_code::limit_drawdown, "limit_drawdown"},
    {refusal_code::limit_price_collar, "limit_price_collar"},
    {refusal_code::limit_round_trips, "limit_round_trips"},
    {refusal_code::limit_losses_in_a_row, "limit_losses_in_a_row"},
    {refusal_code::exchange_unreachable, "exchange_unreachable", passes::by_read},
    {refusal_code::exchange_banned, "exchange_banned", passes::by_waiting},
    {refusal_code::plan_withdrawn, "plan_withdrawn"},
    {refusal_code::nothing_to_withdraw, "nothing_to_withdraw"},
    {refusal_code::interrupted, "interrupted"},
}};

consteval bool in_enum_order() {
  for (std::size_t i = 0; i < rows.size(); ++i)
    if (static_cast<std::size_t>(rows[i].code) != i)
      return false;
  return true;
}
static_assert(in_enum_order(), "the table is indexed by the enum");

const row& row_of(refusal_code c) {
  return rows[static_cast<std::size_t>(c)];
}

struct measure_text {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(milliseconds v) const { return fmt::format("{}ms", v.count()); }
  std::string operator()(quantity v) const { return v.str(); }
  std::string operator()(price v) const { return v.str(); }
  std::string operator()(notional v) const { return v.str(); }
  std::string operator()(std::int64_t v) const { return std::to_string(v); }
  std::string operator()(const std::string& v) const { return v; }
};

}  // namespace

std::string_view to_string(refusal_code c) {
  return row_of(c).word;
}

std::optional<refusal_code> parse_refusal_code(std::string_view text) {
  for (const auto& r : rows)
    if (r.word == text)
      return r.code;
  return std::nullopt;
}

bool curable_by_read(refusal_code c) {
  return row_of(c).away == passes::by_read;
}
bool curable_by_waiting(refusal_code c) {
  return row_of(c).away == passes::by_waiting;
}
bool counts_as_done(refusal_code c) {
  return row_of(c).done;
}

bool leaves_position_open(refusal_code c) {
  switch (c) {
    case refusal_code::no_exchange_snapshot:
    case refusal_code::stale_exchange_state:
    case refusal_code::order_in_flight:
    case refusal_code::order_unknown:
      return true;
    default:
      return false;
  }
}

bool is_at_target(std::span<const refusal> refusals) {
  return std::ranges::any_of(refusals, counts_as_done, &refusal::code) &&
         std::ranges::none_of(refusals, leaves_position_open, &refusal::code);
}

std::string to_string(const measure& m) {
  return std::visit(measure_text{}, m);
}

}  // namespace sluice
