// The least that has to be wrong for each refusal code, in the order of the codes.
#include "reason_rows.hpp"

#include <algorithm>

namespace sluice::test {
namespace {

order_in_flight flight(flight_phase phase) {
  return {plan_id{"other"}, phase, start};
}

std::vector<reason_row> common_rows() {
  return {
      {"the deadline has passed", refusal_code::plan_expired, an_open(),
       [](plan& p, facts&) { p.deadline = start; }},
      {"the deadline has passed", refusal_code::plan_expired, a_cancel("c", "o1"),
       [](plan& p, facts&) { p.deadline = start; }},
      {"the source is on no list", refusal_code::source_not_allowed, a_reduce(),
       [](plan&, facts& f) { f.source_allowed = false; }},
      {"nobody lists the symbol", refusal_code::symbol_not_in_universe, an_open(),
       [](plan&, facts& f) { f.instrument.reset(); }},
      {"the configuration leaves the symbol out", refusal_code::symbol_not_in_universe, an_open(),
       [](plan&, facts& f) { f.instrument->offered = false; }},
      {"the venue does not trade it now", refusal_code::symbol_not_trading, an_open(),
       [](plan&, facts& f) { f.instrument->tradable = false; }},
      {"the venue takes no order of it", refusal_code::symbol_not_trading, a_reduce(),
       [](plan&, facts& f) { f.instrument->closed = true; }},
      {"trading is halted", refusal_code::halted, a_reduce(),
       [](plan&, facts& f) { f.state = trading_state::halted; }},
      {"only exits are permitted", refusal_code::reduce_only_state, an_open(),
       [](plan&, facts& f) { f.state = trading_state::reduce_only; }},
      {"truth is unknown", refusal_code::no_exchange_snapshot, an_open(),
       [](plan&, facts& f) { f.position = {}; }},
      {"truth is unknown", refusal_code::no_exchange_snapshot, a_reduce(),
       [](plan&, facts& f) { f.position = {}; }},
      {"truth is older than entries may use", refusal_code::stale_exchange_state, an_open(),
       [](plan&, facts& f) {
         f.limits.stale_after_entry = milliseconds{0};
         f.position.as_of = start - milliseconds{1};
       }},
      {"truth is older than exits may use", refusal_code::stale_exchange_state, a_reduce(),
       [](plan&, facts& f) { f.position.as_of = start - milliseconds{10'001}; }},
      {"a hold stands", refusal_code::reconcile_hold_active, an_open(),
       [](plan&, facts& f) {
         f.held = hold{.id = 1, .position = btc(), .cause = hold_cause::side_flip};
       }},
      {"a hold stands, and `gate.hold_blocks_reduce` is on", refusal_code::reconcile_hold_active,
       a_reduce(),
       [](plan&, facts& f) {
         f.held = hold{.id = 1, .position = btc(), .cause = hold_cause::side_flip};
         f.limits.hold_blocks_reduce = true;
       }},
      {"a permit is out and its order not resolved", refusal_code::order_in_flight, a_reduce(),
       [](plan&, facts& f) { f.in_flight = flight(flight_phase::permitted); }},
      {"an order is done, but no truth shows it yet", refusal_code::order_in_flight, an_open(),
       [](plan&, facts& f) { f.in_flight = flight(flight_phase::unreflected); }},
      {"nobody can say what became of an order", refusal_code::order_unknown, a_reduce(),
       [](plan&, facts& f) { f.in_flight = flight(flight_phase::unknown); }},
      {"our last fill is too recent", refusal_code::cooldown_in_flight, an_open(),
       [](plan&, facts& f) { f.last_fill_at = start - milliseconds{14'999}; }},
      {"nothing can be asked or sent", refusal_code::exchange_unreachable, an_open(),
       [](plan&, facts& f) {
         f.exchange = {false, "reset", std::nullopt};
       }},
      {"the venue has banned us", refusal_code::exchange_banned, a_reduce(),
       [](plan&, facts& f) { f.exchange.banned_until = start + milliseconds{1}; }},
  };
}

std::vector<reason_row> position_rows() {
  return {
      {"the position is flat", refusal_code::no_position, a_reduce(),
       [](plan&, facts& f) { f.position = seen(position_flat{}); }},
      {"the position is at the target", refusal_code::already_at_target, a_reduce("r", "0.5"),
       [](plan&, facts&) {}},
      {"the target lies between two steps, and the step above is held",
       refusal_code::already_at_target, a_reduce("r", "0.4995"), [](plan&, facts&) {}},
      {"a part was reckoned from a smaller position", refusal_code::position_changed,
       a_part("p", "0.2", "0.4"), [](plan&, facts&) {}},
      {"a part was reckoned from the other side", refusal_code::position_changed,
       a_part("p", "0.2", "-0.5"), [](plan&, facts&) {}},
      {"a close was meant for the other side", refusal_code::position_changed, a_close_of("c", -1),
       [](plan&, facts&) {}},
      {"it stands against a smaller position", refusal_code::would_flip, an_open("o", "0.3"),
       [](plan&, facts& f) { f.position = holding("-0.2"); }},
      {"it stands against a position of its own size", refusal_code::position_exists,
       an_open("o", "0.2"), [](plan&, facts& f) { f.position = holding("-0.2"); }},
      {"it stands against a larger position", refusal_code::position_exists, an_open(),
       [](plan&, facts& f) { f.position = holding("-0.2"); }},
      {"the books stand on the other side", refusal_code::reconcile_required_side_mismatch,
       an_open(),
       [](plan&, facts& f) {
         f.position = holding("0.2");
         f.ledger = qty("-0.2");
         f.limits.allow_add = true;
       }},
      {"the books differ", refusal_code::reconcile_required_qty_mismatch, an_open(),
       [](plan&, facts& f) { f.ledger = qty("0.001"); }},
      {"it stands against its own leg", refusal_code::would_flip, an_open(),
       [](plan& p, facts&) { p.leg = position_side::short_; }},
      {"a position of its side stands, and `gate.allow_add` is off", refusal_code::would_increase,
       an_open(), [](plan&, facts& f) { f.position = holding("0.2"); }},
      {"there is no mark price", refusal_code::no_mark_price, an_open(),
       [](plan&, facts& f) { f.mark.reset(); }},
      {"the mark price is too old", refusal_code::no_mark_price, an_open(),
       [](plan&, facts& f) { f.mark_at = start - milliseconds{10'001}; }},
      {"its stop is on the losing side of the mark already", refusal_code::stop_beyond_mark,
       an_open(), [](plan& p, facts& f) { std::get<open_plan>(p.body).stop = f.mark; }},
      {"floored to the step it is below the smallest quantity", refusal_code::below_min_quantity,
       an_open("o", "0.0009"), [](plan&, facts& f) { f.instrument->min_notional = {}; }},
      {"what would be closed is below the smallest quantity", refusal_code::below_min_quantity,
       a_reduce("r", "0.498"), [](plan&, facts& f) { f.instrument->min_quantity = qty("0.003"); }},
      {"it is worth less than the smallest value", refusal_code::below_min_notional,
       an_open("o", "0.0019"), [](plan&, facts&) {}},
      {"it is above the largest quantity", refusal_code::above_max_quantity,
       an_open("o", "100.001"), [](plan&, facts&) {}},
  };
}

/// A plan worth 500 with nothing else in use.
facts& in_use(facts& f) {
  f.exposure = exposure_facts{};
  return f;
}

std::vector<reason_row> value_limit_rows() {
  return {
      {"it is worth more than `limits.order_notional_max`", refusal_code::limit_order_notional,
       an_open(),
       [](plan&, facts& f) { in_use(f).limits.risk.order_notional_max = value_of("499.99"); }},
      {"with it the symbol is worth more than `limits.symbol_notional_max`",
       refusal_code::limit_symbol_notional, an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->symbol_value = value_of("0.01");
         f.limits.risk.symbol_notional_max = value_of("500");
       }},
      {"with it all is worth more than `limits.account_notional_max`",
       refusal_code::limit_account_notional, an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->account_value = value_of("1500.01");
         f.limits.risk.account_notional_max = value_of("2000");
       }},
      {"`limits.open_positions_max` are open or being opened", refusal_code::limit_open_positions,
       an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->positions = 3;
         f.limits.risk.open_positions_max = 3;
       }},
      {"its stop is farther from the mark than `limits.price_collar_bp`",
       refusal_code::limit_price_collar, an_open(),
       [](plan& p, facts& f) {
         std::get<open_plan>(p.body).stop = px("44999.99");
         in_use(f).limits.risk.price_collar_bp = 1'000;
       }},
      {"its target would lose", refusal_code::limit_price_collar, an_open(),
       [](plan& p, facts& f) {
         std::get<open_plan>(p.body).target = px("49999.99");
         in_use(f).limits.risk.price_collar_bp = 1'000;
       }},
  };
}

std::vector<reason_row> rate_limit_rows() {
  return {
      {"`limits.symbol_entries_per_minute_max` were sent",
       refusal_code::limit_symbol_entries_minute, an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->symbol_entries_minute = 2;
         f.limits.risk.symbol_entries_per_minute_max = 2;
       }},
      {"`limits.symbol_entries_per_hour_max` were sent", refusal_code::limit_symbol_entries_hour,
       an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->symbol_entries_hour = 3;
         f.limits.risk.symbol_entries_per_hour_max = 3;
       }},
      {"`limits.entries_per_minute_max` were sent", refusal_code::limit_entries_minute, an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->entries_minute = 10;
         f.limits.risk.entries_per_minute_max = 10;
       }},
      {"`limits.entries_per_hour_max` were sent", refusal_code::limit_entries_hour, an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->entries_hour = 60;
         f.limits.risk.entries_per_hour_max = 60;
       }},
      {"the symbol had `limits.round_trips_per_day_max` round trips today",
       refusal_code::limit_round_trips, an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->symbol_round_trips = 4;
         f.limits.risk.round_trips_per_day_max = 4;
       }},
      {"the symbol's last `limits.losses_in_a_row_max` round trips of today lost",
       refusal_code::limit_losses_in_a_row, an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->symbol_losses_in_a_row = 3;
         f.limits.risk.losses_in_a_row_max = 3;
       }},
  };
}

std::vector<reason_row> money_limit_rows() {
  return {
      {"a limit needs the margin, and it was not read", refusal_code::limit_margin_unknown,
       an_open(), [](plan&, facts& f) { in_use(f).limits.risk.margin_use_percent_max = 80; }},
      {"the margin read is of USDT alone, and the symbol's is not",
       refusal_code::limit_margin_unknown, an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->margin =
             margin_facts{value_of("100"), {}, value_of("100"), start, true};
         f.limits.risk.drawdown_percent_max = 20;
         f.instrument->in_usdt = false;
       }},
      {"the margin was read too long ago", refusal_code::limit_margin_unknown, an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->margin =
             margin_facts{value_of("100"), {}, value_of("100"), start - milliseconds{60'001}};
         f.limits.risk.drawdown_percent_max = 20;
       }},
      {"`limits.margin_use_percent_max` of the equity is bound", refusal_code::limit_margin_use,
       an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->margin =
             margin_facts{value_of("100"), value_of("80"), value_of("100"), start};
         f.limits.risk.margin_use_percent_max = 80;
       }},
      {"`limits.daily_loss_max` was lost today", refusal_code::limit_daily_loss, an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->day_result = value_of("-100");
         f.limits.risk.daily_loss_max = value_of("100");
       }},
      {"the equity is `limits.drawdown_percent_max` below its peak", refusal_code::limit_drawdown,
       an_open(),
       [](plan&, facts& f) {
         in_use(f).exposure->margin = margin_facts{value_of("80"), {}, value_of("100"), start};
         f.limits.risk.drawdown_percent_max = 20;
       }},
  };
}

}  // namespace

facts facts_that_pass(const plan& p) {
  return std::holds_alternative<open_plan>(p.body) ? facts_for_open() : facts_for_reduce();
}

std::vector<reason_row> reason_rows() {
  auto all = common_rows();
  for (const auto more : {&position_rows, &value_limit_rows, &rate_limit_rows, &money_limit_rows})
    for (auto& r : more())
      all.push_back(std::move(r));
  std::ranges::stable_sort(all, {}, &reason_row::code);
  return all;
}

}  // namespace sluice::test
