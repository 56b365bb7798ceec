// Which rows each kind of record becomes.
#include "row_writer.hpp"

#include "book_rows.hpp"
#include "chain.hpp"
#include "exit_rows.hpp"
#include "flatten_rows.hpp"
#include "operator_rows.hpp"
#include "sluice/journal/facts_json.hpp"
#include "sluice/journal/record_json.hpp"
#include "stop_rows.hpp"

namespace sluice::journal {
namespace {

result<void> write(database& db, const row_head& h, const plan_accepted& b) {
  const auto& p = b.what;
  return db.run(
      "INSERT INTO plan (seq, plan_id, source, symbol, position_side, kind, content_hash, "
      "received_ms, deadline_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {h.seq, p.id, p.source, p.instrument, p.leg, kind_of(p), content_hash(p), p.received.wall,
       p.deadline_wall});
}

result<void> write_judgement(database& db, const row_head& h, const plan_judged& b,
                             bool continued) {
  return db.run(
      "INSERT INTO verdict (seq, plan_id, symbol, lane, kind, reason, times_judged, facts, "
      "continued) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {h.seq, b.plan, b.instrument, b.traffic, b.outcome.kind, b.outcome.reason(), b.times_judged,
       h.facts, continued});
}

result<void> write(database& db, const row_head& h, const plan_judged& b) {
  auto written = write_judgement(db, h, b, false);
  if (!written)
    return written;
  return db.run(
      "UPDATE plan SET verdict_seq = ?, verdict = ?, reason = ?, judged_ms = ? "
      "WHERE plan_id = ? AND verdict_seq IS NULL",
      {h.seq, b.outcome.kind, b.outcome.reason(), h.at, b.plan});
}

result<void> write(database& db, const row_head& h, const plan_continued& b) {
  return write_judgement(db, h, b.what, true);
}

result<void> write(database& db, const row_head& h, const plan_finished& b) {
  return db.run(
      "UPDATE plan SET finished_seq = ?, ended = ?, executed = ? "
      "WHERE plan_id = ? AND finished_seq IS NULL",
      {h.seq, b.how, b.executed, b.plan});
}

result<void> write(database& db, const row_head& h, const order_intended& b) {
  const auto& q = b.request;
  auto written = db.run(
      "INSERT INTO order_event (seq, client_order_id, plan_id, symbol, state, order_id, executed, "
      "detail) VALUES (?, ?, ?, ?, 'intended', 0, '0', '')",
      {h.seq, q.id, b.plan, q.instrument});
  if (!written)
    return written;
  return db.run(
      "INSERT INTO orders (client_order_id, plan_id, symbol, position_side, direction, amount, "
      "reduce_only, attempt, truth_version, state, order_id, executed, detail, intended_seq, "
      "intended_ms, changed_ms, type, limit_price) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 'intended', 0, '0', '', ?10, ?11, ?11, ?12, "
      "?13) "
      "ON CONFLICT (client_order_id) DO UPDATE SET plan_id = ?2, symbol = ?3, "
      "position_side = ?4, direction = ?5, amount = ?6, reduce_only = ?7, attempt = ?8, "
      "truth_version = ?9, state = 'intended', order_id = 0, executed = '0', detail = '', "
      "intended_seq = ?10, intended_ms = ?11, changed_ms = ?11, type = ?12, limit_price = ?13",
      {q.id, b.plan, q.instrument, q.leg, q.direction, q.amount, q.reduce_only, b.attempt,
       b.truth_version, h.seq, h.at, q.type, q.limit});
}

result<void> write(database& db, const row_head& h, const order_changed& b) {
  auto written = db.run(
      "INSERT INTO order_event (seq, client_order_id, plan_id, symbol, state, order_id, executed, "
      "detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      {h.seq, b.order, b.plan, b.instrument, b.state, b.venue_id, b.executed, b.detail});
  if (!written)
    return written;
  return db.run(
      "UPDATE orders SET state = ?, order_id = ?, executed = ?, detail = ?, changed_ms = ? "
      "WHERE client_order_id = ?",
      {b.state, b.venue_id, b.executed, b.detail, h.at, b.order});
}

result<void> write(database& db, const row_head& h, const truth_changed& b) {
  return db.run(
      "INSERT INTO truth_change (seq, symbol, position_side, kind_before, amount_before, "
      "kind_after, "
      "amount_after, source, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {h.seq, b.position.instrument, b.position.leg, kind_of(b.before), amount_of(b.before),
       kind_of(b.after.content), amount_of(b.after.content), b.after.source, b.after.version});
}

