// An event row for each change of a stop, and one row with its present state.
#include "stop_rows.hpp"

#include "collect.hpp"

namespace sluice::journal {
namespace {

/// Enough to recognise what was traded while nobody listened.
constexpr std::int64_t triggered_orders_max = 1'000;

result<protective_stop> read_stop(const row& r) {
  protective_stop s;
  if (auto read =
          read_row(r, "protective_stop", s.number, s.id, s.position.instrument, s.position.leg,
                   s.direction, s.trigger, s.state, s.venue_id, s.triggered_order, s.intended_at);
      !read)
    return read.error();
  return s;
}

result<own_order> read_triggered(const row& r) {
  own_order o;
  if (auto read = read_row(r, "protective_stop", o.instrument, o.venue_id, o.client_id); !read)
    return read.error();
  return o;
}

}  // namespace

result<void> write(database& db, const row_head& h, const stop_changed& b) {
  const auto& s = b.what;
  auto written = db.run(
      "INSERT INTO stop_event (seq, stop_number, client_order_id, symbol, state, detail) "
      "VALUES (?, ?, ?, ?, ?, ?)",
      {h.seq, s.number, s.id, s.position.instrument, s.state, b.detail});
  if (!written)
    return written;
  return db.run(
      "INSERT INTO protective_stop (stop_number, client_order_id, symbol, position_side, "
      "direction, trigger_price, state, algo_id, triggered_order_id, intended_ms, changed_ms, "
      "intended_seq) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT "
      "(stop_number) "
      "DO UPDATE SET state = ?7, algo_id = ?8, triggered_order_id = ?9, changed_ms = ?11",
      {s.number, s.id, s.position.instrument, s.position.leg, s.direction, s.trigger, s.state,
       s.venue_id, s.triggered_order, s.intended_at, h.at, h.seq});
}

result<void> recover_stops(database& db, recovered& out) {
  auto read = collect(
      db,
      "SELECT stop_number, client_order_id, symbol, position_side, direction, trigger_price, "
      "state, algo_id, triggered_order_id, intended_ms FROM protective_stop "
      "WHERE state NOT IN ('finished', 'cancelled', 'rejected', 'expired') ORDER BY stop_number",
      {}, out.stops, read_stop);
  if (read)
    read = collect(db,
                   "SELECT symbol, triggered_order_id, client_order_id FROM protective_stop "
                   "WHERE triggered_order_id <> 0 ORDER BY stop_number DESC LIMIT ?",
                   {triggered_orders_max}, out.own_orders, read_triggered);
  if (!read)
    return read;
  const auto last = db.number("SELECT max(stop_number) FROM protective_stop");
  if (!last)
    return last.error();
  out.last_stop_number = *last;
  return {};
}

}  // namespace sluice::journal
