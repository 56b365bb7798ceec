// Records as JSON text, written only: what is read back is read from the tables.
#include "sluice/journal/record_json.hpp"

#include <fmt/format.h>

#include "json_structs.hpp"

namespace sluice::journal {
namespace {

void put_position(json_writer& w, const position_key& p) {
  w("symbol", p.instrument);
  w("position_side", p.leg);
}

void put(json_writer& w, const plan_accepted& b) {
  describe(w, b.what);
}

void put(json_writer& w, const plan_judged& b) {
  w("plan_id", b.plan);
  w("symbol", b.instrument);
  w("lane", b.traffic);
  w("times_judged", b.times_judged);
  w("verdict", b.outcome);
}

void put(json_writer& w, const plan_continued& b) {
  put(w, b.what);
  w("after", b.after);
}

void put(json_writer& w, const plan_finished& b) {
  w("plan_id", b.plan);
  w("symbol", b.instrument);
  w("how", b.how);
  w("executed", b.executed);
  w("orders", b.orders);
  w("detail", b.detail);
}

void put(json_writer& w, const order_intended& b) {
  w("client_order_id", b.request.id);
  w("plan_id", b.plan);
  w("symbol", b.request.instrument);
  w("position_side", b.request.leg);
  w("direction", b.request.direction);
  w("amount", b.request.amount);
  w("reduce_only", b.request.reduce_only);
  w("type", b.request.type);
  if (b.request.type == order_type::limit)
    w("limit", b.request.limit);
  w("attempt", b.attempt);
  w("truth_version", b.truth_version);
}

void put(json_writer& w, const order_changed& b) {
  w("client_order_id", b.order);
  w("plan_id", b.plan);
  w("symbol", b.instrument);
  w("state", b.state);
  w("order_id", b.venue_id);
  w("executed", b.executed);
  w("detail", b.detail);
}

void put(json_writer& w, const fill_recorded& b) {
  w("symbol", b.what.instrument);
  w("position_side", b.what.leg);
  w("trade_id", b.what.id);
  w("order_id", b.what.order);
  w("client_order_id", b.what.client_id);
  w("direction", b.what.direction);
  w("amount", b.what.amount);
  w("price", b.what.at);
  w("fee", b.what.fee);
  w("fee_asset", b.what.fee_asset);
  w("realised", b.what.realised);
  w("traded_at", b.what.traded_at);
  w("ours", b.ours);
  w("given_by", b.what.given_by);
  w("plan_id", b.plan);
  w("entry_after", b.entry_after);
}

void put(json_writer& w, const ledger_adjusted& b) {
  put_position(w, b.position);
  w("before", b.before);
  w("after", b.after);
  w("cause", b.cause);
  w("evidence", b.evidence);
  w("entry_after", b.entry_after);
}

void put(json_writer& w, const hold_placed& b) {
  describe(w, b.what);
}

void put(json_writer& w, const hold_released& b) {
  describe(w, b.what);
  w("author", b.author);
  w("reason", b.reason);
}

void put(json_writer& w, const truth_changed& b) {
  put_position(w, b.position);
  w("before", b.before);
  w("after", b.after.content);
  w("as_of_ns", b.after.as_of);
  w("changed_at", b.after.changed_at);
  w("source", b.after.source);
  w("version", b.after.version);
}

void put(json_writer& w, const state_changed& b) {
  w("before", b.before);
  w("after", b.after);
  w("author", b.author);
  w("reason", b.reason);
  w("until", b.until);
}

void put(json_writer& w, const exit_changed& b) {
  put_position(w, b.what.position);
  w("active", b.what.active);
  w("entry", b.what.entry);
  w("initial", b.what.initial);
  w("opened_at", b.what.opened_at);
  w("stop", b.what.stop);
  w("target", b.what.target);
  w("time_limit_ms", b.what.time_limit);
  w("origin", b.what.origin);
}

void put(json_writer& w, const funding_booked& b) {
  w("symbol", b.instrument);
  w("asset", b.asset);
  w("amount", b.amount);
  w("booked_at", b.booked_at);
}

void put(json_writer& w, const universe_kept& b) {
  w("read_at", b.read_at);
  w("content_hash", b.content_hash);
  if (b.content)
    describe(w, *b.content);
}

void put(json_writer& w, const setting_override& o) {
  w("override_id", o.id);
  w("key", o.key);
  w("value", o.value);
  w("author", o.author);
  w("reason", o.reason);
  w("since", o.since);
  w("until", o.until);
  w("fresh_for_ms", o.fresh_for);
}

void put(json_writer& w, const override_set& b) {
  put(w, b.what);
}

void put(json_writer& w, const override_ended& b) {
  put(w, b.what);
  w("ended", b.why);
  w("ended_by", b.author);
  w("ended_because", b.reason);
}

void put(json_writer& w, const close_arming& a) {
  w("arming_id", a.id);
  w("symbol", a.instrument);
  w("author", a.author);
  w("reason", a.reason);
  w("since", a.since);
  w("until", a.until);
}

void put(json_writer& w, const close_armed& b) {
  put(w, b.what);
}

void put(json_writer& w, const close_disarmed& b) {
  put(w, b.what);
  w("ended", b.why);
  w("ended_by", b.author);
  w("ended_because", b.reason);
}

void put(json_writer& w, const stop_changed& b) {
  const auto& s = b.what;
  w("stop_number", s.number);
  w("client_order_id", s.id);
  put_position(w, s.position);
  w("direction", s.direction);
  w("trigger_price", s.trigger);
  w("state", s.state);
  w("algo_id", s.venue_id);
  w("triggered_order_id", s.triggered_order);
  w("intended_at", s.intended_at);
  w("detail", b.detail);
}

void put(json_writer& w, const flatten_order& o) {
  w("flatten_id", o.id);
  w("symbol", o.instrument);
  w("author", o.author);
  w("reason", o.reason);
  w("ordered_at", o.ordered_at);
  w("give_up_at", o.give_up_at);
}

void put(json_writer& w, const flatten_ordered& b) {
  put(w, b.what);
}

void put(json_writer& w, const flatten_ended& b) {
  put(w, b.what);
  w("ended", b.why);
  w("left", b.left);
}

void put(json_writer& w, const notice& b) {
  w("event", b.event);
  w("text", b.text);
}

/// A verdict's instants are relative to the facts it was judged by, all others are as they stand.
json_context context_of(const record_body& b) {
  const auto* judged = judgement_in(b);
  return {.base = judged ? judged->seen.now.steady : instant{}};
}

}  // namespace

std::string body_json(const record_body& b) {
  json_writer writer(context_of(b));
  std::visit([&](const auto& body) { put(writer, body); }, b);
  return boost::json::serialize(writer.take());
}

std::string event_json(std::int64_t seq, std::string_view kind, wall_time at,
                       std::string_view body) {
  return fmt::format(R"({{"seq":{},"kind":"{}","at":"{}",{})", seq, kind, format_rfc3339(at),
                     body.substr(1));
}

std::string to_json(const record& r) {
  return event_json(r.seq, kind_of(r.body), r.at.wall, body_json(r.body));
}

}  // namespace sluice::journal
