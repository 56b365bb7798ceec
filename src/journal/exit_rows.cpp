// A row for each position that the exit engine has watched, replaced whenever its state changes.
#include "exit_rows.hpp"

#include "collect.hpp"
#include "sluice/journal/facts_json.hpp"

namespace sluice::journal {
namespace {

result<exit_state> read_exit(const row& r) {
  exit_state e;
  auto& g = e.regime;
  if (auto read =
          read_row(r, "exit_state", e.position.instrument, e.position.leg, e.active, e.entry,
                   e.initial, e.opened_at, e.stop, e.target, e.time_limit, e.origin, e.source,
                   e.risk, e.peak, e.stop_by, e.tranches, e.cost, e.opposed_at, g.samples, g.last,
                   g.last_at, g.fast, g.slow, g.drift, g.path);
      !read)
    return read.error();
  return e;
}

}  // namespace

result<void> write(database& db, const row_head& h, const exit_changed& b) {
  const auto& e = b.what;
  const auto& g = e.regime;
  return db.run(
      "INSERT OR REPLACE INTO exit_state (symbol, position_side, active, entry, initial, "
      "opened_ms, stop, target, time_limit_ms, origin, changed_seq, source, risk, peak, stop_by, "
      "tranches, cost, opposed_ms, samples, sampled, sampled_ms, fast, slow, drift, path) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {e.position.instrument,
       e.position.leg,
       e.active,
       e.entry,
       e.initial,
       e.opened_at,
       e.stop,
       e.target,
       e.time_limit,
       e.origin,
       h.seq,
       e.source,
       e.risk,
       e.peak,
       e.stop_by,
       e.tranches,
       e.cost,
       e.opposed_at,
       g.samples,
       g.last,
       g.last_at,
       g.fast,
       g.slow,
       g.drift,
       g.path});
}

result<void> recover_exits(database& db, recovered& out) {
  auto read =
      collect(db,
              "SELECT symbol, position_side, active, entry, initial, opened_ms, stop, target, "
              "time_limit_ms, origin, source, risk, peak, stop_by, tranches, cost, opposed_ms, "
              "samples, sampled, sampled_ms, fast, slow, drift, path "
              "FROM exit_state WHERE active = 1",
              {}, out.exits, read_exit);
  if (!read)
    return read;
  return collect(
      db,
      "SELECT r.body FROM plan p JOIN record r ON r.seq = p.seq "
      "JOIN record f ON f.seq = p.finished_seq "
      "WHERE p.kind = 'open' AND p.verdict = 'allow' AND p.executed <> '0' "
      "AND f.wall_ms >= (SELECT wall_ms FROM record ORDER BY seq DESC LIMIT 1) - 86400000 "
      "AND NOT EXISTS (SELECT 1 FROM exit_state e WHERE e.symbol = p.symbol "
      "AND e.position_side = p.position_side AND (e.active = 1 "
      "OR e.origin = p.plan_id OR e.changed_seq > p.finished_seq)) "
      "ORDER BY p.finished_seq",
      {}, out.opened_lately, [](const row& r) { return parse_plan(r.text(0)); });
}

}  // namespace sluice::journal
