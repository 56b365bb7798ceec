// The fields of plans, facts, verdicts and what they are made of, named once for both directions.
#pragma once

#include "json_unions.hpp"
#include "sluice/domain/record.hpp"

namespace sluice::journal {

void describe(auto& d, is<plan> auto& p) {
  d("plan_id", p.id);
  d("source", p.source);
  d("symbol", p.instrument);
  d("position_side", p.leg);
  d("body", p.body);
  d("created_at", p.created_at);
  d("received_at", p.received.wall);
  d("deadline", p.deadline_wall);
  d.base("received_ns", p.received.steady);
  d("deadline_ns", p.deadline);
}

void describe(auto& d, is<truth_view> auto& t) {
  d("truth", t.content);
  d("as_of_ns", t.as_of);
  d("changed_at", t.changed_at);
  d("source", t.source);
  d("version", t.version);
}

/// What did not trade used to be closed for exits, too.
void closed_since(auto& d, auto& instrument) {
  if constexpr (requires { instrument.closed = true; })
    instrument.closed = !instrument.tradable;
  d.since_later("closed", instrument.closed);
}

void describe(auto& d, is<instrument_facts> auto& i) {
  d("tradable", i.tradable);
  d.since_later("offered", i.offered);
  d("step", i.step);
  d("min_quantity", i.min_quantity);
  d("max_quantity", i.max_quantity);
  d("min_notional", i.min_notional);
  closed_since(d, i);
  d.since_later("in_usdt", i.in_usdt);
}

void describe(auto& d, is<order_in_flight> auto& o) {
  d("plan_id", o.plan);
  d("phase", o.phase);
  d("since_ns", o.since);
}

void describe(auto& d, is<hold> auto& h) {
  d("hold_id", h.id);
  d("symbol", h.position.instrument);
  d("position_side", h.position.leg);
  d("cause", h.cause);
  d.since_later("ledger_amount", h.ledger_amount);
  d.since_later("truth_amount", h.truth_amount);
  d("evidence", h.evidence);
  d("since", h.since);
}

void describe(auto& d, is<reach> auto& r) {
  d("reachable", r.reachable);
  d("why", r.why);
  d("banned_until_ns", r.banned_until);
}

void describe(auto& d, is<risk_limits> auto& l) {
  d("open_positions_max", l.open_positions_max);
  d("order_notional_max", l.order_notional_max);
  d("symbol_notional_max", l.symbol_notional_max);
  d("account_notional_max", l.account_notional_max);
  d("symbol_entries_per_minute_max", l.symbol_entries_per_minute_max);
  d("symbol_entries_per_hour_max", l.symbol_entries_per_hour_max);
  d("entries_per_minute_max", l.entries_per_minute_max);
  d("entries_per_hour_max", l.entries_per_hour_max);
  d("margin_use_percent_max", l.margin_use_percent_max);
  d("margin_stale_after_ms", l.margin_stale_after);
  d("daily_loss_max", l.daily_loss_max);
  d("drawdown_percent_max", l.drawdown_percent_max);
  d("drawdown_days", l.drawdown_days);
  d("price_collar_bp", l.price_collar_bp);
  d("round_trips_per_day_max", l.round_trips_per_day_max);
  d("losses_in_a_row_max", l.losses_in_a_row_max);
}

void describe(auto& d, is<margin_facts> auto& m) {
  d("equity", m.equity);
  d("initial", m.initial);
  d("peak", m.peak);
  d("as_of_ns", m.as_of);
  d.since_later("of_usdt_alone", m.of_usdt_alone);
}

void describe(auto& d, is<exposure_facts> auto& e) {
  d("positions", e.positions);
  d("holds_own", e.holds_own);
  d("symbol_value", e.symbol_value);
  d("account_value", e.account_value);
  d("symbol_entries_minute", e.symbol_entries_minute);
  d("symbol_entries_hour", e.symbol_entries_hour);
  d("entries_minute", e.entries_minute);
  d("entries_hour", e.entries_hour);
  d("day_result", e.day_result);
  d("symbol_round_trips", e.symbol_round_trips);
  d("symbol_losses_in_a_row", e.symbol_losses_in_a_row);
  d("margin", e.margin);
}

void describe(auto& d, is<gate_limits> auto& l) {
  d("stale_after_exit_ms", l.stale_after_exit);
  d("stale_after_entry_ms", l.stale_after_entry);
  d("cooldown_ms", l.cooldown);
  d("mark_stale_after_ms", l.mark_stale_after);
  d("allow_add", l.allow_add);
  d("hold_blocks_reduce", l.hold_blocks_reduce);
  d.since_later("drift_tolerance_percent", l.drift_tolerance_percent);
  d.unless_empty("risk", l.risk);
}

void describe(auto& d, is<facts> auto& f) {
  d("now", f.now.wall);
  d.base("now_ns", f.now.steady);
  d("mode", f.mode);
  d("trading_state", f.state);
  d("position", f.position);
  d.unless_empty("missing_in_ns", f.missing_in);
  d.since_later("ledger", f.ledger);
  d("instrument", f.instrument);
  d("mark", f.mark);
  d("mark_at_ns", f.mark_at);
  d("in_flight", f.in_flight);
  d("hold", f.held);
  d("last_fill_at_ns", f.last_fill_at);
  d("source_allowed", f.source_allowed);
  d("exchange", f.exchange);
  d("limits", f.limits);
  d.unless_empty("exposure", f.exposure);
  d.since_later("overrides", f.overrides);
}

void describe(auto& d, is<lot_rules> auto& l) {
  d("min", l.min);
  d("max", l.max);
  d("step", l.step);
}

void describe(auto& d, is<instrument_rules> auto& r) {
  d("symbol", r.instrument);
  d("tradable", r.tradable);
  closed_since(d, r);
  d("status", r.status);
  d("contract_type", r.contract_type);
  d("quote_asset", r.quote_asset);
  d("tick", r.tick);
  d("min_price", r.min_price);
  d("max_price", r.max_price);
  d("lot", r.lot);
  d("market_lot", r.market_lot);
  d("min_notional", r.min_notional);
}

void describe(auto& d, is<venue_limit> auto& l) {
  d("type", l.type);
  d("window_ms", l.window);
  d("limit", l.limit);
}

/// Its source and the instant it was read at belong to the process that read it.
void describe(auto& d, is<universe> auto& u) {
  d("limits", u.limits);
  d("instruments", u.instruments);
}

void describe(auto& d, is<refusal> auto& r) {
  d("code", r.code);
  d("observed", r.observed);
  d("limit", r.limit);
}

void describe(auto& d, is<order_terms> auto& t) {
  d("direction", t.direction);
  d("amount", t.amount);
  d("reduce_only", t.reduce_only);
  d("truth_version", t.truth_version);
  d("expires_ns", t.expires);
}

void describe(auto& d, is<verdict> auto& v) {
  d("kind", v.kind);
  d("refusals", v.refusals);
  d("terms", v.terms);
}

}  // namespace sluice::journal