result<void> write(database& db, const row_head& h, const funding_booked& b) {
  return db.run(
      "INSERT INTO funding (seq, symbol, asset, amount, booked_ms) VALUES (?, ?, ?, ?, ?)",
      {h.seq, b.instrument, b.asset, b.amount, b.booked_at});
}

result<void> write(database& db, const row_head& h, const equity_peaked& b) {
  auto written =
      db.run("INSERT OR REPLACE INTO equity_peak (day, peak, changed_seq) VALUES (?, ?, ?)",
             {b.day, b.peak, h.seq});
  if (!written)
    return written;
  return db.run("DELETE FROM equity_peak WHERE day <= ? - 31", {b.day});
}

result<void> write(database& db, const row_head& h, const universe_kept& b) {
  return db.run(
      "INSERT INTO universe (seq, read_ms, content_hash, has_content) VALUES (?, ?, ?, ?)",
      {h.seq, b.read_at, b.content_hash, b.content != nullptr});
}

result<void> write(database& db, const row_head& h, const notice& b) {
  return db.run("INSERT INTO notice (seq, event, text) VALUES (?, ?, ?)", {h.seq, b.event, b.text});
}

}  // namespace

result<bool> is_duplicate(database& db, const record_body& b) {
  result<std::int64_t> found = 0;
  if (const auto* accepted = std::get_if<plan_accepted>(&b))
    found = db.number(
        "SELECT seq FROM plan WHERE plan_id = ?1 "
        "UNION ALL SELECT seq FROM remembered_plan WHERE plan_id = ?1",
        {accepted->what.id});
  if (const auto* filled = std::get_if<fill_recorded>(&b))
    found = db.number(
        "SELECT 1 FROM fill WHERE symbol = ?1 AND trade_id = ?2 UNION ALL "
        "SELECT 1 FROM remembered_trade WHERE symbol = ?1 AND trade_id = ?2",
        {filled->what.instrument, filled->what.id});
  // Only what was proven never to have reached the venue, or never left, may be intended anew.
  if (const auto* intended = std::get_if<order_intended>(&b))
    found = db.number(
        "SELECT 1 FROM orders WHERE client_order_id = ?1 "
        "AND NOT (state = 'rejected' AND order_id = 0) UNION ALL "
        "SELECT 1 FROM plan WHERE plan_id = ?2 "
        "AND (finished_seq IS NOT NULL OR verdict <> 'allow') UNION ALL "
        "SELECT 1 FROM remembered_plan WHERE plan_id = ?2",
        {intended->request.id, intended->plan});
  if (!found)
    return found.error();
  return *found > 0;
}

result<std::uint64_t> write_record(database& db, const record& r, std::uint64_t chain_before) {
  const auto body = body_json(r.body);
  const auto* judged = judgement_in(r.body);
  const auto seen = judged ? to_json(judged->seen) : std::string();
  const auto steady_ns = std::int64_t{r.at.steady.time_since_epoch().count()};
  const auto chain = chain_value(chain_before, {.seq = r.seq,
                                                .kind = kind_of(r.body),
                                                .wall_ms = r.at.wall.ms,
                                                .steady_ns = steady_ns,
                                                .body = body,
                                                .facts = seen,
                                                .caused_by = r.caused_by});
  auto written = db.run(
      "INSERT INTO record (seq, kind, wall_ms, steady_ns, body, chain, caused_by) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      {r.seq, kind_of(r.body), r.at.wall, steady_ns, body, chain, r.caused_by});
  if (!written)
    return written.error();
  const row_head h{.seq = r.seq, .at = r.at.wall, .facts = seen};
  written = std::visit([&](const auto& b) { return write(db, h, b); }, r.body);
  if (!written)
    return written.error();
  return chain;
}

}  // namespace sluice::journal
