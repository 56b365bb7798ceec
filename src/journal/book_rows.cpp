// Fills and adjustments folded into the lines of the ledger, and holds as they stand.
#include "book_rows.hpp"

#include "sluice/journal/recovered.hpp"

namespace sluice::journal {
namespace {

/// Adds to a stored decimal; a row that is not there counts as zero.
template <class Amount>
result<Amount> stored(database& db, std::string_view sql, std::initializer_list<sql_value> key) {
  Amount amount{};
  auto read = db.each(sql, key, [&](const row& r) { return read_row(r, "ledger", amount); });
  if (!read)
    return read.error();
  return amount;
}

result<void> add_fee(database& db, const fill& f) {
  if (f.fee.is_zero())
    return {};
  const auto paid = stored<notional>(
      db, "SELECT amount FROM ledger_fee WHERE symbol = ? AND position_side = ? AND asset = ?",
      {f.instrument, f.leg, f.fee_asset});
  if (!paid)
    return paid.error();
  return db.run(
      "INSERT OR REPLACE INTO ledger_fee (symbol, position_side, asset, amount) "
      "VALUES (?, ?, ?, ?)",
      {f.instrument, f.leg, f.fee_asset, *paid + f.fee});
}

result<void> add_to_line(database& db, const row_head& h, const fill_recorded& b) {
  const auto& f = b.what;
  const auto amount =
      stored<quantity>(db, "SELECT amount FROM ledger_line WHERE symbol = ? AND position_side = ?",
                       {f.instrument, f.leg});
  if (!amount)
    return amount.error();
  const auto realised = stored<notional>(
      db, "SELECT realised FROM ledger_line WHERE symbol = ? AND position_side = ?",
      {f.instrument, f.leg});
  if (!realised)
    return realised.error();
  auto written = db.run(
      "INSERT INTO ledger_line (symbol, position_side, amount, entry, realised, fills, traded_ms, "
      "changed_seq) VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7) "
      "ON CONFLICT (symbol, position_side) DO UPDATE SET amount = ?3, entry = ?4, realised = ?5, "
      "fills = fills + 1, traded_ms = max(traded_ms, ?6), changed_seq = ?7",
      {f.instrument, f.leg, *amount + signed_amount(f), b.entry_after, *realised + f.realised,
       f.traded_at, h.seq});
  if (!written)
    return written;
  return add_fee(db, f);
}

}  // namespace

result<void> write(database& db, const row_head& h, const fill_recorded& b) {
  const auto& f = b.what;
  auto written = db.run(
      "INSERT INTO fill (seq, symbol, trade_id, position_side, order_id, client_order_id, "
      "direction, amount, price, fee, fee_asset, realised, traded_ms, ours, plan_id) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {h.seq, f.instrument, f.id, f.leg, f.order, f.client_id, f.direction, f.amount, f.at, f.fee,
       f.fee_asset, f.realised, f.traded_at, b.ours, b.plan});
  if (!written || !b.ours)
    return written;
  return add_to_line(db, h, b);
}

result<void> write(database& db, const row_head& h, const ledger_adjusted& b) {
  auto written = db.run(
      "INSERT INTO ledger_adjustment (seq, symbol, position_side, amount_before, amount_after, "
      "cause, evidence) VALUES (?, ?, ?, ?, ?, ?, ?)",
      {h.seq, b.position.instrument, b.position.leg, b.before, b.after, b.cause, b.evidence});
  if (!written)
    return written;
  return db.run(
      "INSERT INTO ledger_line (symbol, position_side, amount, entry, changed_seq) "
      "VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT (symbol, position_side) "
      "DO UPDATE SET amount = ?3, entry = ?4, changed_seq = ?5",
      {b.position.instrument, b.position.leg, b.after, b.entry_after, h.seq});
}

result<void> write(database& db, const row_head& h, const hold_placed& b) {
  const auto& w = b.what;
  auto written = db.run(
      "INSERT INTO hold_event (seq, hold_id, event, symbol, position_side, cause, evidence) "
      "VALUES (?, ?, 'placed', ?, ?, ?, ?)",
      {h.seq, w.id, w.position.instrument, w.position.leg, w.cause, w.evidence});
  if (!written)
    return written;
  return db.run(
      "INSERT INTO hold (hold_id, symbol, position_side, cause, ledger_amount, truth_amount, "
      "evidence, since_ms, placed_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
      "ON CONFLICT (hold_id, symbol, position_side) DO UPDATE SET cause = ?4, ledger_amount = ?5, "
      "truth_amount = ?6, evidence = ?7, since_ms = ?8, placed_seq = ?9",
      {w.id, w.position.instrument, w.position.leg, w.cause, w.ledger_amount, w.truth_amount,
       w.evidence, w.since, h.seq});
}

result<void> write(database& db, const row_head& h, const hold_released& b) {
  const auto& w = b.what;
  auto written = db.run(
      "INSERT INTO hold_event (seq, hold_id, event, symbol, position_side, cause, evidence, "
      "author, "
      "reason) VALUES (?, ?, 'released', ?, ?, ?, ?, ?, ?)",
      {h.seq, w.id, w.position.instrument, w.position.leg, w.cause, w.evidence, b.author,
       b.reason});
  if (!written)
    return written;
  return db.run("DELETE FROM hold WHERE hold_id = ? AND symbol = ? AND position_side = ?",
                {w.id, w.position.instrument, w.position.leg});
}

}  // namespace sluice::journal
