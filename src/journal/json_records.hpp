// The fields of records' bodies, named once for both directions. Bodies that hold no state are
// written only; see record_json.cpp.
#pragma once

#include "json_structs.hpp"

namespace sluice::journal {

void describe(auto& d, is<plan_accepted> auto& b) {
  describe(d, b.what);
}

/// Without the facts, which have a column of their own.
void describe(auto& d, is<plan_judged> auto& b) {
  d("plan_id", b.plan);
  d("symbol", b.instrument);
  d("lane", b.traffic);
  d("times_judged", b.times_judged);
  d("verdict", b.outcome);
}

void describe(auto& d, is<plan_continued> auto& b) {
  describe(d, b.what);
  d("after", b.after);
}

void describe(auto& d, is<plan_finished> auto& b) {
  d("plan_id", b.plan);
  d("symbol", b.instrument);
  d("how", b.how);
  d("executed", b.executed);
  d("orders", b.orders);
  d("detail", b.detail);
}

void describe(auto& d, is<order_intended> auto& b) {
  d("client_order_id", b.request.id);
  d("plan_id", b.plan);
  d("symbol", b.request.instrument);
  d("position_side", b.request.leg);
  d("direction", b.request.direction);
  d("amount", b.request.amount);
  d("reduce_only", b.request.reduce_only);
  d.since_later("type", b.request.type);
  d.since_later("limit", b.request.limit);
  d("attempt", b.attempt);
  d("truth_version", b.truth_version);
  d.since_later("position_before", b.held);
  d.since_later("position_changed_at", b.held_since);
}

void describe(auto& d, is<order_changed> auto& b) {
  d("client_order_id", b.order);
  d("plan_id", b.plan);
  d("symbol", b.instrument);
  d("state", b.state);
  d("order_id", b.venue_id);
  d("executed", b.executed);
  d("detail", b.detail);
}

void describe(auto& d, is<fill_recorded> auto& b) {
  d("symbol", b.what.instrument);
  d("position_side", b.what.leg);
  d("trade_id", b.what.id);
  d("order_id", b.what.order);
  d("client_order_id", b.what.client_id);
  d("direction", b.what.direction);
  d("amount", b.what.amount);
  d("price", b.what.at);
  d("fee", b.what.fee);
  d("fee_asset", b.what.fee_asset);
  d("realised", b.what.realised);
  d("traded_at", b.what.traded_at);
  d("ours", b.ours);
  d("given_by", b.what.given_by);
  d("plan_id", b.plan);
  d("entry_after", b.entry_after);
}

void describe(auto& d, is<ledger_adjusted> auto& b) {
  d("symbol", b.position.instrument);
  d("position_side", b.position.leg);
  d("before", b.before);
  d("after", b.after);
  d("cause", b.cause);
  d("evidence", b.evidence);
  d("entry_after", b.entry_after);
}

void describe(auto& d, is<hold_placed> auto& b) {
  describe(d, b.what);
}

void describe(auto& d, is<hold_released> auto& b) {
  describe(d, b.what);
  d("author", b.author);
  d("reason", b.reason);
}

void describe(auto& d, is<state_changed> auto& b) {
  d("before", b.before);
  d("after", b.after);
  d("author", b.author);
  d("reason", b.reason);
  d("until", b.until);
}

void describe(auto& d, is<regime_state> auto& r) {
  d("samples", r.samples);
  d("last", r.last);
  d("last_at", r.last_at);
  d("fast", r.fast);
  d("slow", r.slow);
  d("drift", r.drift);
  d("path", r.path);
}

void describe(auto& d, is<exit_changed> auto& b) {
  d("symbol", b.what.position.instrument);
  d("position_side", b.what.position.leg);
  d("active", b.what.active);
  d("entry", b.what.entry);
  d("initial", b.what.initial);
  d("opened_at", b.what.opened_at);
  d("stop", b.what.stop);
  d("target", b.what.target);
  d("time_limit_ms", b.what.time_limit);
  d("origin", b.what.origin);
  d.since_later("source", b.what.source);
  d.since_later("risk", b.what.risk);
  d.since_later("peak", b.what.peak);
  d.since_later("stop_by", b.what.stop_by);
  d.since_later("tranches", b.what.tranches);
  d.since_later("cost", b.what.cost);
  d.since_later("opposed_at", b.what.opposed_at);
  d.since_later("regime", b.what.regime);
}

void describe(auto& d, is<funding_booked> auto& b) {
  d("symbol", b.instrument);
  d("asset", b.asset);
  d("amount", b.amount);
  d("booked_at", b.booked_at);
}

void describe(auto& d, is<equity_peaked> auto& b) {
  d("day", b.day);
  d("peak", b.peak);
}

void describe(auto& d, is<setting_override> auto& o) {
  d("override_id", o.id);
  d("key", o.key);
  d("value", o.value);
  d("author", o.author);
  d("reason", o.reason);
  d("since", o.since);
  d("until", o.until);
  d("fresh_for_ms", o.fresh_for);
}

void describe(auto& d, is<override_set> auto& b) {
  describe(d, b.what);
}

void describe(auto& d, is<override_ended> auto& b) {
  describe(d, b.what);
  d("ended", b.why);
  d("ended_by", b.author);
  d("ended_because", b.reason);
}

void describe(auto& d, is<setting_change> auto& c) {
  d("key", c.key);
  d("before", c.before);
  d("after", c.after);
}

void describe(auto& d, is<settings_changed> auto& b) {
  d("author", b.author);
  d("reason", b.reason);
  d("file", b.file);
  d("applied", b.applied);
  d("restart_needed", b.restart_needed);
}

void describe(auto& d, is<close_arming> auto& a) {
  d("arming_id", a.id);
  d("symbol", a.instrument);
  d("author", a.author);
  d("reason", a.reason);
  d("since", a.since);
  d("until", a.until);
}

void describe(auto& d, is<close_armed> auto& b) {
  describe(d, b.what);
}

void describe(auto& d, is<close_disarmed> auto& b) {
  describe(d, b.what);
  d("ended", b.why);
  d("ended_by", b.author);
  d("ended_because", b.reason);
}

void describe(auto& d, is<stop_changed> auto& b) {
  auto& s = b.what;
  d("stop_number", s.number);
  d("client_order_id", s.id);
  d("symbol", s.position.instrument);
  d("position_side", s.position.leg);
  d("direction", s.direction);
  d("trigger_price", s.trigger);
  d("state", s.state);
  d("algo_id", s.venue_id);
  d("triggered_order_id", s.triggered_order);
  d("intended_at", s.intended_at);
  d("detail", b.detail);
}

void describe(auto& d, is<flatten_order> auto& o) {
  d("flatten_id", o.id);
  d("symbol", o.instrument);
  d("author", o.author);
  d("reason", o.reason);
  d("ordered_at", o.ordered_at);
  d("give_up_at", o.give_up_at);
}

void describe(auto& d, is<flatten_ordered> auto& b) {
  describe(d, b.what);
}

void describe(auto& d, is<flatten_ended> auto& b) {
  describe(d, b.what);
  d("ended", b.why);
  d("left", b.left);
}

}  // namespace sluice::journal
