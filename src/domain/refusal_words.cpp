// What each refusal means to a person: its cause and its cure, a sentence each.
#include <array>

#include "sluice/domain/refusal.hpp"

namespace sluice {
namespace {

struct words {
  refusal_code code;
  std::string_view cause;
  std::string_view cure;
};

constexpr std::array<words, refusal_code_count> table{{
    {refusal_code::plan_expired, "The plan's deadline has passed.",
     "Send a new plan; give it more time (ttl) if it had to wait for something that passes."},
    {refusal_code::duplicate_plan,
     "Its source wanted the same a moment before, by a plan of another id.",
     "Nothing, if it is one idea. To do it twice, wait for planner.duplicate_window to pass."},
    {refusal_code::source_not_allowed,
     "The plan's source is not on the list of its lane, and unlisted sources are denied.",
     "Add it to gate.exit_sources or gate.entry_sources, or set gate.unlisted_source."},
    {refusal_code::symbol_not_in_universe,
     "The universe does not have the symbol, or has it for exits alone: the configuration "
     "leaves it out, or the symbols were read too long ago. An exit of what is held open "
     "waits for a newer list first.",
     "See /api/v1/universe/SYMBOL for why; change universe.allow, contract_types or "
     "quote_assets, or mend what keeps the symbols from being read."},
    {refusal_code::symbol_not_trading,
     "The venue's status of the symbol is not TRADING; for an exit: it takes no order at all.",
     "Wait until the venue trades it again."},
    {refusal_code::halted, "Trading is halted.",
     "sluice state reduce_only --reason \"...\" lets exits through; then remove the halt file if "
     "there is one. Entries want active, which can be ordered once it is gone."},
    {refusal_code::reduce_only_state, "Only exits are permitted at present.",
     "sluice state active --reason \"...\"."},
    {refusal_code::no_exchange_snapshot, "Nothing is known of the position.",
     "None needed: a read is asked for at once. If it stays, the exchange cannot be read; see "
     "/readyz."},
    {refusal_code::stale_exchange_state,
     "What is known of the position is older than the limit of the plan's lane.",
     "None needed: a read is asked for at once. If it stays, the exchange cannot be read; see "
     "/readyz."},
    {refusal_code::reconcile_hold_active, "A hold stops increases of the position.",
     "See /api/v1/holds for its evidence, rule and the command that releases it; the hold of a "
     "flatten "
     "ends with it, see /api/v1/flatten."},
    {refusal_code::reconcile_required_side_mismatch,
     "Our books and the exchange stand on different sides.",
     "Close the position by a reduce plan, or release the hold that follows, which accepts the "
     "exchange's side."},
    {refusal_code::reconcile_required_qty_mismatch,
     "Our books and the exchange differ by more than the tolerance.",
     "Wait: fills that account for it are looked for. If they are not found, a hold says so."},
    {refusal_code::order_in_flight,
     "An order of ours on the position is not resolved, or no truth newer than it has been read.",
     "None needed: a read is asked for as soon as it can help."},
    {refusal_code::order_unknown, "Nobody can say yet whether an order of ours was carried out.",
     "Wait: the order is looked for at the exchange until its fate is proven."},
    {refusal_code::cooldown_in_flight, "Our last fill on the position is too recent.",
     "Wait until gate.cooldown has passed."},
    {refusal_code::no_position, "There is nothing to reduce: the position is flat.",
     "None needed: the exit that was wanted has happened."},
    {refusal_code::already_at_target, "The position is not above the target.",
     "None needed: the exit that was wanted has happened."},
    {refusal_code::position_changed,
     "A part was to be closed of a position that has grown since, or the position is on the other "
     "side now.",
     "Ask for it again: it is then reckoned from what is held."},
    {refusal_code::would_increase,
     "A position of the plan's side stands already, and adding to it is not allowed.",
     "Wait until it is closed, or set gate.allow_add."},
    {refusal_code::would_flip,
     "The plan stands against the position and is larger: it would turn it around.",
     "Close the position with a reduce plan first."},
    {refusal_code::position_exists,
     "The plan stands against the position and is not larger: it would be a hidden exit.",
     "Send a reduce plan with the quantity that shall be left as its target."},
    {refusal_code::no_mark_price, "There is no mark price of the symbol, or it is too old.",
     "Wait for the mark stream; /readyz says when it is down."},
    {refusal_code::stop_beyond_mark,
     "The plan's stop is already crossed: what is opened would be closed at once.",
     "Put the stop below the mark for a buy and above it for a sell."},
    {refusal_code::below_min_quantity,
     "Floored to the symbol's step, the quantity is below what the venue takes.",
     "Ask for more, or for a target of 0, which closes everything whatever its size."},
    {refusal_code::below_min_notional, "At the mark price the order is worth too little.",
     "Ask for more."},
    {refusal_code::above_max_quantity, "The quantity is above the venue's largest market order.",
     "Ask for less, in several plans."},
    {refusal_code::limit_order_notional, "At the mark price the order is worth more than one may.",
     "Ask for less, or change limits.order_notional_max."},
    {refusal_code::limit_symbol_notional,
     "With this order, positions and entries under way of the symbol would be worth too much.",
     "Reduce what stands, ask for less, or change limits.symbol_notional_max."},
    {refusal_code::limit_account_notional,
     "With this order, all positions and entries under way would be worth too much.",
     "Close something, ask for less, or change limits.account_notional_max; see /api/v1/limits."},
    {refusal_code::limit_open_positions, "As many positions as may be are open or being opened.",
     "Close one, or change limits.open_positions_max."},
    {refusal_code::limit_symbol_entries_minute, "Too many entries on the symbol in a minute.",
     "Wait a minute, or change limits.symbol_entries_per_minute_max."},
    {refusal_code::limit_symbol_entries_hour, "Too many entries on the symbol in an hour.",
     "Wait, or change limits.symbol_entries_per_hour_max."},
    {refusal_code::limit_entries_minute, "Too many entries of the account in a minute.",
     "Wait a minute, or change limits.entries_per_minute_max."},
    {refusal_code::limit_entries_hour, "Too many entries of the account in an hour.",
     "Wait, or change limits.entries_per_hour_max."},
    {refusal_code::limit_margin_unknown,
     "A limit needs the account's margin, and it is not known, was read too long ago, entries of "
     "ours that the reading may not show could pass the limit, or the symbol's margin is not in "
     "USDT, of which alone the exchange tells in single-asset mode.",
     "None needed: it is read every limits.margin_period, and at once after an entry that another "
     "one waits for. If it stays, an order is not resolved or the exchange cannot be read; see "
     "/readyz. For a symbol in another asset than USDT: both limits of the margin off, or "
     "multi-assets mode."},
    {refusal_code::limit_margin_use, "Too much of the account's equity is bound as margin.",
     "Close something, add margin, or change limits.margin_use_percent_max."},
    {refusal_code::limit_daily_loss,
     "What was lost today (UTC), after fees and funding, has reached the limit.",
     "Wait for the next day, or change limits.daily_loss_max; exits go on."},
    {refusal_code::limit_drawdown, "The account's equity is too far below its peak.",
     "Find out why; the peak is that of the last limits.drawdown_days, and a withdrawal counts. "
     "Change limits.drawdown_percent_max to go on."},
    {refusal_code::limit_price_collar,
     "The plan's stop or target is on the wrong side of the mark, or its stop too far from it.",
     "Correct the prices; `limit` is the mark or the farthest price; or change "
     "limits.price_collar_bp."},
    {refusal_code::limit_round_trips,
     "The symbol was opened and closed as often as it may be in one day (UTC).",
     "Wait for the next day, or change limits.round_trips_per_day_max."},
    {refusal_code::limit_losses_in_a_row,
     "Today's last round trips of the symbol have all lost, as many as may.",
     "Wait for the next day (UTC), or change limits.losses_in_a_row_max."},
    {refusal_code::exchange_unreachable,
     "The exchange cannot be asked or told; `observed` names what failed last.",
     "Look at network, exchange status and /readyz; exits wait for it until their deadline."},
    {refusal_code::exchange_banned, "The exchange has banned this address for a while.",
     "Wait: nothing is sent before the ban ends, since that would prolong it."},
    {refusal_code::plan_withdrawn, "A cancel plan withdrew it; `observed` is that plan's id.",
     "Send a new plan if it is wanted after all."},
    {refusal_code::nothing_to_withdraw,
     "A cancel plan found nothing: `observed` has ended, its order is under way, or it never was.",
     "Look what became of it (sluice explain): an order that does not leave after all ends with "
     "its "
     "plan; what was opened is closed by an exit."},
    {refusal_code::interrupted, "The process ended before the plan had a verdict.",
     "Send a new plan if it is still wanted."},
}};

consteval bool in_enum_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (static_cast<std::size_t>(table[i].code) != i || table[i].cause.empty() ||
        table[i].cure.empty())
      return false;
  return true;
}
static_assert(in_enum_order(), "the table is indexed by the enum, and complete");

}  // namespace

std::string_view cause_of(refusal_code c) {
  return table[static_cast<std::size_t>(c)].cause;
}

std::string_view cure_of(refusal_code c) {
  return table[static_cast<std::size_t>(c)].cure;
}

}  // namespace sluice
