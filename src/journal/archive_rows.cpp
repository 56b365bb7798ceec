// The cut through every table of the journal, as SQL.
#include "archive_rows.hpp"

#include <fmt/format.h>

#include <array>

namespace sluice::journal {
namespace {

/// Tables with one row for each record of their kind, under its seq. Not `plan` and `orders`.
constexpr std::array event_tables{
    "verdict",        "order_event",        "fill",       "ledger_adjustment", "hold_event",
    "state_change",   "truth_change",       "notice",     "funding",           "universe",
    "override_event", "close_arming_event", "stop_event", "setting_change"};

constexpr std::array state_tables{
    "ledger_line",  "ledger_fee",      "hold",    "exit_state",  "setting_override",
    "close_arming", "protective_stop", "flatten", "equity_peak", "state_checkpoint"};

/// Our newest orders, by which trades that nobody told of are recognised; as recover has them.
constexpr std::int64_t orders_kept = 10'000;

/// What a start needs of the records up to the cut (?1); ?2 are the trades kept of each symbol.
constexpr std::array kept_records{
    // Plans that had no verdict at the cut.
    "SELECT seq FROM plan WHERE verdict_seq IS NULL OR verdict_seq > ?1",
    // Plans that were not finished at the cut, with their judgements.
    "SELECT seq FROM plan WHERE verdict = 'allow' AND kind <> 'cancel' "
    "AND (finished_seq IS NULL OR finished_seq > ?1)",
    "SELECT v.seq FROM verdict v JOIN plan p ON p.plan_id = v.plan_id WHERE p.verdict = 'allow' "
    "AND p.kind <> 'cancel' AND (p.finished_seq IS NULL OR p.finished_seq > ?1)",
    // Withdrawals of plans that have not ended, as recover looks for them, with their judgements.
    "WITH withdrawal AS (SELECT seq, verdict_seq FROM plan WHERE kind = 'cancel' "
    "AND verdict = 'allow' AND seq > (SELECT min(seq) FROM plan WHERE kind <> 'cancel' "
    "AND (verdict_seq IS NULL OR (verdict = 'allow' AND finished_seq IS NULL)))) "
    "SELECT seq FROM withdrawal UNION SELECT verdict_seq FROM withdrawal",
    // Protective stops with all their events when something happened to them later or still can,
    // and those whose orders are still recognised by number.
    "SELECT seq FROM stop_event WHERE stop_number IN (SELECT stop_number FROM stop_event "
    "WHERE seq > ?1 UNION SELECT stop_number FROM protective_stop "
    "WHERE state NOT IN ('finished', 'cancelled', 'rejected', 'expired'))",
    "SELECT intended_seq FROM (SELECT intended_seq FROM protective_stop "
    "WHERE triggered_order_id <> 0 ORDER BY stop_number DESC LIMIT 1000)",
    "SELECT intended_seq FROM (SELECT intended_seq FROM protective_stop "
    "ORDER BY stop_number DESC LIMIT 1)",
    // Flattens are few.
    "SELECT ordered_seq FROM flatten",
    "SELECT ended_seq FROM flatten WHERE ended_seq IS NOT NULL",
    // Orders with all their events when something happened to them later or still can.
    "SELECT e.seq FROM order_event e JOIN keep_order k ON k.client_order_id = e.client_order_id",
    "SELECT o.intended_seq FROM orders o JOIN keep_order k "
    "ON k.client_order_id = o.client_order_id",
    // Trades: the newest of each symbol, those of others that no adjustment has followed yet, and
    // the newest that name orders of others.
    "SELECT seq FROM (SELECT seq, row_number() OVER (PARTITION BY symbol ORDER BY trade_id DESC) "
    "AS place FROM fill) WHERE place <= ?2",
    "SELECT seq FROM fill f WHERE ours = 0 AND NOT EXISTS (SELECT 1 FROM ledger_adjustment a "
    "WHERE a.symbol = f.symbol AND a.position_side = f.position_side AND a.seq > f.seq "
    "AND a.cause NOT IN ('contained', 'reconcile_close'))",
    "SELECT seq FROM (SELECT seq FROM fill WHERE ours = 0 AND client_order_id <> '' "
    "ORDER BY seq DESC LIMIT 10000)",
    "SELECT max(seq) FROM ledger_adjustment WHERE cause NOT IN ('contained', 'reconcile_close') "
    "GROUP BY symbol, position_side",
    // What rows of state refer to.
    "SELECT changed_seq FROM ledger_line",
    "SELECT placed_seq FROM hold",
    "SELECT changed_seq FROM exit_state",
    "SELECT changed_seq FROM equity_peak",
    "SELECT set_seq FROM setting_override",
    "SELECT armed_seq FROM close_arming",
    // The newest of what is given one by one.
    "SELECT seq FROM (SELECT seq FROM hold_event ORDER BY hold_id DESC LIMIT 1)",
    "SELECT seq FROM (SELECT seq FROM override_event ORDER BY override_id DESC LIMIT 1)",
    "SELECT seq FROM (SELECT seq FROM close_arming_event ORDER BY arming_id DESC LIMIT 1)",
    "SELECT seq FROM (SELECT seq FROM state_change ORDER BY seq DESC LIMIT 1)",
    "SELECT seq FROM (SELECT seq FROM state_change WHERE author <> 'halt_file' "
    "ORDER BY seq DESC LIMIT 1)",
    "SELECT seq FROM (SELECT seq FROM universe ORDER BY seq DESC LIMIT 1)",
    "SELECT seq FROM (SELECT seq FROM universe WHERE has_content = 1 ORDER BY seq DESC LIMIT 1)",
};

/// Runs scripts in order until one fails.
template <class... Texts>
result<void> in_order(database& db, const Texts&... scripts) {
  result<void> done{};
  ((done = db.script(scripts)) && ...);
  return done;
}

result<void> choose_kept(database& db, const archive_cut& cut, std::int64_t trade_ids_kept) {
  auto chosen = in_order(
      db, "CREATE TEMP TABLE keep_order (client_order_id TEXT PRIMARY KEY) WITHOUT ROWID",
      "CREATE TEMP TABLE keep (seq INTEGER PRIMARY KEY)",
      fmt::format("INSERT OR IGNORE INTO keep_order SELECT client_order_id FROM orders WHERE state "
                  "NOT IN ('filled', 'cancelled', 'rejected', 'expired')"),
      fmt::format("INSERT OR IGNORE INTO keep_order SELECT client_order_id FROM order_event "
                  "WHERE seq > {}",
                  cut.end),
      fmt::format("INSERT OR IGNORE INTO keep_order SELECT client_order_id FROM orders "
                  "WHERE order_id <> 0 ORDER BY intended_seq DESC LIMIT {}",
                  orders_kept));
  for (const std::string kept : kept_records) {
    if (!chosen)
      return chosen;
    auto sql = kept;
    for (const auto& [mark, value] : {std::pair{"?1", cut.end}, std::pair{"?2", trade_ids_kept}})
      if (const auto at = sql.find(mark); at != std::string::npos)
        sql.replace(at, 2, std::to_string(value));
    chosen = db.script("INSERT OR IGNORE INTO keep " + sql);
  }
  return chosen;
}

result<void> refuse_dangling(database& db) {
  return db.each("PRAGMA foreign_key_check", {}, [](const row& r) -> result<void> {
    return fail(errc::malformed,
                fmt::format("a row of {} would refer to a record that is archived", r.text(0)));
  });
}

}  // namespace

result<void> keep_only_archived(database& copy, const archive_cut& cut) {
  auto done = in_order(copy, "PRAGMA foreign_keys = OFF; PRAGMA journal_mode = DELETE", "BEGIN");
  for (const auto* table : event_tables)
    if (done)
      done = copy.script(fmt::format("DELETE FROM {} WHERE seq > {}", table, cut.end));
  for (const auto* table : state_tables)
    if (done)
      done = copy.script(fmt::format("DELETE FROM {}", table));
  if (done)
    done = in_order(
        copy, fmt::format("DELETE FROM record WHERE seq > {}", cut.end),
        fmt::format("DELETE FROM plan WHERE seq > {}", cut.end),
        fmt::format("UPDATE plan SET verdict_seq = NULL, verdict = NULL, reason = NULL, "
                    "judged_ms = NULL WHERE verdict_seq > {}",
                    cut.end),
        fmt::format("UPDATE plan SET finished_seq = NULL, ended = NULL, executed = NULL "
                    "WHERE finished_seq > {}",
                    cut.end),
        fmt::format("DELETE FROM orders WHERE intended_seq > {}", cut.end),
        "UPDATE orders SET (state, order_id, executed, detail) = (SELECT state, order_id, executed,"
        " detail FROM order_event e WHERE e.client_order_id = orders.client_order_id "
        "ORDER BY seq DESC LIMIT 1) WHERE EXISTS (SELECT 1 FROM order_event e "
        "WHERE e.client_order_id = orders.client_order_id)",
        fmt::format("UPDATE chain_start SET archived_until = {}", cut.end));
  if (done)
    done = refuse_dangling(copy);
  return done ? copy.script("COMMIT") : done;
}

result<void> drop_archived(database& db, const archive_cut& cut, std::int64_t trade_ids_kept) {
  auto done = choose_kept(db, cut, trade_ids_kept);
  if (done)
    done = in_order(
        db,
        fmt::format("INSERT OR IGNORE INTO remembered_plan SELECT plan_id, seq, content_hash "
                    "FROM plan WHERE seq <= {} AND seq NOT IN keep",
                    cut.end),
        fmt::format("INSERT OR IGNORE INTO remembered_trade SELECT symbol, trade_id FROM fill "
                    "WHERE seq <= {} AND seq NOT IN keep",
                    cut.end),
        fmt::format("DELETE FROM plan WHERE seq <= {} AND seq NOT IN keep", cut.end),
        fmt::format("DELETE FROM orders WHERE intended_seq <= {} AND intended_seq NOT IN keep",
                    cut.end),
        fmt::format("DELETE FROM protective_stop WHERE intended_seq <= {} "
                    "AND intended_seq NOT IN keep",
                    cut.end));
  for (const auto* table : event_tables)
    if (done)
      done = db.script(
          fmt::format("DELETE FROM {} WHERE seq <= {} AND seq NOT IN keep", table, cut.end));
  if (done)
    done =
        in_order(db, fmt::format("DELETE FROM record WHERE seq <= {} AND seq NOT IN keep", cut.end),
                 "DROP TABLE keep", "DROP TABLE keep_order");
  return done ? refuse_dangling(db) : done;
}

}  // namespace sluice::journal
